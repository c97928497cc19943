"""Scores of one resolved forecast poll, from the log of its ballots.

Forecasts are in tenths of a percent, 0..1000. Time is measured in shares of the poll's scheduled
life, so an integral over the whole life is an average. Ballots from `Life.end` on are ignored.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from math import log

from bot.polls.model import SCALE


@dataclass(frozen=True, slots=True)
class Step:
    """A ballot cast at `at` (UTC); it stands until the voter's next. None withdraws."""

    at: datetime
    value: int | None


@dataclass(frozen=True, slots=True)
class Life:
    """A poll's life in UTC. `closes_at` is the scheduled close, even if the poll closed earlier."""

    opened_at: datetime
    closes_at: datetime
    resolved_at: datetime

    @property
    def end(self) -> datetime:
        """Forecasts are scored until the scheduled close, or an earlier resolution."""
        return min(self.closes_at, self.resolved_at)

    @property
    def is_empty(self) -> bool:
        """Whether no forecast could stand for any time."""
        return self.end <= self.opened_at

    def share(self, at: datetime) -> float:
        """How much of the scheduled life had passed at `at`, 0..1; the life must not be empty."""
        return (at - self.opened_at) / (self.closes_at - self.opened_at)


@dataclass(frozen=True, slots=True)
class Score:
    """How one voter did in one poll.

    `brier` is 0 (best)..1, `coverage` is above 0 and at most 1. `peer` is above 0 for whoever did
    better than the others, and within 100 ln 999 (about 691) either way.
    """

    brier: float
    coverage: float
    peer: float


def chance_given(forecast: int, happened: bool) -> int:
    """The probability that a yes/no forecast gave to what happened, in tenths of a percent.

    Limited to 1..999, so that a logarithm of it is finite.
    """
    return min(max(forecast if happened else SCALE - forecast, 1), SCALE - 1)


def last_forecast(steps: Sequence[Step], life: Life) -> int | None:
    """The last forecast that stood for any time, even if withdrawn later; None if none did."""
    last = None
    clipped = _clipped(steps, life)
    for step, following in pairwise([*clipped, Step(life.end, None)]):
        if step.value is not None and following.at > step.at:
            last = step.value
    return last


def scores(histories: Mapping[str, Sequence[Step]], life: Life, happened: bool) -> dict[str, Score]:
    """The score of each voter whose forecast stood for any time; steps are in the log's order.

    Brier (Brier 1950, for one event): `(p - o)^2`, averaged over the time a forecast stood. A
    forecast that stands at an early resolution counts until the scheduled close, so that its
    weight does not depend on when the answer came.

    Coverage: the share of the scheduled life, until `Life.end`, with a standing forecast.

    Peer (Metaculus' peer score): `100 * N/(N-1) * ln(p/GM)` averaged over the scheduled life, with
    p the probability given to what happened and GM the geometric mean of p over the N standing
    forecasts, the voter's own included. It is 0 while the voter has none, while N < 2, and after
    an early resolution.
    It equals `100 * ln(p/GM of the others)`. Peer scores of a poll sum to 0.
    """
    if life.is_empty:
        return {}
    log_rows = [
        (life.share(step.at), voter, step.value)
        for voter, steps in histories.items()
        for step in _clipped(steps, life)
    ]
    log_rows.sort(key=lambda row: row[0])
    field = _Field()
    tallies: dict[str, _Tally] = {}
    for now, voter, value in log_rows:
        field.advance(now)
        tallies.setdefault(voter, _Tally()).change(field, value, happened)
    end = life.share(life.end)
    field.advance(end)
    for tally in tallies.values():
        tally.settle(field)
    return {voter: tally.score(1.0 - end) for voter, tally in tallies.items() if tally.coverage > 0}


def _clipped(steps: Sequence[Step], life: Life) -> list[Step]:
    """`steps` before the end, by time; those from before the opening start at the opening."""
    return [
        step if step.at >= life.opened_at else Step(life.opened_at, step.value)
        for step in sorted(steps, key=lambda step: step.at)
        if step.at < life.end
    ]


@dataclass(slots=True)
class _Field:
    """All standing forecasts, and two integrals that give every voter's peer score.

    With l = ln p, L the sum of l over the N standing, the peer score at an instant is
    `100 * (l * N/(N-1) - L/(N-1))`; so over a stretch with one l it needs only the integrals of
    N/(N-1) (`own`) and L/(N-1) (`rest`), whatever the others did in that time.
    """

    now: float = 0.0
    count: int = 0
    logs: float = 0.0
    own: float = 0.0
    rest: float = 0.0

    def advance(self, now: float) -> None:
        if self.count >= 2:
            span = (now - self.now) / (self.count - 1)
            self.own += span * self.count
            self.rest += span * self.logs
        self.now = now


@dataclass(slots=True)
class _Tally:
    """One voter's running sums, and their standing forecast: `log` is None if there is none."""

    coverage: float = 0.0
    brier: float = 0.0
    peer: float = 0.0
    log: float | None = None
    loss: float = 0.0
    since: float = 0.0
    own: float = 0.0
    rest: float = 0.0

    def change(self, field: _Field, value: int | None, happened: bool) -> None:
        self.settle(field)
        if self.log is not None:
            field.count -= 1
            field.logs -= self.log
        self.log = None
        if value is None:
            return
        self.log = log(chance_given(value, happened) / SCALE)
        self.loss = ((value - SCALE * happened) / SCALE) ** 2
        field.count += 1
        field.logs += self.log

    def settle(self, field: _Field) -> None:
        """Add what the standing forecast earned since the last time."""
        if self.log is not None:
            span = field.now - self.since
            self.coverage += span
            self.brier += self.loss * span
            self.peer += 100 * (self.log * (field.own - self.own) - (field.rest - self.rest))
        self.since, self.own, self.rest = field.now, field.own, field.rest

    def score(self, after_end: float) -> Score:
        """The sums as a score; `after_end` is the share of the life that a resolution cut off."""
        stood, brier = self.coverage, self.brier
        if self.log is not None:
            stood += after_end
            brier += self.loss * after_end
        return Score(brier / stood, min(self.coverage, 1.0), self.peer)
