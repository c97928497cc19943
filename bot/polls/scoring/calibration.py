"""How well forecasts hold: calibration, and how surprising results were.

Forecasts are in tenths of a percent, 0..1000; shares are 0..1.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log2, sqrt
from statistics import NormalDist, fmean

from bot.polls.model import SCALE
from bot.polls.scoring.leaderboard import ranks_of
from bot.polls.scoring.scores import chance_given

BINS = 10
Z_95 = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True, slots=True)
class Observation:
    """A forecast, by a member or the crowd, for a poll that was resolved, and what happened."""

    poll: int
    forecast: int
    happened: bool


@dataclass(frozen=True, slots=True)
class Bin:
    """Forecasts of similar size: their mean, and the share of them that came true.

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

    `chance` is the crowd's probability of it, in tenths of a percent. A coin toss is 1 of `bits`;
    9.97 is the maximum.
    """

    rank: int
    poll: int
    chance: int
    bits: float


def calibration(observations: Iterable[Observation]) -> list[Bin]:
    """Bins of 10 points, lowest first, without the empty ones; 1000 belongs to the last.

    Each poll is one observation of a member or the crowd, so each counts with one forecast: the
    crowd's, or `scores.last_forecast`.
    """
    binned: defaultdict[int, list[Observation]] = defaultdict(list)
    for one in observations:
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
    """Polls by surprise, biggest first, from each crowd's probability of what happened.

    Equal surprises share a rank, lower poll ids first.
    """
    ranked = sorted(
        ((surprise(chance), poll, chance) for poll, chance in chances.items()),
        key=lambda one: (-one[0], one[1]),
    )
    ranks = ranks_of([bits for bits, _, _ in ranked])
    return [
        Surprise(rank, poll, chance, bits)
        for rank, (bits, poll, chance) in zip(ranks, ranked, strict=True)
    ]


def _bin(observations: list[Observation]) -> Bin:
    count = len(observations)
    hits = sum(one.happened for one in observations)
    low, high = wilson_interval(hits, count)
    return Bin(fmean(one.forecast for one in observations), hits / count, count, low, high)
