"""What many resolved polls say: who forecasts well, how well chances hold, what surprised.

Forecasts are in tenths of a percent, 0..1000; shares are 0..1.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import log2, sqrt
from statistics import NormalDist, fmean

from bot.polls.model import SCALE
from bot.polls.scoring.scores import Score, chance_given

PRIOR = 3.0
"""Fully covered polls' worth of forecasts below which a peer score is held back.

A lucky forecast in one poll then counts a third. A server resolves few polls around one summit:
a larger prior would rank by attendance, a smaller one by luck.
"""
MINIMUM = 1
"""Scored polls from which on a forecaster is ranked; the prior keeps luck from leading."""
BINS = 10
Z_95 = NormalDist().inv_cdf(0.975)
TIE_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Total:
    """A voter's scores in `polls` polls, summed; `loss` sums Brier times coverage."""

    voter: str
    polls: int
    coverage: float
    peer: float
    loss: float


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
    """How little a poll's crowd expected what happened.

    `chance` is what it gave to that, in tenths of a percent; in `bits` 1 is a coin's toss and
    9.97 the most.
    """

    rank: int
    poll: int
    chance: int
    bits: float


def leaderboard(
    totals: Iterable[Total], *, prior: float = PRIOR, minimum: int = MINIMUM
) -> list[Standing]:
    """Voters of `minimum` polls or more by `sum(peer) / max(prior, sum(coverage))`, best first.

    Only those who can be named have a place: leave anonymous polls out. Equal values, to a
    millionth of a point, share a rank and the next rank is left out; among them more polls come
    first.
    """
    rows = [
        _standing(total, prior)
        for total in totals
        if total.polls >= minimum and is_member(total.voter)
    ]
    rows.sort(key=lambda row: (-row.value, -row.polls, row.voter))
    ranks = _ranks([row.value for row in rows])
    return [replace(row, rank=rank) for rank, row in zip(ranks, rows, strict=True)]


def best_of(scores: Mapping[str, Score]) -> list[str]:
    """The members who beat the others by most in one poll, in their order; nobody if none did."""
    peers = {
        voter: round(score.peer, TIE_DIGITS) for voter, score in scores.items() if is_member(voter)
    }
    most = max(peers.values(), default=0.0)
    return [voter for voter, peer in peers.items() if peer == most and most > 0]


def is_member(voter: str) -> bool:
    """Whether a voter's key is a user id, not a hash or what is left of deleted data."""
    return voter.isdecimal()


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


def surprises(chances: Mapping[int, int]) -> list[Surprise]:
    """What was expected least first, from the chance that each poll's crowd gave to what happened.

    Equal surprises share a rank, lower poll ids first.
    """
    ranked = sorted(
        ((surprise(chance), poll, chance) for poll, chance in chances.items()),
        key=lambda one: (-one[0], one[1]),
    )
    ranks = _ranks([bits for bits, _, _ in ranked])
    return [
        Surprise(rank, poll, chance, bits)
        for rank, (bits, poll, chance) in zip(ranks, ranked, strict=True)
    ]


def _standing(total: Total, prior: float) -> Standing:
    # Rounded, as equal forecasts may differ in the last bits; + 0.0 makes -0.0 a plain 0.
    value = round(total.peer / max(prior, total.coverage), TIE_DIGITS) + 0.0
    brier = total.loss / total.coverage
    return Standing(0, total.voter, value, total.polls, total.coverage, total.peer, brier)


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
