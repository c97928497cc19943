"""Days and times of day as people write them.

Days are `Friday`, `tomorrow`, `4 March`, `2026-03-04`, `4.3.2026`; times of day `22:00`, `10 pm`.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

from bot.errors import UserError
from bot.times.spans import read_span

EXAMPLES = "`3 days`, `1h 30m`, `tomorrow 18:00`, `Friday 9am` or `2026-03-04 18:00`"
UNKNOWN = f"is not a time I can read. Write, for example, {EXAMPLES}."

_RELATIVE = {
    "yesterday": -1,
    "today": 0,
    "tonight": 0,
    "tomorrow": 1,
    "day after tomorrow": 2,
    "the day after tomorrow": 2,
}
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAY = (
    r"(?P<weekday>mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?"
    r"|sat(?:urday)?|sun(?:day)?)"
)
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY = r"(?P<day>\d{1,2})"
_YEAR = r"(?: (?P<year>\d{4}))?"
_DATES = [
    re.compile(rf"(?:on )?(?:{_WEEKDAY} )?{written}")
    for written in (
        rf"(?:the )?{_DAY}(?:st|nd|rd|th|\.)?(?: of)? {_MONTH}{_YEAR}",
        rf"{_MONTH} (?:the )?{_DAY}(?:st|nd|rd|th)?{_YEAR}",
        rf"(?P<year>\d{{4}})(?P<mark>[-./])(?P<month>\d{{1,2}})(?P=mark){_DAY}",
        # Dots are used where days come first.
        rf"{_DAY}\. ?(?P<month>\d{{1,2}})\.(?: ?(?P<year>\d{{4}}))?",
    )
]
_ON_WEEKDAY = re.compile(rf"(?:on |(?P<this>this ))?{_WEEKDAY}")
_NEXT = re.compile(rf"(?:on )?next {_WEEKDAY}")
_TWO_WAYS = re.compile(
    r"(?<![\d:/.-])(?:\d{1,2}/\d{1,2}(?:/\d+)?|\d{1,2}-\d{1,2}-\d+|\d{1,2}\.\d{1,2}\.\d{1,2})(?!\d)"
)
_TIME_OF_DAY = re.compile(r"([0-9]{1,2})(?:[:.h]([0-9]{2})?)?\s*(?:([ap])\.?m?\.?)?")
_MIDNIGHT = datetime(1, 1, 1, tzinfo=UTC)
_NAMED = {"noon": 12, "midday": 12, "midnight": 0}
_WEEK = timedelta(weeks=1)
# If a date without a year is further ahead than this, the writer may mean the one just gone.
_SOON = timedelta(days=335)


class Unclear(Exception):  # noqa: N818 - it is no failure of the bot
    """Why a text names no one time. The message continues a quotation of what was typed."""


def read_time_of_day(text: str) -> time:
    """The time that `22:00`, `10 pm`, `7h` or `noon` means; UserError for anything else."""
    since = since_midnight(text.strip().casefold())
    if since is None:
        raise UserError(
            f"“{text[:40]}” is not a time of day I can read. Write, for example, 22:00 or 7am."
        )
    return (_MIDNIGHT + since).time()


def since_midnight(words: str) -> timedelta | None:
    """The time since midnight that a time of day in lower case means: 24 hours for `24:00`."""
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


def find_day(words: str, today: date, comes: Callable[[date], bool]) -> date | None:
    """The day that `words` name, in lower case and with single spaces; None if they name none.

    `comes` says whether the time of day is still to come on a given day. A weekday means today if
    it is; a date without a year means the next one. Raises Unclear if the words fit no day or two.
    """
    if words in _RELATIVE:
        return today + timedelta(days=_RELATIVE[words])
    if span := read_span(words):
        return span.day_after(today)
    if match := _NEXT.fullmatch(words):
        found = _coming(match, today) + _WEEK
        raise Unclear(
            f"may mean the first {found:%A} to come or the one after. Leave out “next”, or write "
            f"the date, such as {found} 18:00."
        )
    if match := _ON_WEEKDAY.fullmatch(words):
        found = _coming(match, today)
        return found if found > today or match["this"] or comes(today) else found + _WEEK
    for pattern in _DATES:
        if match := pattern.fullmatch(words):
            return _date(match, today, comes)
    return None


def refuse_two_ways(words: str) -> None:
    """Raise Unclear if `words` hold a date such as 4/3/2026."""
    if _TWO_WAYS.search(words):
        raise Unclear(
            "has a date that some read day first and others month first. Write 2026-03-04 18:00 "
            "or 4 March 18:00."
        )


def _coming(match: re.Match[str], today: date) -> date:
    """The first day from `today` on that is the named weekday."""
    return today + timedelta(days=(_weekday(match) - today.weekday()) % 7)


def _weekday(match: re.Match[str]) -> int:
    return _WEEKDAYS.index(match["weekday"][:3])


def _date(match: re.Match[str], today: date, comes: Callable[[date], bool]) -> date:
    month, day = match["month"], int(match["day"])
    number = int(month) if month.isdigit() else _MONTHS.index(month[:3]) + 1
    year = match["year"]
    found = _on(int(year), number, day) if year else _next(number, day, today, comes)
    if found is None:
        searched = "" if year else f" of {today.year} or {today.year + 1}"
        raise Unclear(
            f"names a day that is not in the calendar{searched}. Write, for example, {EXAMPLES}."
        )
    if match["weekday"] and _weekday(match) != found.weekday():
        raise Unclear(f"does not fit together: {found} is a {found:%A}. Write the one you mean.")
    return found


def _next(month: int, day: int, today: date, comes: Callable[[date], bool]) -> date | None:
    """The next such day, or the last if none is to come; None if this year and the next have none.

    Unclear if it is so far ahead that the writer may mean the one just gone.
    """
    days = [found for year in (0, 1) if (found := _on(today.year + year, month, day))]
    coming = next((found for found in days if comes(found)), days[-1] if days else None)
    if coming and coming - today > _SOON:
        raise Unclear(
            "leaves open which year is meant. Write the date with its year, such as "
            f"{coming} 18:00."
        )
    return coming


def _on(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
