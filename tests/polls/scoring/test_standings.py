from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.polls.scoring.scores import Score
from bot.polls.scoring.standings import (
    PRIOR,
    Settled,
    Total,
    best_of,
    calibration,
    leaderboard,
    surprise,
    surprises,
    wilson_interval,
)


def totals(*polls: Mapping[str, Score]) -> list[Total]:
    """The scores of several polls, summed for each voter."""
    by_voter: dict[str, list[Score]] = {}
    for poll in polls:
        for voter, score in poll.items():
            by_voter.setdefault(voter, []).append(score)
    return [
        Total(
            voter,
            len(found),
            sum(one.coverage for one in found),
            sum(one.peer for one in found),
            sum(one.brier * one.coverage for one in found),
        )
        for voter, found in by_voter.items()
    ]


def test_leaderboard_divides_by_coverage_or_the_prior() -> None:
    # 1: peer 30 + 20 + 10 + 40 = 100, coverage 4 * 1 = 4 > 3: 100/4 = 25
    # 2: peer 60, coverage 1 < 3: 60/3 = 20, not 60: one lucky poll does not lead
    # 3: peer -30 - 6 = -36, coverage 0.5 + 0.25 = 0.75 < 3: -36/3 = -12
    resolved = [
        {"1": Score(0.1, 1.0, 30.0), "2": Score(0.04, 1.0, 60.0), "3": Score(0.4, 0.5, -30.0)},
        {"1": Score(0.2, 1.0, 20.0), "3": Score(0.1, 0.25, -6.0)},
        {"1": Score(0.2, 1.0, 10.0)},
        {"1": Score(0.1, 1.0, 40.0)},
    ]
    rows = leaderboard(totals(*resolved), prior=3.0)
    assert [(row.rank, row.voter, row.value, row.polls) for row in rows] == [
        (1, "1", 25.0, 4),
        (2, "2", 20.0, 1),
        (3, "3", -12.0, 2),
    ]
    assert [row.coverage for row in rows] == [4.0, 1.0, 0.75]
    assert [row.peer for row in rows] == [100.0, 60.0, -36.0]
    # Brier by coverage: 1 (0.1 + 0.2 + 0.2 + 0.1)/4 = 0.15; 2 0.04
    # 3 (0.4 * 0.5 + 0.1 * 0.25)/0.75 = 0.225/0.75 = 0.3
    assert [row.brier for row in rows] == pytest.approx([0.15, 0.04, 0.3])


def test_leaderboard_prior_is_three_polls() -> None:
    assert PRIOR == 3.0
    assert leaderboard(totals({"1": Score(0.1, 1.0, 30.0)}))[0].value == 10.0


def test_leaderboard_ties_share_a_rank() -> None:
    # 0.1 + 0.2 differs from 0.3 in the last bit; 4's and 5's 0.0 and -0.0 are equal too
    resolved = [
        {"1": Score(0.1, 1.0, 0.1), "2": Score(0.1, 1.0, 0.3), "3": Score(0.1, 1.0, 9.0)},
        {"1": Score(0.1, 1.0, 0.2), "4": Score(0.1, 1.0, -1e-14), "5": Score(0.1, 1.0, 1e-14)},
    ]
    rows = leaderboard(totals(*resolved))
    assert [(row.rank, row.voter) for row in rows] == [
        (1, "3"),
        (2, "1"),  # of equals, the one with more polls first
        (2, "2"),
        (4, "4"),
        (4, "5"),
    ]
    assert str(rows[3].value) == "0.0"


def test_leaderboard_leaves_out_who_has_too_few_polls_before_ranking() -> None:
    resolved = [
        {"9": Score(0.0, 1.0, 500.0), "1": Score(0.1, 1.0, 10.0)},
        {"1": Score(0.1, 0.1, 1.0), "2": Score(0.1, 1.0, 1.0)},
        {"2": Score(0.1, 1.0, 1.0)},
    ]
    rows = leaderboard(totals(*resolved), minimum=2)
    assert [(row.rank, row.voter) for row in rows] == [(1, "1"), (2, "2")]
    assert leaderboard([]) == []


@given(st.integers(1, 99), st.integers(1, 12))
def test_late_joiner_with_the_same_lead_ranks_below_until_the_prior_is_reached(
    percent: int, polls: int
) -> None:
    # A lead that is the same all the time earns 40 in a full poll, 40 * share in a part of one.
    share = percent / 100
    one = {"1": Score(0.1, 1.0, 40.0), "2": Score(0.1, share, 40.0 * share)}
    ranks = {row.voter: row.rank for row in leaderboard(totals(*[one] * polls), prior=3.0)}
    assert ranks == {"1": 1, "2": 1 if percent * polls >= 300 else 2}


def test_leaderboard_names_nobody_who_has_no_user_id() -> None:
    scored = {"deleted:7f3a": Score(0.0, 1.0, 90.0), "5": Score(0.1, 1.0, 30.0)}
    assert [(row.rank, row.voter) for row in leaderboard(totals(scored))] == [(1, "5")]


