"""What many resolved polls say: who forecasts well, how well chances hold, what surprised.

Forecasts are in tenths of a percent, 0..1000; shares are 0..1.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log2, sqrt
from statistics import NormalDist, fmean

from bot.polls.model import SCALE
from bot.polls.scores import Score, chance_given

PRIOR = 3.0
"""Fully covered polls' worth of forecasts below which a peer score is held back.

A lucky forecast in one poll then counts a third. A server resolves few polls around one summit:
a larger prior would rank by attendance, a smaller one by luck.
"""
BINS = 10
Z_95 = NormalDist().inv_cdf(0.975)
TIE_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Standing:
    """A voter's place. `value` is peer points a poll; `coverage` and `peer` are sums over `polls`.

    `brier` is the mean, 0 (best)..1, of the polls' weighted by coverage.
    """

    rank: int
    voter: str
    value: float
    polls: int
    coverage: float
    peer: float
    brier: float


@dataclass(frozen=True, slots=True)
class Settled:
    """One forecast, a crowd's or a member's, for a poll that was resolved."""

    poll: int
    forecast: int
    happened: bool


@dataclass(frozen=True, slots=True)
class Bin:
    """Forecasts of like size: their mean, and the share of them that came true.

    `mean` is in tenths of a percent; `share`, 0..1, has the 95% interval `low`..`high`.
    """

    mean: float
    share: float
    count: int
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Surprise:
    """How little the forecast expected what happened, in bits: 1 is a coin's, at most 9.97."""

    rank: int
    settled: Settled
    bits: float


def leaderboard(
    resolved: Iterable[Mapping[str, Score]], *, prior: float = PRIOR, minimum: int = 1
) -> list[Standing]:
    """Voters of `minimum` polls or more by `sum(peer) / max(prior, sum(coverage))`, best first.

    `resolved` are the scores of one poll each, under keys that stand for a voter in all polls:
    leave anonymous polls out. Equal values, to a millionth of a point, share a rank and the next
    rank is left out; among them more polls come first.
    """
    by_voter: defaultdict[str, list[Score]] = defaultdict(list)
    for poll in resolved:
        for voter, score in poll.items():
            by_voter[voter].append(score)
    rows = [
        _standing(voter, scored, prior)
        for voter, scored in by_voter.items()
        if len(scored) >= minimum
    ]
    rows.sort(key=lambda row: (-row.value, -row.polls, row.voter))
    ranks = _ranks([row.value for row in rows])
    return [
        Standing(rank, row.voter, row.value, row.polls, row.coverage, row.peer, row.brier)
        for rank, row in zip(ranks, rows, strict=True)
    ]


def calibration(settled: Iterable[Settled]) -> list[Bin]:
    """Bins of 10 points, lowest first, empty ones left out; 1000 belongs to the last.

    A poll is one observation of a crowd or a member, so give each one forecast: the crowd's, or
    `scores.last_forecast`.
    """
    binned: defaultdict[int, list[Settled]] = defaultdict(list)
    for one in settled:
        binned[min(one.forecast * BINS // SCALE, BINS - 1)].append(one)
    return [_bin(binned[place]) for place in sorted(binned)]


def wilson_interval(hits: int, count: int) -> tuple[float, float]:
    """The 95% interval of a share of `hits` in `count` > 0, within 0..1 (Wilson 1927)."""
    z2 = Z_95 * Z_95
    middle = (hits + z2 / 2) / (count + z2)
    reach = Z_95 / (count + z2) * sqrt(hits * (count - hits) / count + z2 / 4)
    return max(middle - reach, 0.0), min(middle + reach, 1.0)


def surprise(chance: int) -> float:
    """Bits of surprise at what had `chance`: `-log2(chance)`, limited to 0.001..0.999.

    (Shannon's information content; `chance` may also be the share of votes for an option.)
    """
    return -log2(chance_given(chance, happened=True) / SCALE)


def surprises(settled: Iterable[Settled]) -> list[Surprise]:
    """What was expected least first; equal surprises share a rank, lower poll ids first."""
    ranked = sorted(
        ((surprise(chance_given(one.forecast, one.happened)), one) for one in settled),
        key=lambda pair: (-pair[0], pair[1].poll),
    )
    ranks = _ranks([bits for bits, _ in ranked])
    return [Surprise(rank, one, bits) for rank, (bits, one) in zip(ranks, ranked, strict=True)]


def _standing(voter: str, scored: list[Score], prior: float) -> Standing:
    peer = sum(score.peer for score in scored)
    coverage = sum(score.coverage for score in scored)
    brier = sum(score.brier * score.coverage for score in scored) / coverage
    # Rounded, as equal forecasts may differ in the last bits; + 0.0 makes -0.0 a plain 0.
    value = round(peer / max(prior, coverage), TIE_DIGITS) + 0.0
    return Standing(0, voter, value, len(scored), coverage, peer, brier)


def _ranks(values: list[float]) -> list[int]:
    """Ranks from 1 of `values` already in order: 1, 2, 2, 4."""
    ranks: list[int] = []
    for place, value in enumerate(values):
        tied = place > 0 and value == values[place - 1]
        ranks.append(ranks[-1] if tied else place + 1)
    return ranks


def _bin(settled: list[Settled]) -> Bin:
    count = len(settled)
    hits = sum(one.happened for one in settled)
    low, high = wilson_interval(hits, count)
    return Bin(fmean(one.forecast for one in settled), hits / count, count, low, high)
