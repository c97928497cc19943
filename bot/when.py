"""Times as people write them."""

import re
from datetime import UTC, datetime, timedelta, tzinfo

import dateparser

from bot.errors import UserError

EXAMPLES = "`3 days`, `36h`, `in 2 weeks`, `tomorrow 18:00` or `Friday 9am`"
_WEEKS = re.compile(r"(\d+)\s*w\b", re.IGNORECASE)
# A bare number would be read as a day of the month, which nobody means here.
_UNIT_OR_NAME = re.compile(r"[^\W\d]|:|-\d+-")
_PLAIN = re.compile(r"[\x20-\x7e]+")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
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
