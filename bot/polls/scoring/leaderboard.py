"""Who forecasts well: a server's forecasters ranked by their scores in many polls."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.polls.scoring.scores import Score

PRIOR = 3.0
"""A forecaster's peer points are divided by at least this many fully covered polls.

A lucky forecast in one poll then counts a third. A server resolves few polls around one summit:
a larger prior would rank by attendance, a smaller one by luck.
"""
MINIMUM = 1
"""A forecaster is ranked from this many scored polls on; the prior limits luck."""
TIE_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Total:
    """The sums of a voter's scores in `polls` polls; `loss` is the sum of Brier times coverage."""

    voter: str
    polls: int
    coverage: float
    peer: float
    loss: float


@dataclass(frozen=True, slots=True)
class Standing:
    """A voter's place on the leaderboard.

    `value` is peer points per poll; `coverage` and `peer` are sums over `polls` polls. `brier` is
    the mean of the polls' Brier scores, weighted by coverage: 0 (best)..1.
    """

    rank: int
    voter: str
    value: float
    polls: int
    coverage: float
    peer: float
    brier: float


def leaderboard(
    totals: Iterable[Total], *, prior: float = PRIOR, minimum: int = MINIMUM
) -> list[Standing]:
    """Voters of `minimum` polls or more by `sum(peer) / max(prior, sum(coverage))`, best first.

    Only members who can be named have a place, so `totals` must not include anonymous polls.
    Values that are equal to a millionth of a point share a rank and the next rank is skipped;
    among them, whoever has more polls comes first.
    """
    rows = [
        _standing(total, prior)
        for total in totals
        if total.polls >= minimum and is_member(total.voter)
    ]
    rows.sort(key=lambda row: (-row.value, -row.polls, row.voter))
    ranks = ranks_of([row.value for row in rows])
    return [replace(row, rank=rank) for rank, row in zip(ranks, rows, strict=True)]


def best_of(scores: Mapping[str, Score]) -> list[str]:
    """The members with the highest peer score of one poll; nobody if it is not above 0."""
    peers = {
        voter: round(score.peer, TIE_DIGITS) for voter, score in scores.items() if is_member(voter)
    }
    most = max(peers.values(), default=0.0)
    return [voter for voter, peer in peers.items() if peer == most and most > 0]


def is_member(voter: str) -> bool:
    """Whether a voter's key is a user id, not a hash or the key of a deleted voter."""
    return voter.isdecimal()


def ranks_of(values: Sequence[float]) -> list[int]:
    """Ranks from 1 of `values` that are sorted already: 1, 2, 2, 4."""
    ranks: list[int] = []
    for place, value in enumerate(values):
        tied = place > 0 and value == values[place - 1]
        ranks.append(ranks[-1] if tied else place + 1)
    return ranks


def _standing(total: Total, prior: float) -> Standing:
    # Rounded, since equal forecasts may differ in the last bits; + 0.0 turns -0.0 into 0.
    value = round(total.peer / max(prior, total.coverage), TIE_DIGITS) + 0.0
    brier = total.loss / total.coverage
    return Standing(0, total.voter, value, total.polls, total.coverage, total.peer, brier)
