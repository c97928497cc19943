from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.polls import crowd_history as history
from bot.polls.crowd import even_crowd, recent_crowd
from bot.polls.crowd_history import MOST_MOMENTS, LogRow, Moment, crowd_history
from bot.polls.model import Poll, PollState
from tests.factories import FORECAST_POLL, changed

# Every poll here is open for 100 hours: recent forecasts weigh more until hour 28.
OPENED = datetime(2026, 9, 1, tzinfo=UTC)
HOURS = 100


def hour(number: float) -> datetime:
    return OPENED + timedelta(hours=number)


def poll(*, anonymous: bool = False, min_forecasters: int = 3, hours: float = HOURS) -> Poll:
    return changed(
        FORECAST_POLL,
        anonymous=anonymous,
        min_forecasters=min_forecasters,
        state=PollState.CLOSED,
        opened_at=OPENED,
        closes_at=hour(hours),
        closed_at=hour(hours),
    )


def log(*rows: tuple[float, str, int | None]) -> list[LogRow]:
    return [(hour(at), voter, value) for at, voter, value in rows]


def told(moments: Sequence[Moment]) -> list[tuple[float, int, int]]:
    return [((one.at - OPENED) / timedelta(hours=1), one.crowd, one.forecasters) for one in moments]


def test_the_crowd_is_followed_from_the_third_forecast_on() -> None:
    # From hour 28 on all weigh the same, so it is the plain median:
    # hour 32: 100, 300, 500 -> 300; hour 40: and 900 -> (300 + 500)/2 = 400
    rows = log((30, "a", 100), (31, "b", 500), (32, "c", 300), (40, "d", 900))
    assert told(crowd_history(poll(), rows, hour(100))) == [(32, 300, 3), (40, 400, 4)]


def test_a_changed_forecast_moves_the_crowd_and_a_withdrawn_one_leaves_it() -> None:
    # hour 40: a goes from 100 to 900: 300, 500, 900 -> 500
    # hour 50: b withdraws: two are left, which is too few to be shown
    # hour 60: b is back with 0: 0, 300, 900 -> 300
    rows = log(
        (30, "a", 100), (31, "b", 500), (32, "c", 300), (40, "a", 900), (50, "b", None),
        (60, "b", 0),
    )  # fmt: skip
    assert told(crowd_history(poll(), rows, hour(100))) == [
        (32, 300, 3),
        (40, 500, 3),
        (60, 300, 3),
    ]


def test_recent_forecasts_weigh_more_until_72_hours_before_the_close() -> None:
    # Weights e^(sqrt(n) - sqrt(5)) for n = 1..5: 0.290, 0.440, 0.604, 0.790, 1; half of their sum
    # 3.124 is 1.562. The three at 100 weigh 1.334, so the crowd is at 900.
    # With all the same, from hour 100 - 72 = 28 on, it is the third of five: 100.
    # Before, with weights e^(sqrt(n) - sqrt(3)): all at 100. With 4, e^(sqrt(n) - 2): 0.368,
    # 0.557, 0.765, 1: the three at 100 weigh 1.690 of 2.690, more than half.
    rows = log((1, "a", 100), (2, "b", 100), (3, "c", 100), (4, "d", 900), (5, "e", 900))
    assert told(crowd_history(poll(), rows, hour(100))) == [
        (3, 100, 3),
        (4, 100, 4),
        (5, 900, 5),
        (28, 100, 5),
    ]


def test_a_change_makes_a_forecast_the_most_recent_one() -> None:
    # At hour 4 the order is b, c, a with weights 0.481, 0.728, 1 (half: 1.104): b and c at 500
    # weigh 1.209, more than half. At hour 5 b follows: c, a, b, and a and b at 900 weigh 1.728.
    rows = log((1, "a", 500), (2, "b", 500), (3, "c", 500), (4, "a", 900), (5, "b", 900))
    moments = told(crowd_history(poll(), rows, hour(20)))
    assert moments == [(3, 500, 3), (4, 500, 3), (5, 900, 3)]


def test_a_poll_shorter_than_72_hours_never_weighs_by_age() -> None:
    rows = log((1, "a", 100), (2, "b", 100), (3, "c", 100), (4, "d", 900), (5, "e", 900))
    assert told(crowd_history(poll(hours=48), rows, hour(48)))[-1] == (5, 100, 5)
    assert len(crowd_history(poll(hours=48), rows, hour(48))) == 3


