"""Times of day as people write them."""

import re
from datetime import UTC, datetime, time, timedelta

from bot.errors import UserError

_TIME_OF_DAY = re.compile(r"([0-9]{1,2})(?:[:.h]([0-9]{2})?)?\s*(?:([ap])\.?m?\.?)?")
_MIDNIGHT = datetime(1, 1, 1, tzinfo=UTC)
_NAMED = {"noon": 12, "midday": 12, "midnight": 0}


def read_time_of_day(text: str) -> time:
    """What `22:00`, `10 pm`, `7h` or `noon` says on a clock; UserError for anything else."""
    since = since_midnight(text.strip().casefold())
    if since is None:
        raise UserError(
            f"“{text[:40]}” is not a time of day I can read. Write, for example, 22:00 or 7am."
        )
    return (_MIDNIGHT + since).time()


def since_midnight(words: str) -> timedelta | None:
    """How far the hands have gone at a time of day in lower case: 24 hours at `24:00`."""
    if words in _NAMED:
        return timedelta(hours=_NAMED[words])
    if not (match := _TIME_OF_DAY.fullmatch(words)):
        return None
    hour, minute, half = int(match[1]), int(match[2] or 0), match[3]
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    since = timedelta(hours=hour, minutes=minute)
    return since if minute < 60 and since <= timedelta(days=1) else None
