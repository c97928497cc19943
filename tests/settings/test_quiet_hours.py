from datetime import UTC, datetime, time

import pytest

from bot.settings.model import ServerSettings


def quiet(start: int, end: int, zone: str = "UTC") -> ServerSettings:
    return ServerSettings(1, zone=zone, quiet_from=time(start), quiet_until=time(end))


@pytest.mark.parametrize(
    ("settings", "hour", "minute", "is_quiet"),
    [
        (quiet(22, 7), 21, 59, False),
        (quiet(22, 7), 22, 0, True),
        (quiet(22, 7), 0, 0, True),
        (quiet(22, 7), 6, 59, True),
        (quiet(22, 7), 7, 0, False),
        (quiet(1, 5), 0, 59, False),
        (quiet(1, 5), 1, 0, True),
        (quiet(1, 5), 5, 0, False),
        # 22:00 in Seoul is 13:00 UTC.
        (quiet(22, 7, "Asia/Seoul"), 12, 59, False),
        (quiet(22, 7, "Asia/Seoul"), 13, 0, True),
        (ServerSettings(1), 3, 0, False),
    ],
)
def test_quiet_hours_may_go_over_midnight(
    settings: ServerSettings, hour: int, minute: int, is_quiet: bool
) -> None:
    assert settings.is_quiet(datetime(2026, 1, 15, hour, minute, tzinfo=UTC)) is is_quiet


@pytest.mark.parametrize(
    ("at", "is_quiet"),
    [
        # In Berlin 22:00 is 21:00 UTC in winter and 20:00 UTC in summer.
        (datetime(2026, 3, 28, 20, 30, tzinfo=UTC), False),
        (datetime(2026, 3, 29, 20, 30, tzinfo=UTC), True),
        # On 29 March the clocks go from 02:00 to 03:00, at 01:00 UTC.
        (datetime(2026, 3, 29, 4, 59, tzinfo=UTC), True),
        (datetime(2026, 3, 29, 5, 0, tzinfo=UTC), False),
        # On 25 October they go from 03:00 back to 02:00: 07:00 is 06:00 UTC that morning.
        (datetime(2026, 10, 25, 5, 30, tzinfo=UTC), True),
        (datetime(2026, 10, 25, 6, 0, tzinfo=UTC), False),
    ],
)
def test_quiet_hours_follow_the_clocks_of_the_zone(at: datetime, is_quiet: bool) -> None:
    assert quiet(22, 7, "Europe/Berlin").is_quiet(at) is is_quiet


@pytest.mark.parametrize(
    "at",
    [datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)],
)
def test_an_hour_that_comes_twice_is_quiet_twice(at: datetime) -> None:
    assert quiet(2, 3, "Europe/Berlin").is_quiet(at)
