"""The crowds of open polls, worked out no more often than they change."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.polls import store as polls
from bot.polls.crowd import RECENCY_UNTIL, even_crowd, newest_that_count, recent_crowd
from bot.polls.model import Poll, Results

MOST_KEPT = 256
MANY = 5_000
BETWEEN = timedelta(seconds=3)


@dataclass(frozen=True, slots=True)
class _Known:
    """A crowd as worked out at an instant, from these tallies and the ballot changed last."""

    crowd: int
    at: datetime
    counts: tuple[tuple[int, int], ...]
    newest: datetime | None


class Crowds:
    """Weighing recent forecasts more takes the newest ballots one by one, about 50 times the square
    root of how many there are. So a crowd is kept until a ballot changes; one of more than `MANY`
    for `BETWEEN` at least, as poll messages are.
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
        newest = await polls.newest_change(session, poll.id)
        if known is None or (known.counts, known.newest) != (counts, newest):
            known = _Known(await self._recent(session, poll, results), now, counts, newest)
            self._known[poll.id] = known
        self._known.move_to_end(poll.id)
        while len(self._known) > MOST_KEPT:
            self._known.popitem(last=False)
        return known.crowd

    async def _recent(self, session: AsyncSession, poll: Poll, results: Results) -> int:
        count = newest_that_count(results.ballots)
        values = await polls.newest_values(session, poll.id, count)
        if results.ballots > MANY:
            return await asyncio.to_thread(recent_crowd, values, results.ballots)
        return recent_crowd(values, results.ballots)
