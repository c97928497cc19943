"""Times as people write them."""

import re
from datetime import UTC, datetime, time, timedelta, tzinfo

import dateparser

from bot.errors import UserError

EXAMPLES = "`3 days`, `36h`, `in 2 weeks`, `tomorrow 18:00` or `Friday 9am`"
_WEEKS = re.compile(r"(\d+)\s*w\b", re.IGNORECASE)
# A bare number would be read as a day of the month, which nobody means here.
_UNIT_OR_NAME = re.compile(r"[^\W\d]|:|-\d+-")
_PLAIN = re.compile(r"[\x20-\x7e]+")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME_OF_DAY = re.compile(r"([0-9]{1,2})(?:[:.h]([0-9]{2})?)?\s*(?:([ap])\.?m?\.?)?")
_NAMED = {"noon": time(12), "midday": time(12), "midnight": time(0)}
LONGEST = 100
_SHIFT = timedelta(hours=7, minutes=13)


def read_moment(text: str, *, now: datetime, zone: tzinfo) -> datetime:
    """The instant that `text` names, seen from `now` by someone in `zone`; aware, in UTC.

    Accepts spans ("3 days", "36h", "in 2 weeks"), which are that much time whatever clocks do,
    and points in time ("Friday 18:00", "2026-02-03 09:00"), which are read in `zone` and, where
    the text leaves it open, in the future. Raises UserError for anything else; whether the
    instant suits is up to the caller.
    """
    try:
        found = _read(_WEEKS.sub(r"\1 weeks", text.strip()), now, zone)
    except (OverflowError, ValueError):
        found = None
    if found is None:
        raise UserError(unreadable(text))
    return found


def unreadable(text: str) -> str:
    """What a person is told whose `text` names no time."""
    return f"“{text[:80]}” is not a time I can read. Write, for example, {EXAMPLES}."


def _read(asked: str, now: datetime, zone: tzinfo) -> datetime | None:
    if len(asked) > LONGEST or not _UNIT_OR_NAME.search(asked) or not _PLAIN.fullmatch(asked):
        return None
    if _ISO.match(asked):
        # Left to the parser, a month 13 would be taken for a day.
        return _placed(datetime.fromisoformat(asked), zone)
    local = now.astimezone(zone).replace(tzinfo=None)
    found = _parse(asked, local)
    if found is None or found.tzinfo is not None:
        return found and _placed(found, zone)
    # Only a span moves along when the time it is seen from moves.
    if _parse(asked, local + _SHIFT) == found + _SHIFT:
        return now.astimezone(UTC) + (found - local)
    return _placed(found, zone)


def _placed(found: datetime, zone: tzinfo) -> datetime:
    """`found` in UTC; read in `zone` where it names none itself."""
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)


def _parse(text: str, base: datetime) -> datetime | None:
    return dateparser.parse(
        text,
        languages=["en"],
        settings={"RELATIVE_BASE": base, "PREFER_DATES_FROM": "future"},
    )


def read_time_of_day(text: str) -> time:
    """What `22:00`, `10 pm`, `7h` or `noon` says on a clock; UserError for anything else."""
    asked = text.strip().casefold()
    match = _TIME_OF_DAY.fullmatch(asked)
    found = _on_clock(int(match[1]), int(match[2] or 0), match[3]) if match else _NAMED.get(asked)
    if found is None:
        raise UserError(
            f"“{text[:40]}” is not a time of day I can read. Write, for example, 22:00 or 7am."
        )
    return found


def _on_clock(hour: int, minute: int, half: str | None) -> time | None:
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    elif (hour, minute) == (24, 0):
        hour = 0
    return time(hour, minute) if hour < 24 and minute < 60 else None
