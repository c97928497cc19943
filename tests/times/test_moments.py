import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.errors import UserError
from bot.times import read_moment, read_time_of_day, unreadable
from bot.times.days import EXAMPLES

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)  # a Thursday; 21:00 in Seoul


SEOUL = ZoneInfo("Asia/Seoul")


def in_seoul(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=SEOUL).astimezone(UTC)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("now", NOW),
        ("3 days", NOW + timedelta(days=3)),
        ("in 3 days", NOW + timedelta(days=3)),
        ("36h", NOW + timedelta(hours=36)),
        ("18h", NOW + timedelta(hours=18)),
        ("1d 12h", NOW + timedelta(hours=36)),
        ("1h30m", NOW + timedelta(minutes=90)),
        ("1.5 hours", NOW + timedelta(minutes=90)),
        ("in an hour and a half", NOW + timedelta(minutes=90)),
        ("half an hour from now", NOW + timedelta(minutes=30)),
        ("3 days, 2 hours and 5 minutes", NOW + timedelta(days=3, hours=2, minutes=5)),
        ("10 minutes", NOW + timedelta(minutes=10)),
        ("1w", NOW + timedelta(weeks=1)),
        ("in a week", NOW + timedelta(weeks=1)),
        ("two weeks", NOW + timedelta(weeks=2)),
        ("in 2 months", in_seoul(2026, 3, 1, 21)),
        ("a year and a half", in_seoul(2027, 7, 1, 21)),
    ],
)
def test_spans_as_people_write_them(text: str, expected: datetime) -> None:
    assert read_moment(text, now=NOW, zone=SEOUL) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Friday 18:00", in_seoul(2026, 1, 2, 18)),
        ("fri 6pm", in_seoul(2026, 1, 2, 18)),
        ("6:30 p.m. on Friday", in_seoul(2026, 1, 2, 18, 30)),
        ("Friday at 18", in_seoul(2026, 1, 2, 18)),
        ("Friday 18h30", in_seoul(2026, 1, 2, 18, 30)),
        ("Friday 18.30", in_seoul(2026, 1, 2, 18, 30)),
        ("Friday at 10.12", in_seoul(2026, 1, 2, 10, 12)),
        ("Friday 00:00", in_seoul(2026, 1, 2)),
        ("Friday 24:00", in_seoul(2026, 1, 3)),
        ("tomorrow 09:00", in_seoul(2026, 1, 2, 9)),
        ("noon tomorrow", in_seoul(2026, 1, 2, 12)),
        ("the day after tomorrow at noon", in_seoul(2026, 1, 3, 12)),
        ("in 3 days at 18:00", in_seoul(2026, 1, 4, 18)),
        ("in 2 months at 18:00", in_seoul(2026, 3, 1, 18)),
        ("tonight 10pm", in_seoul(2026, 1, 1, 22)),
        ("midnight tonight", in_seoul(2026, 1, 2)),
        ("22:00", in_seoul(2026, 1, 1, 22)),
        ("at 6pm", in_seoul(2026, 1, 2, 18)),
        ("noon", in_seoul(2026, 1, 2, 12)),
        ("24:00", in_seoul(2026, 1, 2)),
        ("2026-02-03 18:00", in_seoul(2026, 2, 3, 18)),
        ("2026-02-03 18：00", in_seoul(2026, 2, 3, 18)),
        ("2026-02-03T18:00:30", in_seoul(2026, 2, 3, 18, 0, 30)),
        ("2026/2/3 6pm", in_seoul(2026, 2, 3, 18)),
        ("2026.02.03 24:00", in_seoul(2026, 2, 4)),
        ("4.3.2026 18:00", in_seoul(2026, 3, 4, 18)),
        ("4.3. 18:00", in_seoul(2026, 3, 4, 18)),
        ("18:00 on the 4th of March", in_seoul(2026, 3, 4, 18)),
        ("Wednesday, March 4th, 2026, 18:00", in_seoul(2026, 3, 4, 18)),
        ("29 Feb 2028 18:00", in_seoul(2028, 2, 29, 18)),
        ("yesterday", in_seoul(2025, 12, 31)),
        ("2025-12-31 18:00", in_seoul(2025, 12, 31, 18)),
        ("today 9am", in_seoul(2026, 1, 1, 9)),
    ],
)
def test_points_in_time_as_people_write_them_in_seoul(text: str, expected: datetime) -> None:
    assert read_moment(text, now=NOW, zone=SEOUL) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-02-03T18:00+01:00", datetime(2026, 2, 3, 17, tzinfo=UTC)),
        ("2026-02-03T18:00-0330", datetime(2026, 2, 3, 21, 30, tzinfo=UTC)),
        ("2026-02-03 18:00Z", datetime(2026, 2, 3, 18, tzinfo=UTC)),
        ("4 March 18:00 UTC", datetime(2026, 3, 4, 18, tzinfo=UTC)),
        ("Friday 18:00 UTC+1", datetime(2026, 1, 2, 17, tzinfo=UTC)),
        ("6pm GMT-3:30", datetime(2026, 1, 1, 21, 30, tzinfo=UTC)),
    ],
)
def test_a_zone_that_is_written_is_taken_in_place_of_the_servers(
    text: str, expected: datetime
) -> None:
    assert read_moment(text, now=NOW, zone=SEOUL) == expected


