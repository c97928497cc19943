"""How the crowd's forecast moved while a poll was open, computed from the log of its ballots."""

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, islice
from operator import itemgetter
from weakref import WeakValueDictionary

from bot.access import System, Viewer
from bot.clock import Clock
from bot.db.engine import Database
from bot.polls import ballot_store as ballots
from bot.polls.crowd import RECENCY_UNTIL, even_crowd, newest_that_count, recent_crowd
from bot.polls.model import MIN_ANONYMOUS, LogRow, Poll, PollKind
from bot.polls.visibility import Report, may_know, too_few

MOST_MOMENTS = 200


@dataclass(frozen=True, slots=True)
class Moment:
    """The crowd from `at` on, in tenths of a percent, made of so many forecasts."""

    at: datetime
    crowd: int
    forecasters: int


def crowd_history(poll: Poll, log: Sequence[LogRow], until: datetime) -> list[Moment]:
    """The crowd at up to `MOST_MOMENTS` instants; instants with too few forecasts are left out.

    `log` is read up to `until`. The instants are chosen first, and the crowd is computed only at
    those. If there are too many changes, the last one in each slot of time is chosen. Rows of one
    instant were committed together, so they are never split.

    In an anonymous poll at least `MIN_ANONYMOUS` voters made changes between two instants, as
    between its public results, so that two neighbours do not reveal one ballot.

    Recent forecasts weigh more until 72 hours before the current closing time, even if the poll was
    extended in the meantime.
    """
    by_time = sorted(log, key=itemgetter(0))
    groups = [(at, list(rows)) for at, rows in groupby(by_time, key=itemgetter(0)) if at <= until]
    chosen = set(_thinned(_instants(poll, groups), poll.lifecycle.opened_at, until))
    evens_out = poll.lifecycle.closes_at - RECENCY_UNTIL
    standing = _Standing()
    moments = []
    for at, rows in _with_turn(groups, evens_out, until, poll):
        standing.change(rows)
        if (at in chosen or not rows) and too_few(poll, standing.total) is None:
            early = at < evens_out and not poll.terms.anonymous
            moments.append(Moment(at, standing.crowd(recent=early), standing.total))
    return moments


Group = tuple[datetime, Sequence[LogRow]]


def _with_turn(
    groups: Iterable[Group], evens_out: datetime, until: datetime, poll: Poll
) -> Iterator[Group]:
    """`groups`, and one without rows at the time when all forecasts begin to weigh the same."""
    turns = not poll.terms.anonymous and poll.lifecycle.opened_at < evens_out <= until
    for at, rows in groups:
        if turns and at >= evens_out:
            turns = False
            if at > evens_out:
                yield evens_out, ()
        yield at, rows
    if turns:
        yield evens_out, ()


def _instants(poll: Poll, groups: Iterable[Group]) -> Iterator[datetime]:
    """The instants at which the crowd may be computed."""
    changed: set[str] = set()
    for at, rows in groups:
        changed.update(voter for _, voter, _ in rows)
        if not poll.terms.anonymous or len(changed) >= MIN_ANONYMOUS:
            changed.clear()
            yield at


def _thinned(instants: Iterable[datetime], start: datetime, end: datetime) -> Iterable[datetime]:
    """The instants, or the last in each of `MOST_MOMENTS` slots of time if there are more."""
    found = list(instants)
    if len(found) <= MOST_MOMENTS:
        return found
    slot = max((end - start) / MOST_MOMENTS, timedelta(microseconds=1))
    return {min((at - start) // slot, MOST_MOMENTS - 1): at for at in found}.values()


class _Standing:
    """The standing forecasts, the last changed one at the end."""

    def __init__(self) -> None:
        self._by_voter: dict[str, int] = {}
        self._counts: Counter[int] = Counter()

    @property
    def total(self) -> int:
        return len(self._by_voter)

    def change(self, rows: Iterable[LogRow]) -> None:
        """Apply the rows of one instant, in the order of the voters' keys."""
        for voter, value in sorted({voter: value for _, voter, value in rows}.items()):
            old = self._by_voter.pop(voter, None)
            if old is not None:
                self._counts[old] -= 1
            if value is not None:
                self._by_voter[voter] = value
                self._counts[value] += 1

    def crowd(self, *, recent: bool) -> int:
        if not recent:
            return even_crowd({value: count for value, count in self._counts.items() if count})
        newest = islice(reversed(self._by_voter.values()), newest_that_count(self.total))
        return recent_crowd(list(newest)[::-1], self.total)


MOST_CHANGES = 200_000
SHORT_LOG = 2000
READ_AGAIN_AFTER = timedelta(minutes=5)
MOST_KEPT = 256


@dataclass(frozen=True, slots=True)
class History:
    """How a crowd moved: at least one moment, oldest first. The last one lasts until `until`."""

    moments: Sequence[Moment]
    until: datetime


@dataclass(frozen=True, slots=True)
class _Kept:
    """The moments read from a poll's log at `read_at`; None if the log was too long to read."""

    moments: Sequence[Moment] | None
    changes: int
    read_at: datetime
    over: bool


class HistoryService:
    """Computes how the crowds of forecast polls moved, from their logs.

    The log of a closed poll is read once, and a long log at most every few minutes, so that showing
    a poll costs the same however many members vote.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._kept: OrderedDict[int, _Kept] = OrderedDict()
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def of(self, viewer: Viewer | System, found: Report) -> History | None:
        """How the crowd in a report moved.

        None if the report shows no crowd, if the viewer may not know of the poll, or if the log
        has more than `MOST_CHANGES` changes.
        """
        poll, results = found.poll, found.results
        if not may_know(viewer, poll):
            return None
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
                # Changes after the last published step are not public yet.
                upto = await ballots.published_upto(session, poll.id)
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
    """When the poll stopped taking ballots, or now."""
    return now if poll.is_open(now) else poll.lifecycle.closed_at or poll.lifecycle.closes_at


def _until(poll: Poll, now: datetime) -> datetime:
    """The end of a poll's chart. While the poll is open it moves on in steps."""
    if not poll.is_open(now):
        return _end(poll, now)
    step = max(
        (poll.lifecycle.closes_at - poll.lifecycle.opened_at) / MOST_MOMENTS, timedelta(seconds=1)
    )
    return poll.lifecycle.opened_at + (now - poll.lifecycle.opened_at) // step * step


def _said(moment: Moment) -> tuple[int, int]:
    return moment.crowd, moment.forecasters
