"""Reads how polls' crowds moved, and keeps what it has read: a long log takes a while."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta
from weakref import WeakValueDictionary

from bot.clock import Clock
from bot.db.engine import Database
from bot.polls import ballots_store as ballots
from bot.polls import store as polls
from bot.polls.history import MOST_MOMENTS, LogRow, Moment, crowd_history
from bot.polls.model import Poll, PollKind, Report

MOST_CHANGES = 200_000
SHORT_LOG = 2000
READ_AGAIN_AFTER = timedelta(minutes=5)
MOST_KEPT = 256


@dataclass(frozen=True, slots=True)
class History:
    """How a crowd moved: at least one moment, oldest first; the last one lasts to `until`."""

    moments: Sequence[Moment]
    until: datetime


@dataclass(frozen=True, slots=True)
class _Kept:
    """What was read of a poll's log at `read_at`; no moments where it is longer than is read."""

    moments: Sequence[Moment] | None
    changes: int
    read_at: datetime
    over: bool


class HistoryService:
    """Replays the logs of forecast polls. A poll that is over is read once, one with a long log
    at most every few minutes, so that looking at a poll costs the same however many vote."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._kept: OrderedDict[int, _Kept] = OrderedDict()
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def of(self, found: Report) -> History | None:
        """How the crowd of a report came to where it is.

        None where the report shows no crowd, and where more than `MOST_CHANGES` changes led there.
        """
        poll, results = found.poll, found.results
        if poll.question.kind is not PollKind.FORECAST or results is None or results.crowd is None:
            return None
        turn = self._turns.setdefault(poll.id, asyncio.Lock())
        async with turn:
            kept = await self._read(poll)
        if kept.moments is None:
            return None
        until = _until(poll, self._clock.now())
        moments = [moment for moment in kept.moments if moment.at <= until]
        last = Moment(until, results.crowd, results.ballots)
        if not moments or _said(moments[-1]) != _said(last):
            moments.append(last)
        return History(moments, until)

    async def _read(self, poll: Poll) -> _Kept:
        now = self._clock.now()
        kept = self._kept.get(poll.id)
        if kept is None or not _still_holds(kept, poll, now):
            log = await self._log(poll, now)
            moments = None
            if log is not None:
                moments = await asyncio.to_thread(crowd_history, poll, log, _end(poll, now))
            changes = MOST_CHANGES if log is None else len(log)
            kept = _Kept(moments, changes, now, over=not poll.is_open(now))
            self._kept[poll.id] = kept
        self._kept.move_to_end(poll.id)
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return kept

    async def _log(self, poll: Poll, now: datetime) -> list[LogRow] | None:
        log: list[LogRow] = []
        async with self._database.read() as session:
            upto = None
            if poll.terms.anonymous and poll.is_open(now):
                # What came after the last batch is not public yet.
                upto = await polls.published_upto(session, poll.id)
            async with aclosing(ballots.logged(session, poll.id, upto=upto)) as parts:
                async for part in parts:
                    log += part
                    if len(log) > MOST_CHANGES:
                        return None
        return log


def _still_holds(kept: _Kept, poll: Poll, now: datetime) -> bool:
    if kept.moments is None or kept.over:
        return True
    if not poll.is_open(now) or kept.changes <= SHORT_LOG:
        return False
    return now - kept.read_at < READ_AGAIN_AFTER


def _end(poll: Poll, now: datetime) -> datetime:
    """Until when a poll has taken ballots."""
    return now if poll.is_open(now) else poll.lifecycle.closed_at or poll.lifecycle.closes_at


def _until(poll: Poll, now: datetime) -> datetime:
    """Where the picture of a poll ends, which while it is open moves on now and then."""
    if not poll.is_open(now):
        return _end(poll, now)
    step = max(
        (poll.lifecycle.closes_at - poll.lifecycle.opened_at) / MOST_MOMENTS, timedelta(seconds=1)
    )
    return poll.lifecycle.opened_at + (now - poll.lifecycle.opened_at) // step * step


def _said(moment: Moment) -> tuple[int, int]:
    return moment.crowd, moment.forecasters
