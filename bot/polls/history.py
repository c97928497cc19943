"""How the crowd's forecast moved while a poll was open, replayed from the log of its ballots."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, islice
from operator import itemgetter

from bot.polls.crowd import RECENCY_UNTIL, even_crowd, newest_that_count, recent_crowd
from bot.polls.model import MIN_ANONYMOUS, Poll
from bot.polls.showing import too_few

MOST_MOMENTS = 200

LogRow = tuple[datetime, str, int | None]
"""When, which voter, and the forecast; None withdraws it."""


@dataclass(frozen=True, slots=True)
class Moment:
    """The crowd from `at` on, in tenths of a percent, and how many forecasts it rested on."""

    at: datetime
    crowd: int
    forecasters: int


def crowd_history(poll: Poll, log: Sequence[LogRow], until: datetime) -> list[Moment]:
    """The crowd at `MOST_MOMENTS` instants at most; those with too few forecasts are left out.

    `log` is read up to `until`. Instants are chosen first and the crowd is computed at those
    alone: where there are more changes than fit, at the last of each slot of time. Rows of one
    instant were committed together and are never taken apart.

    An anonymous poll only has instants between which `MIN_ANONYMOUS` voters or more made changes,
    counted as its public results are: two neighbours do not tell one ballot.

    Whether recent forecasts weighed more is judged by when the poll closes as of now, also where
    it was extended since.
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
    """`groups`, and one without rows where all forecasts begin to weigh the same."""
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
    """When the crowd may be looked at."""
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
    """The forecasts that stand, those changed last at the end."""

    def __init__(self) -> None:
        self._by_voter: dict[str, int] = {}
        self._counts: Counter[int] = Counter()

    @property
    def total(self) -> int:
        return len(self._by_voter)

    def change(self, rows: Iterable[LogRow]) -> None:
        """Enter what was committed at one instant; among those voters are told by their key."""
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
