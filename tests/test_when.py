from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.errors import UserError
from bot.when import read_moment, read_time_of_day

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)  # a Thursday; 21:00 in Seoul


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3 days", NOW + timedelta(days=3)),
        ("in 3 days", NOW + timedelta(days=3)),
        ("36h", NOW + timedelta(hours=36)),
        ("1d 12h", NOW + timedelta(hours=36)),
        ("10 minutes", NOW + timedelta(minutes=10)),
        ("1w", NOW + timedelta(weeks=1)),
        ("2 weeks", NOW + timedelta(weeks=2)),
        ("Friday 18:00", datetime(2026, 1, 2, 9, tzinfo=UTC)),
        ("tomorrow 09:00", datetime(2026, 1, 2, 0, tzinfo=UTC)),
        ("2026-02-03 18:00", datetime(2026, 2, 3, 9, tzinfo=UTC)),
    ],
)
def test_times_as_people_write_them_in_seoul(text: str, expected: datetime) -> None:
    assert read_moment(text, now=NOW, zone=ZoneInfo("Asia/Seoul")) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "5",
        "2026-13-01",
        "½ hour",
        "3 days " * 50,
        "soon",
        "gibberish",
        "99999999999999 days",
        "-",
    ],
)
def test_what_is_no_time_is_refused_with_examples(text: str) -> None:
    with pytest.raises(UserError, match="3 days"):
        read_moment(text, now=NOW, zone=UTC)


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
