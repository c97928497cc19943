from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.settings.zones import SUGGESTIONS, UnknownZoneError, find_zone

WINTER = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Asia/Seoul", "Asia/Seoul"),
        ("asia/seoul", "Asia/Seoul"),
        (" Seoul ", "Asia/Seoul"),
        ("new york", "America/New_York"),
        ("America/New York", "America/New_York"),
        ("Japan", "Asia/Tokyo"),
        ("UTC", "UTC"),
        # An old name, which still works.
        ("Asia/Calcutta", "Asia/Calcutta"),
    ],
)
def test_a_name_a_city_or_a_country_of_one_zone_is_taken(typed: str, zone: str) -> None:
    assert find_zone(typed, WINTER) == zone


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("Soul", "Asia/Seoul"),
        ("South Korea", "Asia/Seoul"),
        ("KST", "Asia/Seoul"),
        ("Beijing", "Asia/Shanghai"),
        ("EST", "America/New_York"),
        ("United States", "America/New_York"),
        ("UTC+9", "Asia/Seoul"),
        ("+5:30", "Asia/Kolkata"),
    ],
)
def test_what_may_mean_several_is_never_taken_but_offered(typed: str, near: str) -> None:
    with pytest.raises(UnknownZoneError) as unknown:
        find_zone(typed, WINTER)
    assert near in unknown.value.nearest
    assert len(unknown.value.nearest) <= SUGGESTIONS
    assert typed in str(unknown.value)


def test_an_offset_is_that_of_now() -> None:
    summer = datetime(2026, 7, 1, tzinfo=UTC)
    with pytest.raises(UnknownZoneError) as unknown:
        find_zone("UTC-8", summer)
    assert unknown.value.nearest
    for zone in unknown.value.nearest:
        assert summer.astimezone(ZoneInfo(zone)).strftime("%z") == "-0800"


@pytest.mark.parametrize("typed", ["", "   ", "qqqq", "서울", "../etc/passwd", "UTC+99", "`" * 200])
def test_what_means_nothing_is_refused_with_what_to_type(typed: str) -> None:
    with pytest.raises(UnknownZoneError, match="Type a city"):
        find_zone(typed, WINTER)