def test_what_was_committed_together_is_one_moment() -> None:
    rows = log(
        (40, "a", 100), (40, "b", 500), (40, "c", 300), (40, "a", 900), (41, "d", None),
    )  # fmt: skip
    # a's second forecast of that instant counts: 300, 500, 900. d has nothing to withdraw.
    assert told(crowd_history(poll(), rows, hour(100))) == [(40, 500, 3), (41, 500, 3)]


def test_the_log_is_read_up_to_the_end_only() -> None:
    rows = log((30, "a", 100), (31, "b", 500), (32, "c", 300), (50, "d", 900))
    assert told(crowd_history(poll(), rows, hour(40))) == [(32, 300, 3)]
    assert crowd_history(poll(), [], hour(100)) == []


def test_the_server_s_own_minimum_holds() -> None:
    rows = log(*((30 + n, str(n), 100 * n) for n in range(6)))
    # five forecasts 0, 100 .. 400 -> 200; six: (200 + 300)/2
    assert told(crowd_history(poll(min_forecasters=5), rows, hour(100))) == [
        (34, 200, 5),
        (35, 250, 6),
    ]


def test_neighbours_of_an_anonymous_poll_differ_by_five_voters_or_more() -> None:
    # Voters 0..4 by hour 4; then voter 0 changes again and again, and 5..8 vote: with the fifth
    # different voter, at hour 14, the next moment comes. Voter 9 alone makes none.
    rows = log(
        *((n, str(n), 100 * n) for n in range(5)),
        *((5 + n, "0", 1000 - n) for n in range(5)),
        *((10 + n, str(5 + n), 900) for n in range(4)),
        (20, "9", 900),
    )
    # hour 4: 0, 100, 200, 300, 400 -> 200 (never weighed by age)
    # hour 13: 996, 100, 200, 300, 400, and four at 900: sorted 100 200 300 400 900 -> 900
    assert told(crowd_history(poll(anonymous=True), rows, hour(100))) == [
        (4, 200, 5),
        (13, 900, 9),
    ]


def test_an_anonymous_commit_is_never_taken_apart() -> None:
    # Four voters, then three in one commit: the moment comes after all seven, as is published.
    rows = log(*((n, str(n), 500) for n in range(4)), *((9, str(n), 100) for n in range(4, 7)))
    assert told(crowd_history(poll(anonymous=True), rows, hour(100))) == [(9, 500, 7)]


changes = st.lists(
    st.tuples(
        st.integers(0, HOURS - 1), st.sampled_from("abcdefgh"), st.none() | st.integers(0, 1000)
    ),
    max_size=60,
).map(lambda rows: log(*sorted(rows, key=lambda row: row[0])))


@given(changes)
def test_every_moment_is_the_crowd_computed_from_scratch(rows: list[LogRow]) -> None:
    for moment in crowd_history(poll(), rows, hour(HOURS)):
        standing: dict[str, tuple[datetime, str, int]] = {}
        for at, voter, value in rows:
            if at <= moment.at:
                standing.pop(voter, None)
                if value is not None:
                    standing[voter] = (at, voter, value)
        values = [value for _, _, value in sorted(standing.values())]
        assert moment.forecasters == len(values)
        if moment.at < hour(28):
            assert moment.crowd == recent_crowd(values, len(values))
        else:
            assert moment.crowd == even_crowd({v: values.count(v) for v in values})


@pytest.mark.parametrize("anonymous", [True, False])
def test_a_hundred_thousand_changes_take_as_many_crowds_as_are_shown(
    anonymous: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [
        (OPENED + timedelta(seconds=3 * n), str(n * 7919 % 60_000), (n * 131) % 1001)
        for n in range(100_000)
    ]
    computed = []

    def counted(crowd: Callable[..., int]) -> Callable[..., int]:
        def compute(*args: object) -> int:
            computed.append(crowd)
            return crowd(*args)

        return compute

    monkeypatch.setattr(history, "even_crowd", counted(even_crowd))
    monkeypatch.setattr(history, "recent_crowd", counted(recent_crowd))
    moments = crowd_history(poll(anonymous=anonymous), rows, hour(HOURS))
    assert 150 < len(moments) == len(computed) <= MOST_MOMENTS + 1
    assert [one.at for one in moments] == sorted(one.at for one in moments)
    assert moments[-1].forecasters == 60_000
