"""What holds of every text, whatever it says."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st

from bot.errors import UserError
from bot.times import read_moment

DAY = timedelta(days=1)
WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
MONTHS = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
]  # fmt: skip
ZONES = [
    ZoneInfo(name)
    for name in (
        "UTC", "Asia/Seoul", "Asia/Kolkata", "Europe/Berlin", "America/New_York",
        "Australia/Lord_Howe", "Pacific/Kiritimati",
    )
]  # fmt: skip

zones = st.sampled_from(ZONES)
nows = st.datetimes(datetime(2024, 1, 1), datetime(2031, 1, 1), timezones=st.just(UTC))
minutes = st.integers(0, 24 * 60 - 1)


def clocks(minute: int) -> list[str]:
    """Ways of writing a time of day, given in minutes since midnight, beside a day."""
    hour, past = divmod(minute, 60)
    half = "am" if hour < 12 else "pm"
    ways = [f"{hour}:{past:02}", f"{hour:02}:{past:02}", f"{hour % 12 or 12}:{past:02} {half}"]
    ways += [f"at {hour}h{past:02}", f"at {hour}.{past:02}"]
    if past == 0:
        ways += [f"{hour % 12 or 12}{half}", f"at {hour}h"]
    if past == 0 and hour > 12:
        ways += [f"at {hour}"]
    if (hour, past) == (12, 0):
        ways += ["noon", "at midday"]
    return ways


def cased(words: str) -> st.SearchStrategy[str]:
    return st.sampled_from([words, words.lower(), words.upper(), f"  {words.replace(' ', '  ')} "])


def instant(day: date, minute: int, zone: ZoneInfo) -> datetime:
    wall = datetime.combine(day, time(minute // 60, minute % 60), zone)
    return wall.astimezone(UTC)


def first(now: datetime, zone: ZoneInfo, minute: int, fits: Callable[[date], bool]) -> datetime:
    """The first instant after `now` at that time of day on a day that fits, day by day."""
    day = now.astimezone(zone).date()
    while not (fits(day) and instant(day, minute, zone) > now):
        day += DAY
    return instant(day, minute, zone)


@given(st.data(), nows, zones, st.sampled_from(WEEKDAYS), minutes)
def test_a_weekday_is_the_first_to_come(
    data: st.DataObject, now: datetime, zone: ZoneInfo, weekday: str, minute: int
) -> None:
    day = data.draw(st.sampled_from([weekday, weekday[:3], f"on {weekday}"]))
    clock = data.draw(st.sampled_from(clocks(minute)))
    text = data.draw(cased(data.draw(st.sampled_from([f"{day} {clock}", f"{clock} {day}"]))))
    expected = first(now, zone, minute, lambda one: f"{one:%A}" == weekday)
    assert read_moment(text, now=now, zone=zone) == expected


@given(st.data(), nows, zones, minutes)
def test_a_time_of_day_alone_is_the_first_to_come(
    data: st.DataObject, now: datetime, zone: ZoneInfo, minute: int
) -> None:
    clock = data.draw(st.sampled_from(clocks(minute)).filter(lambda one: "." not in one))
    assert read_moment(clock, now=now, zone=zone) == first(now, zone, minute, lambda _: True)


@given(st.data(), nows, zones, st.sampled_from(["yesterday", "today", "tomorrow"]), minutes)
def test_a_day_beside_today_is_that_day(
    data: st.DataObject, now: datetime, zone: ZoneInfo, word: str, minute: int
) -> None:
    clock = data.draw(st.sampled_from(clocks(minute)))
    text = data.draw(cased(data.draw(st.sampled_from([f"{word} {clock}", f"{clock} {word}"]))))
    noon = datetime.combine(now.astimezone(zone).date(), time(12))
    day = (noon + {"yesterday": -DAY, "today": 0 * DAY, "tomorrow": DAY}[word]).date()
    assert read_moment(text, now=now, zone=zone) == instant(day, minute, zone)


def dates(day: date) -> list[str]:
    """Ways of writing a day with its year."""
    number, month, year = day.day, MONTHS[day.month - 1], day.year
    return [
        f"{day}",
        f"{year}/{day.month}/{number}",
        f"{number}.{day.month}.{year}",
        f"{number} {month} {year}",
        f"{number} {month[:3]} {year}",
        f"the {number}th of {month} {year}",
        f"{month} {number}, {year}",
        f"{month[:3]} {number} {year}",
        f"{day:%A}, {number} {month} {year}",
    ]


@given(st.data(), nows, zones, st.dates(date(1000, 1, 1), date(9998, 12, 31)), minutes)
def test_a_date_is_that_day_however_far_and_however_written(
    data: st.DataObject, now: datetime, zone: ZoneInfo, day: date, minute: int
) -> None:
    written = data.draw(st.sampled_from(dates(day)))
    text = data.draw(cased(f"{written} {data.draw(st.sampled_from(clocks(minute)))}"))
    assert read_moment(text, now=now, zone=zone) == instant(day, minute, zone)


@given(st.data(), nows, zones, st.integers(1, 364), minutes)
def test_a_date_without_its_year_is_the_next_or_refused_when_that_is_far_off(
    data: st.DataObject, now: datetime, zone: ZoneInfo, ahead: int, minute: int
) -> None:
    today = now.astimezone(zone).date()
    day = today + timedelta(days=ahead)
    text = f"{day.day} {MONTHS[day.month - 1]} {data.draw(st.sampled_from(clocks(minute)))}"
    try:
        found = read_moment(text, now=now, zone=zone)
    except UserError as refusal:
        assert ahead > 335
        assert "which year" in str(refusal)  # noqa: PT017
    else:
        assert ahead <= 335
        assert found == instant(day, minute, zone)


UNITS = {
    "w": 604800, "d": 86400, "h": 3600, "m": 60, " weeks": 604800, " days": 86400, " hours": 3600,
    " minutes": 60, " week": 604800, " day": 86400, " hour": 3600, " hr": 3600, " min": 60,
}  # fmt: skip


@given(
    nows,
    zones,
    st.lists(
        st.tuples(st.integers(0, 999), st.sampled_from(sorted(UNITS))),
        min_size=1,
        unique_by=lambda one: UNITS[one[1]],
    ),
    st.sampled_from([" ", "", ", ", " and "]),
    st.sampled_from(["", "in "]),
)
def test_a_span_is_the_sum_of_what_it_names_whatever_clocks_do(
    now: datetime, zone: ZoneInfo, amounts: list[tuple[int, str]], between: str, lead: str
) -> None:
    text = lead + between.join(f"{count}{unit}" for count, unit in amounts)
    seconds = sum(count * UNITS[unit] for count, unit in amounts)
    assert read_moment(text, now=now, zone=zone) == now + timedelta(seconds=seconds)


@given(nows, zones, st.integers(1, 40))
def test_months_end_on_the_same_day_or_on_the_last_of_a_shorter_month(
    now: datetime, zone: ZoneInfo, months: int
) -> None:
    start = now.astimezone(zone)
    found = read_moment(f"{months} months at 12:00", now=now, zone=zone).astimezone(zone)
    passed = (found.year - start.year) * 12 + found.month - start.month
    assert passed == months
    last_of_month = (found + DAY).month != found.month
    assert found.day == start.day or (last_of_month and found.day < start.day)


# Parts of times, and what people write beside them.
SCRAPS = """
    at on in and a an half the of this next last by noon midnight tonight today tomorrow now ago
    from am pm h m d w s hour hours days weeks months year : - / . , UTC +9 Z T 24:00 25:00 18:60
    4/3/2026 4.3.2026 2026-03-04 2026-02-30 일 点
