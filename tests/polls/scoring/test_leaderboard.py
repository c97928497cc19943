from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.polls.scoring.leaderboard import PRIOR, Total, best_of, leaderboard
from bot.polls.scoring.scores import Score


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
