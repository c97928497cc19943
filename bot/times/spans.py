"""Spans of time as people write them: `3 days`, `1h 30m`, `in an hour and a half`."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from fractions import Fraction

_HALF = Fraction(1, 2)
_NUMBERS = {
    "a": Fraction(1), "an": Fraction(1), "half a": _HALF, "half an": _HALF, "one": Fraction(1),
    "two": Fraction(2), "three": Fraction(3), "four": Fraction(4), "five": Fraction(5),
    "six": Fraction(6), "seven": Fraction(7), "eight": Fraction(8), "nine": Fraction(9),
    "ten": Fraction(10), "eleven": Fraction(11), "twelve": Fraction(12),
}  # fmt: skip
_SECONDS = {
    unit: seconds
    for units, seconds in (
        ("s sec second", 1),
        ("m min minute", 60),
        ("h hr hour", 3600),
        ("d day", 86400),
        ("w wk week", 7 * 86400),
    )
    for unit in units.split()
}
_MONTHS = {"month": 1, "yr": 12, "year": 12}
_LONGEST_MONTH = 31 * 86400
_FULL = r"(?:second|minute|hour|day|week|month|year)s?"
_AMOUNT = (
    rf"(?:(\d{{1,6}}(?:\.\d{{1,2}})?) ?({_FULL}|(?:sec|min|hr|wk|yr)s?|[smhdw])"
    rf"|({'|'.join(_NUMBERS)}) ({_FULL}))(?![a-z])( and a half)?"
)
_SPAN = re.compile(rf"(?:(?:in|for|after) )?{_AMOUNT}(?:(?: |, ?| and )?{_AMOUNT})*(?: from now)?")
_ONE = re.compile(_AMOUNT)


@dataclass(frozen=True, slots=True)
class Span:
    """A number of calendar months, and then a length of time."""

    months: int
    time: timedelta
    in_days: bool
    """Whether it was written in days or longer units."""

    def after(self, start: datetime, zone: tzinfo) -> datetime:
        """The instant that is this much later than `start`, in UTC.

        Months are counted on `zone`'s calendar and keep the hour; in a month that is too short the
        last day counts. The length of time is real time, even where clocks are set.
        """
        if self.months:
            local = start.astimezone(zone)
            start = datetime.combine(self._months_on(local.date()), local.time(), zone)
        return start.astimezone(UTC) + self.time

    def day_after(self, day: date) -> date | None:
        """The day that is this much later; None if it was not written in whole days."""
        is_whole = self.in_days and not self.time % timedelta(days=1)
        return self._months_on(day) + self.time if is_whole else None

    def _months_on(self, day: date) -> date:
        year, month = divmod(day.year * 12 + day.month - 1 + self.months, 12)
        return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def read_span(words: str) -> Span | None:
    """The span that `words` name, in lower case and with single spaces; None if they name none."""
    if not _SPAN.fullmatch(words):
        return None
    months, seconds = Fraction(0), Fraction(0)
    named: set[int] = set()
    for digits, short, word, full, more in _ONE.findall(words):
        unit = short or full
        unit = unit.removesuffix("s") if len(unit) > 1 else unit
        count = (Fraction(digits) if digits else _NUMBERS[word]) + (_HALF if more else 0)
        in_months = _MONTHS.get(unit, 0)
        size = in_months * _LONGEST_MONTH or _SECONDS[unit]
        if size in named:
            return None
        named.add(size)
        months += count * in_months
        seconds += 0 if in_months else count * size
    if months.denominator > 1:
        return None
    return Span(int(months), timedelta(seconds=float(seconds)), min(named) >= _SECONDS["d"])
