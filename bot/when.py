"""Times as people write them."""

import re
from datetime import UTC, datetime, timedelta, tzinfo

import dateparser

from bot.errors import UserError

EXAMPLES = "`3 days`, `36h`, `in 2 weeks`, `tomorrow 18:00` or `Friday 9am`"
_WEEKS = re.compile(r"(\d+)\s*w\b", re.IGNORECASE)
# A bare number would be read as a day of the month, which nobody means here.
_UNIT_OR_NAME = re.compile(r"[^\W\d]|:|-\d+-")
_SHIFT = timedelta(hours=7, minutes=13)


def read_moment(text: str, *, now: datetime, zone: tzinfo) -> datetime:
    """The instant that `text` names, seen from `now` by someone in `zone`; aware, in UTC.

    Accepts spans ("3 days", "36h", "in 2 weeks"), which are that much time whatever clocks do,
    and points in time ("Friday 18:00", "2026-02-03 09:00"), which are read in `zone` and, where
    the text leaves it open, in the future. Raises UserError for anything else; whether the
    instant suits is up to the caller.
    """
    asked = _WEEKS.sub(r"\1 weeks", text.strip())
    local = now.astimezone(zone).replace(tzinfo=None)
    found = _parse(asked, local)
    if found is None:
        raise UserError(f"“{text[:80]}” is not a time I can read. Write, for example, {EXAMPLES}.")
    if found.tzinfo is not None:
        return found.astimezone(UTC)
    # Only a span moves along when the time it is seen from moves.
    shifted = _parse(asked, local + _SHIFT)
    if shifted == found + _SHIFT:
        return now.astimezone(UTC) + (found - local)
    return found.replace(tzinfo=zone).astimezone(UTC)


def _parse(text: str, base: datetime) -> datetime | None:
    if not _UNIT_OR_NAME.search(text):
        return None
    return dateparser.parse(
        text,
        languages=["en"],
        settings={"RELATIVE_BASE": base, "PREFER_DATES_FROM": "future"},
    )