def test_best_are_those_who_beat_the_others_by_most() -> None:
    # 0.1 + 0.2 differs from 0.3 in the last bit
    scores = {
        "1": Score(0.1, 1.0, 0.1 + 0.2),
        "2": Score(0.1, 1.0, 0.3),
        "3": Score(0.1, 1.0, -0.6),
        "deleted:7f3a": Score(0.0, 1.0, 90.0),
    }
    assert best_of(scores) == ["1", "2"]
    assert best_of({"1": Score(0.1, 1.0, 0.0)}) == []  # alone, there was nobody to beat
    assert best_of({}) == []


@pytest.mark.parametrize(
    ("hits", "count", "low", "high"),
    [
        # z = 1.959964, z^2 = 3.841459
        # 0 of 10: middle = reach = 1.920729/13.841459 = 0.138767: 0 .. 0.277533
        (0, 10, 0.0, 0.277533),
        # 10 of 10: the mirror of it
        (10, 10, 0.722467, 1.0),
        # 8 of 10: middle 9.920729/13.841459 = 0.716740
        # reach 1.959964/13.841459 * sqrt(8 * 2/10 + 0.960365) = 0.141601 * 1.600114 = 0.226578
        (8, 10, 0.490162, 0.943318),
        # 1 of 1: middle 2.920729/4.841459 = 0.603275; reach 1.959964/4.841459 * 0.979982 = 0.396725
        (1, 1, 0.206549, 1.0),
    ],
)
def test_wilson_interval(hits: int, count: int, low: float, high: float) -> None:
    assert wilson_interval(hits, count) == pytest.approx((low, high), abs=1e-5)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_interval_holds_the_share(hits_of: tuple[int, int]) -> None:
    hits, count = hits_of
    low, high = wilson_interval(hits, count)
    assert 0 <= low <= hits / count + 1e-12
    assert hits / count - 1e-12 <= high <= 1


def settled(*pairs: tuple[int, bool]) -> list[Settled]:
    return [Settled(poll, forecast, happened) for poll, (forecast, happened) in enumerate(pairs, 1)]


def test_calibration_bins_by_ten_points() -> None:
    bins = calibration(
        settled((0, False), (99, False), (100, True), (700, True), (799, False), (750, True))
    )
    # 0 and 99: mean 49.5, 0 of 2. 100 begins the second bin: 1 of 1.
    # 700, 799, 750: mean 2249/3 = 749.667, 2 of 3. Bins without forecasts are left out.
    assert [(one.mean, one.share, one.count) for one in bins] == [
        (49.5, 0.0, 2),
        (100.0, 1.0, 1),
        (pytest.approx(749.667, abs=1e-3), pytest.approx(2 / 3), 3),
    ]
    # 2 of 3: middle 3.920729/6.841459 = 0.573084
    # reach 1.959964/6.841459 * sqrt(2/3 + 0.960365) = 0.286483 * 1.275552 = 0.365424
    assert (bins[2].low, bins[2].high) == pytest.approx((0.207660, 0.938508), abs=1e-5)


def test_calibration_puts_certainty_in_the_last_bin() -> None:
    (top,) = calibration(settled((900, True), (1000, True)))
    assert (top.mean, top.count) == (950.0, 2)
    assert calibration([]) == []


@given(st.lists(st.tuples(st.integers(0, 1000), st.booleans())))
def test_calibration_counts_every_forecast_once(pairs: list[tuple[int, bool]]) -> None:
    bins = calibration(settled(*pairs))
    assert sum(one.count for one in bins) == len(pairs)
    assert sum(one.share * one.count for one in bins) == pytest.approx(
        sum(happened for _, happened in pairs)
    )
    assert [one.mean for one in bins] == sorted(one.mean for one in bins)


@pytest.mark.parametrize(
    ("chance", "bits"),
    [
        (500, 1.0),  # -log2(1/2)
        (250, 2.0),  # -log2(1/4)
        (125, 3.0),
        (0, 9.965784),  # limited to 0.001: log2(1000)
        (1000, 0.001443),  # limited to 0.999
    ],
)
def test_surprise_in_bits(chance: int, bits: float) -> None:
    assert surprise(chance) == pytest.approx(bits, abs=1e-6)


def test_surprises_come_least_expected_first() -> None:
    rows = surprises({1: 900, 2: 250, 3: 0, 4: 250, 5: 500})
    assert [(row.rank, row.poll, row.chance) for row in rows] == [
        (1, 3, 0),
        (2, 2, 250),
        (2, 4, 250),
        (4, 5, 500),
        (5, 1, 900),
    ]
    # -log2: 9.965784 (0 counts as 0.001), 2, 2, 1, and -log2(0.9) = 0.152003
    assert [row.bits for row in rows] == pytest.approx([9.965784, 2, 2, 1, 0.152003], abs=1e-6)