@pytest.mark.parametrize(
    ("hour", "text", "expected"),
    [
        # 2 January 2026 is a Friday.
        (9, "Friday 18:00", in_seoul(2026, 1, 2, 18)),
        (18, "Friday 18:00", in_seoul(2026, 1, 9, 18)),
        (19, "Friday 18:00", in_seoul(2026, 1, 9, 18)),
        (19, "this Friday 18:00", in_seoul(2026, 1, 2, 18)),
        (9, "18:00", in_seoul(2026, 1, 2, 18)),
        (18, "18:00", in_seoul(2026, 1, 3, 18)),
        (0, "midnight", in_seoul(2026, 1, 3)),
        (0, "00:00", in_seoul(2026, 1, 3)),
        (12, "noon", in_seoul(2026, 1, 3, 12)),
    ],
)
def test_todays_is_meant_while_it_is_still_to_come(
    hour: int, text: str, expected: datetime
) -> None:
    assert read_moment(text, now=in_seoul(2026, 1, 2, hour), zone=SEOUL) == expected


def test_midnight_on_the_last_day_of_a_month_is_in_the_next() -> None:
    evening = in_seoul(2026, 2, 28, 21)
    assert read_moment("midnight", now=evening, zone=SEOUL) == in_seoul(2026, 3, 1)
    assert read_moment("tomorrow 00:00", now=evening, zone=SEOUL) == in_seoul(2026, 3, 1)


def test_a_month_ends_on_the_last_day_of_a_shorter_one_at_the_same_hour() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    now = datetime(2026, 1, 31, 18, tzinfo=berlin)
    assert read_moment("1 month", now=now, zone=berlin) == datetime(2026, 2, 28, 18, tzinfo=berlin)
    april = datetime(2026, 4, 30, 18, tzinfo=berlin)  # clocks went forward on 29 March
    assert read_moment("3 months", now=now, zone=berlin) == april


def test_spans_start_where_they_are_told_to_and_points_in_time_stay_where_they_are() -> None:
    later = in_seoul(2026, 1, 31, 12)
    for text, expected in (
        ("2 days", later + timedelta(days=2)),
        ("1 month", in_seoul(2026, 2, 28, 12)),
        ("Friday 18:00", in_seoul(2026, 1, 2, 18)),
        ("in 2 days at 18:00", in_seoul(2026, 1, 3, 18)),
    ):
        assert read_moment(text, now=NOW, zone=SEOUL, spans_from=later) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "5",
        "12345",
        "20260304",
        "2026-13-01",
        "2026-02-31 18:00",
        "0000-01-01 18:00",
        "9999-12-31 24:00",
        "31 February 18:00",
        "Feb 29 18:00",
        "½ hour",
        "3 days " * 50,
        "9" * 6000,
        "soon",
        "gibberish",
        "99999999999999 days",
        "999999 weeks",
        "999999 years",
        "half a month",
        "-",
        "-2 days",
        "2 days ago",
        "a",
        "as",
        "in a d",
        "5 ms",
        "1h 30",
        "1h 2h",
        "1,5 hours",
        "1:2:3",
        "🙂",
        "tomorrow 18:00 🙂",
        "내일 18시",
        "明天18点",
        "٣ days",
        "18:00 KST",
        "tomorrow morning",
        "Friday 9am - 10am",
        "2026-03-04 09:00-10:00",
        "every Friday 18:00",
        "24 hours at 18:00",
    ],
)
def test_what_is_no_time_is_refused_with_examples(text: str) -> None:
    with pytest.raises(UserError, match="3 days") as refusal:
        read_moment(text, now=NOW, zone=UTC)
    assert len(str(refusal.value)) < 300


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Friday at 6", "what 6 stands for. Write an hour as 18:00"),
        ("monday 9", "what 9 stands for"),
        ("at 12", "what 12 stands for"),
        ("6 Friday", "what 6 stands for"),
        ("tomorrow 18", "what 18 stands for"),
        ("4 March 18", "what 18 stands for"),
        ("Friday 10.12", "what 10.12 stands for"),
        ("1h30", "Write 1:30 or 1h 30m"),
        ("4/3/2026", "Write 2026-03-04 18:00 or 4 March 18:00"),
        ("4/3 18:00", "some read day first"),
        ("4-3-2026 18:00", "some read day first"),
        ("4.3.26 18:00", "some read day first"),
        ("tomorrow 25:00", "no clock shows. Write, for example, 22:00"),
        ("2026-03-04 18:60", "no clock shows"),
        ("Friday 13pm", "no clock shows"),
        ("next Friday", "first Friday to come or the one after.* 2026-01-09 18:00"),
        ("next Friday 18:00", "first Friday to come or the one after"),
        ("Friday midnight", "Write 00:00 or 24:00"),
        ("tonight 1am", "Write today or tomorrow"),
        ("Friday", "no time of day"),
        ("tonight", "no time of day"),
        ("tomorrow", "no time of day"),
        ("4 March", "no time of day"),
        ("2026-03-04", "no time of day"),
        ("Thursday 6 March 18:00", "2026-03-06 is a Friday"),
        ("31 December 18:00", "which year is meant.* 2026-12-31 18:00"),
        ("1 January 09:00", "which year is meant.* 2027-01-01 18:00"),
    ],
)
def test_what_fits_two_moments_or_lacks_a_part_is_refused_with_what_to_write(
    text: str, said: str
) -> None:
    with pytest.raises(UserError, match=said):
        read_moment(text, now=NOW, zone=UTC)


