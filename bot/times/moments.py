"""Moments as people write them: a span from now, or a day and a time of day."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from bot.errors import UserError
from bot.times.days import UNKNOWN, Unclear, find_day, refuse_two_ways, since_midnight
from bot.times.spans import read_span

LONGEST = 100
_CLOCK = r"(?P<clock>noon|midday|midnight|\d{1,2}(?:[:.h]\d{2}|h)?(?: ?[ap]\.?m\.?)?)"
_UTC = r"(?P<utc> ?(?:utc|gmt)(?P<offset>[+-](?:1[0-4]|0?\d)(?::[0-5]\d)?)?)?"
_POINTS = (
    re.compile(rf"(?:(?P<day>.+?) )??(?P<at>at |@ ?)?{_CLOCK}{_UTC}"),
    re.compile(rf"(?P<at>at |@ ?)?{_CLOCK}{_UTC} (?P<day>.+)"),
)
# A minus after a space more likely starts the end of a period: 09:00 -10:00.
_ISO = re.compile(
    r"\d{4}-\d\d-\d\d(?: |(?P<t>t))(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,6})?)?"
    r"(?:z|(?(t)[+-]|\+)(?:0\d|1[0-4]):?[0-5]\d)?"
)
_MAYBE_DATE = re.compile(r"\d+\.(?:0[1-9]|1[0-2])")
_HOUR_AND_MINUTES = re.compile(r"(\d+)h(\d+)")
_NOON, _EVENING, _DAY = timedelta(hours=12), timedelta(hours=17), timedelta(days=1)


def read_moment(
    text: str, *, now: datetime, zone: tzinfo, spans_from: datetime | None = None
) -> datetime:
    """The instant that `text` names, seen from `now` by someone in `zone`; aware, in UTC.

    Accepts spans ("3 days", "36h", "in 2 weeks"), which start at `spans_from` or else at `now`,
    and points in time ("Friday 18:00", "2026-02-03 09:00"), which are read in `zone`. If the text
    leaves that open, the point lies in the future. Raises UserError for a text that is not
    understood completely or fits two moments. The calling code decides whether the instant suits.
    """
    # The colon of Chinese and Japanese keyboards.
    words = " ".join(text.replace("：", ":").split())
    try:
        return _read(words.lower(), now, zone, spans_from or now)
    except Unclear as unclear:
        raise UserError(_sentence(text, str(unclear))) from None
    except (OverflowError, ValueError):
        # Python has no such year.
        raise UserError(_sentence(text, UNKNOWN)) from None


def unreadable(text: str, now: datetime) -> str:
    """What to tell a person whose `text` names no time at `now`."""
    try:
        read_moment(text, now=now, zone=UTC)
    except UserError as refusal:
        return str(refusal)
    return _sentence(text, UNKNOWN)


def _sentence(text: str, why: str) -> str:
    return f"“{text[:80]}” {why}"


def _read(words: str, now: datetime, zone: tzinfo, spans_from: datetime) -> datetime:
    if len(words) > LONGEST or not words.isascii():
        raise Unclear(UNKNOWN)
    if words == "now":
        return now.astimezone(UTC)
    if span := read_span(words):
        return span.after(spans_from, zone)
    if _ISO.fullmatch(words):
        written = datetime.fromisoformat(words.upper())
        return (written if written.tzinfo else written.replace(tzinfo=zone)).astimezone(UTC)
    # A comma before a space means nothing.
    words = words.replace(", ", " ")
    refuse_two_ways(words)
    today = now.astimezone(zone).date()
    if day := find_day(words, today, lambda one: one >= today):
        if day < today:
            # The day is over, whatever the hour.
            return _At(timedelta(0), zone).on(day)
        raise Unclear("names no time of day. Add one, such as 18:00.")
    for pattern in _POINTS:
        if (match := pattern.fullmatch(words)) and (found := _point(match, now, zone)):
            return found
    raise Unclear(UNKNOWN)


@dataclass(frozen=True, slots=True)
class _At:
    """A time of day on the clocks of a zone."""

    since_midnight: timedelta
    zone: tzinfo

    def on(self, day: date) -> datetime:
        """The instant in UTC.

        A time that the clocks skip is read as the one they show instead. A time that comes twice is
        read as the first of the two.
        """
        wall = datetime.combine(day, time()) + self.since_midnight
        return wall.replace(tzinfo=self.zone).astimezone(UTC)


def _point(match: re.Match[str], now: datetime, here: tzinfo) -> datetime | None:
    words = match["day"]
    zone = _offset(match["offset"]) if match["utc"] else here
    today = now.astimezone(zone).date()
    if words and not find_day(words, today, lambda _: True):
        return None
    at = _At(_hands(match["clock"], words, has_at=bool(match["at"])), zone)

    def comes(day: date) -> bool:
        return at.on(day) > now

    if words is None:
        return at.on(today if comes(today) else today + _DAY)
    day = find_day(words, today, comes)
    if match["utc"] and day != find_day(words, now.astimezone(here).date(), comes):
        raise Unclear(
            "may mean two days, because it is another day there now. Write the date, such "
            f"as {day} 18:00 UTC."
        )
    return at.on(day) if day else None


def _hands(clock: str, day: str | None, *, has_at: bool) -> timedelta:
    """The time since midnight that `clock` names beside `day`; Unclear if it fits two times."""
    if clock == "midnight":
        if day not in (None, "tonight"):
            raise Unclear(
                "may mean the start of that day or its end. Write 00:00 or 24:00 for midnight."
            )
        return _DAY
    since = since_midnight(clock)
    is_open = clock.isdigit() and not (has_at and since and since > _NOON)
    if is_open and day is None and not has_at:
        raise Unclear(UNKNOWN)
    if is_open or (_MAYBE_DATE.fullmatch(clock) and not has_at):
        raise Unclear(f"leaves open what {clock} stands for. Write an hour as 18:00, 06:00 or 6pm.")
    if (match := _HOUR_AND_MINUTES.fullmatch(clock)) and day is None and not has_at:
        hours, minutes = match.groups()
        raise Unclear(
            f"may be a time of day or a span. Write {hours}:{minutes} or {hours}h {minutes}m."
        )
    if since is None:
        raise Unclear("names a time that no clock shows. Write, for example, 22:00 or 7am.")
    if day == "tonight" and since < _EVENING:
        raise Unclear("names an hour that is not in the evening. Write today or tomorrow with it.")
    return since


def _offset(written: str | None) -> timezone:
    """The time zone that is `written` beside UTC as +9 or -03:30; UTC if nothing is written."""
    if not written:
        return UTC
    hours, _, minutes = written[1:].partition(":")
    ahead = timedelta(hours=int(hours), minutes=int(minutes or 0))
    return timezone(-ahead if written[0] == "-" else ahead)
