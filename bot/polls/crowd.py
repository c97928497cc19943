"""The crowd: one probability made of all standing forecasts, in tenths of a percent.

While more than `RECENCY_UNTIL` remains of a poll recent forecasts weigh more. After that, and once
the poll is closed, all weigh the same.
"""

import asyncio
from collections import OrderedDict, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp, sqrt

from sqlalchemy.ext.asyncio import AsyncSession

from bot.polls import ballot_store as ballots
from bot.polls.model import Poll, Results

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
    """The value that reaches half of the weight; the mean of two values if it falls between them.

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
    """The crowd's probability if all forecasts weigh the same; `counts` is not empty."""
    return weighted_median(list(counts), list(counts.values()))


def recent_crowd(newest: Sequence[int], total: int) -> int:
    """The crowd's probability if recent forecasts weigh more.

    `newest` are the last of `total` standing forecasts, oldest first: at least
    `newest_that_count` of them.
    """
    by_value: defaultdict[int, float] = defaultdict(float)
    for value, weight in zip(newest, recency_weights(total - len(newest) + 1, total), strict=True):
        by_value[value] += weight
    return weighted_median(list(by_value), list(by_value.values()))


MOST_KEPT = 256
MANY = 5_000
BETWEEN = timedelta(seconds=3)


@dataclass(frozen=True, slots=True)
class _Known:
    """A crowd computed at an instant from these tallies and the last changed ballot."""

    crowd: int
    at: datetime
    counts: tuple[tuple[int, int], ...]
    newest: datetime | None


class Crowds:
    """Computes the crowds of open polls, and keeps each until a ballot changes.

    To weigh recent forecasts more, the newest ballots are read: about 50 times the square root of
    their number. A crowd of more than `MANY` forecasts is kept for at least `BETWEEN`, the shortest
    time between two edits of a poll's message.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[int, _Known] = OrderedDict()

    async def of(self, session: AsyncSession, poll: Poll, results: Results, now: datetime) -> int:
        """The crowd's probability, in tenths of a percent; `results` are not empty."""
        early = poll.is_open(now) and poll.lifecycle.closes_at - now > RECENCY_UNTIL
        if poll.terms.anonymous or not early:
            return even_crowd(results.counts)
        known = self._known.get(poll.id)
        if known and results.ballots > MANY and timedelta() <= now - known.at < BETWEEN:
            return known.crowd
        counts = tuple(results.counts.items())
        newest = await ballots.newest_change(session, poll.id)
        if known is None or (known.counts, known.newest) != (counts, newest):
            known = _Known(await self._recent(session, poll, results), now, counts, newest)
            self._known[poll.id] = known
        self._known.move_to_end(poll.id)
        while len(self._known) > MOST_KEPT:
            self._known.popitem(last=False)
        return known.crowd

    async def _recent(self, session: AsyncSession, poll: Poll, results: Results) -> int:
        count = newest_that_count(results.ballots)
        values = await ballots.newest_values(session, poll.id, count)
        if results.ballots > MANY:
            return await asyncio.to_thread(recent_crowd, values, results.ballots)
        return recent_crowd(values, results.ballots)