def test_a_day_that_is_another_in_the_zone_written_is_refused() -> None:
    morning = in_seoul(2026, 1, 2, 3)  # 18:00 on 1 January in UTC
    with pytest.raises(UserError, match="Write the date, such as 2026-01-02 18:00 UTC"):
        read_moment("tomorrow 18:00 UTC", now=morning, zone=SEOUL)
    friday = datetime(2026, 1, 2, 18, tzinfo=UTC)
    assert read_moment("Friday 18:00 UTC", now=morning, zone=SEOUL) == friday


def test_every_example_that_is_given_can_be_read() -> None:
    examples = re.findall("`(.+?)`", EXAMPLES)
    assert len(examples) > 3
    for example in examples:
        assert read_moment(example, now=NOW, zone=UTC) > NOW


def test_why_a_text_names_no_time_is_told_again_later() -> None:
    assert "what 6 stands for" in unreadable("Friday at 6", NOW)
    assert "is not a time I can read" in unreadable("soon", NOW)
    # What can be read by now could not be when it was typed.
    assert "is not a time I can read" in unreadable("3 days", NOW)


def test_points_in_time_keep_their_hour_over_a_clock_change_and_spans_their_length() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    before = datetime(2026, 3, 28, 11, tzinfo=UTC)  # noon; clocks go forward the night after
    noon = read_moment("tomorrow 12:00", now=before, zone=berlin)
    assert noon - before == timedelta(hours=23)
    assert read_moment("24h", now=before, zone=berlin) - before == timedelta(hours=24)
    assert read_moment("2 days", now=before, zone=berlin) - before == timedelta(hours=48)


def test_a_time_zone_that_equals_utc_today_is_still_a_time_zone() -> None:
    winter = datetime(2026, 1, 1, 12, tzinfo=UTC)
    found = read_moment("2026-07-01 18:00", now=winter, zone=ZoneInfo("Europe/London"))
    assert found == datetime(2026, 7, 1, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("22:00", time(22)),
        ("22", time(22)),
        ("7", time(7)),
        ("07.30", time(7, 30)),
        ("7h30", time(7, 30)),
        ("22h", time(22)),
        ("10pm", time(22)),
        ("10 PM", time(22)),
        ("10:45 p.m.", time(22, 45)),
        ("12am", time(0)),
        ("12 pm", time(12)),
        ("24:00", time(0)),
        (" Midnight ", time(0)),
        ("noon", time(12)),
    ],
)
def test_times_of_day_are_read_as_people_write_them(typed: str, expected: time) -> None:
    assert read_time_of_day(typed) == expected


@pytest.mark.parametrize(
    "typed", ["", "25:00", "24:01", "22:60", "13pm", "0am", "late", "-1", "22:0", "٢٢", "1:2:3"]
)
def test_what_is_no_time_of_day_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(UserError, match="22:00 or 7am"):
        read_time_of_day(typed)
