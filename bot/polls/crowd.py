"""The crowd: one probability made of all standing forecasts, in tenths of a percent.

While more than `RECENCY_UNTIL` remains of a poll recent forecasts weigh more; after that, and
once it is closed, all weigh the same.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from math import exp, sqrt

RECENCY_UNTIL = timedelta(hours=72)
NEGLIGIBLE = 25.0


def recency_weights(first: int, total: int) -> list[float]:
    """Weights `e^(sqrt(n) - sqrt(total))` of the n-th forecast of `total`, from n = `first`.

    n counts from 1, oldest first (the recency weighting of Metaculus' community prediction).
    """
    root = sqrt(total)
    return [exp(sqrt(n) - root) for n in range(first, total + 1)]


def newest_that_count(total: int) -> int:
    """How many of the newest of `total` forecasts carry all but e^-25 of the weight."""
    oldest = max(sqrt(total) - NEGLIGIBLE, 0.0)
    return total - int(oldest * oldest)


def weighted_median(values: Sequence[int], weights: Sequence[float]) -> int:
    """The value at which half of the weight is reached; the mean of two where it falls between.

    `values` and `weights` are parallel, in any order, not empty. Halves round up.
    """
    ranked = sorted(zip(values, weights, strict=True))
    half = sum(weights) / 2
    reached = 0.0
    for place, (value, weight) in enumerate(ranked):
        reached += weight
        if abs(reached - half) <= 1e-12 * half and place + 1 < len(ranked):
            return (value + ranked[place + 1][0] + 1) // 2
        if reached > half:
            return value
    return ranked[-1][0]


def even_crowd(counts: Mapping[int, int]) -> int:
    """The crowd's probability where all forecasts weigh the same; `counts` is not empty."""
    return weighted_median(list(counts), list(counts.values()))


def recent_crowd(newest: Sequence[int], total: int) -> int:
    """The crowd's probability where recent forecasts weigh more.

    `newest` are the last of `total` standing forecasts, oldest first: at least
    `newest_that_count` of them.
    """
    by_value: defaultdict[int, float] = defaultdict(float)
    for value, weight in zip(newest, recency_weights(total - len(newest) + 1, total), strict=True):
        by_value[value] += weight
    return weighted_median(list(by_value), list(by_value.values()))
