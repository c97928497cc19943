"""Finding the time zone that a person means."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo, available_timezones

from bot.errors import UserError
from bot.knowledge.search import WHOLE, Entry, Shelf
from bot.text import fold

SUGGESTIONS = 4
LONGEST = 60
ALIKE = 55.0
_OFFSET = re.compile(r"(?:utc|gmt)?\s*([+-−])\s*(\d{1,2})(?::?(\d{2}))?", re.IGNORECASE)


class UnknownZoneError(UserError):
    """No time zone or several fit. `nearest` are those that may be meant."""

    def __init__(self, sentence: str, nearest: Sequence[str]) -> None:
        super().__init__(sentence)
        self.nearest = tuple(nearest)


def find_zone(typed: str, now: datetime) -> str:
    """The IANA name of the time zone that was typed: a name, or a city or country of one zone.

    UnknownZoneError, with the nearest, if it is not clear which is meant. An offset such as UTC+9
    is never clear: it does not say what clocks do in summer.
    """
    text = " ".join(typed.split())[:LONGEST]
    # Of the names without a city most are old ones, such as EST, whose clocks never change.
    exact = {name.casefold(): name for name in available_timezones() if "/" in name}
    found = exact.get(text.replace(" ", "_").casefold())
    if found is not None:
        return found
    offset = _OFFSET.fullmatch(text)
    if offset:
        nearest = _at_offset(offset, now)
    else:
        scores = _shelf().rank(text)
        nearest = sorted((n for n in scores if scores[n] >= ALIKE), key=lambda n: -scores[n])
        if len([name for name in nearest if scores[name] == WHOLE]) == 1:
            return nearest[0]
    raise UnknownZoneError(_sentence(text, bool(nearest)), nearest[:SUGGESTIONS])


def _sentence(text: str, near: bool) -> str:
    shown = text.replace("`", "'") or " "
    if near:
        return f"`{shown}` does not name one time zone. Do you mean one of these?"
    return (
        f"`{shown}` is no time zone I know. Type a city, a country, or a name such as Asia/Seoul."
    )


def _at_offset(offset: re.Match[str], now: datetime) -> list[str]:
    """The zones whose clocks are so far from UTC now."""
    sign, hours, minutes = offset.groups()
    wanted = timedelta(hours=int(hours), minutes=int(minutes or 0)) * (1 if sign == "+" else -1)
    return [name for name, _, _ in _zones() if now.astimezone(ZoneInfo(name)).utcoffset() == wanted]


@cache
def _shelf() -> Shelf[str]:
    """Every zone by its name, its city, its countries and what its clocks are called."""
    return Shelf(
        [
            Entry(name, (name, name.rpartition("/")[2], *_abbreviations(name), *countries), comment)
            for name, countries, comment in _zones()
        ]
    )


@cache
def _zones() -> Sequence[tuple[str, tuple[str, ...], str]]:
    """The zones that the tz database recommends, with their countries and a comment.

    Those that many people live by come first.
    """
    countries = {row[0]: row[1] for row in _table("iso3166.tab")}
    found = [
        (name, tuple(countries[code] for code in codes.split(",")), " ".join(comment))
        for codes, _, name, *comment in _table("zone1970.tab")
    ]
    main = {row[2] for row in _table("zonenow.tab")}
    return [("UTC", (), ""), *sorted(found, key=lambda zone: zone[0] not in main)]


def _table(name: str) -> Sequence[Sequence[str]]:
    text = (files("tzdata") / "zoneinfo" / name).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]


def _abbreviations(name: str) -> set[str]:
    """What people call the zone's time in winter and in summer, such as KST; not `+03`."""
    zone = ZoneInfo(name)
    called = {str(datetime(2026, month, 1, tzinfo=zone).tzname()) for month in (1, 7)}
    return {word for word in called if fold(word).isalpha()}