"""
PARTS = st.one_of(
    st.sampled_from([*WEEKDAYS, *MONTHS, *(word[:3] for word in WEEKDAYS + MONTHS)]),
    st.sampled_from(SCRAPS.split()),
    st.integers(0, 40).map(str),
    st.integers(0, 9999).map(str),
    st.builds("{}:{:02}".format, st.integers(0, 25), st.integers(0, 61)),
    st.builds("{}{}".format, st.integers(0, 25), st.sampled_from(["am", "pm", "h"])),
)
WHOLE = st.one_of(
    st.dates(date(2024, 1, 1), date(2031, 1, 1)).flatmap(lambda day: st.sampled_from(dates(day))),
    minutes.flatmap(lambda minute: st.sampled_from(clocks(minute))),
)
JUMBLES = st.builds(
    lambda glue, parts: glue.join(parts),
    st.sampled_from([" ", " ", " ", ""]),
    st.lists(st.one_of(PARTS, WHOLE), min_size=1, max_size=5),
)
WORD = re.compile(r"[a-z]+")
YEAR = re.compile(r"\b\d{4}\b(?! ?(?:[smhdw]\b|hour|day|week|month|year))")


def disagreements(text: str, now: datetime, found: datetime, zone: ZoneInfo) -> list[str]:
    """What `text` names that `found` is not, as far as that can be told without reading it."""
    words = WORD.findall(text.lower())
    written = timezone(timedelta(hours=9)) if "+9" in text else UTC
    local = found.astimezone(written if {"utc", "z"} & set(words) else zone)
    if re.search(r"24:00|24 ?h|midnight", text):
        local -= timedelta(microseconds=1)
    wrong = [
        word
        for word in words
        for name, actual in ((WEEKDAYS, f"{local:%A}"), (MONTHS, f"{local:%B}"))
        if any(word in (one.lower(), one[:3].lower()) for one in name)
        if actual.lower()[:3] != word[:3]
    ]
    wrong += [year for year in YEAR.findall(text.lower()) if int(year) != local.year]
    for clock in re.findall(r"\d+:\d+", text):
        hour, minute = map(int, clock.split(":"))
        if "pm" in text.lower() or "am" in text.lower():
            hour = hour % 12 + 12 * ("pm" in text.lower())
        # Clocks skip an hour at most.
        if (
            clock != "24:00"
            and not 0 <= (local.hour * 60 + local.minute) - (hour * 60 + minute) <= 60
        ):
            wrong.append(clock)
    # A number that is no part of anything else may only be a day, or an hour after "at".
    for number in re.findall(r"(?<!\S)\d{1,2}(?!\S)(?! ?[ap]m| ?[a-z])", text.lower()):
        if int(number) not in (local.day, local.hour):
            wrong.append(number)
    if "noon" in words and (local.hour, local.minute) != (12, 0):
        wrong.append("noon")
    if {"a", "an", "half"} & set(words) and not re.search(
        r"(second|minute|hour|day|week|month|year)", text
    ):
        wrong.append("a")
    return wrong


@given(JUMBLES, nows, zones)
@example("Friday at 6", datetime(2026, 1, 1, tzinfo=UTC), ZONES[0])
@example("monday 9", datetime(2026, 1, 1, tzinfo=UTC), ZONES[0])
@example("a", datetime(2026, 1, 1, tzinfo=UTC), ZONES[0])
@example("tomorrow 25:00", datetime(2026, 1, 1, tzinfo=UTC), ZONES[0])
def test_a_jumble_is_refused_or_agrees_with_all_that_it_names(
    text: str, now: datetime, zone: ZoneInfo
) -> None:
    try:
        found = read_moment(text, now=now, zone=zone)
    except UserError:
        return
    assert disagreements(text, now, found, zone) == []


@given(st.text(max_size=150), nows, zones)
def test_any_text_is_refused_in_a_sentence_or_read(
    text: str, now: datetime, zone: ZoneInfo
) -> None:
    try:
        found = read_moment(text, now=now, zone=zone)
    except UserError as refusal:
        assert str(refusal).startswith("“")  # noqa: PT017
    else:
        assert found.tzinfo is UTC
