"""Timed work as values."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=1)
MOST_ATTEMPTS = 12
# What people are to be told, and nothing that comes later would have told.
TOLD_ANEW_AFTER = timedelta(hours=6)
LATE_AFTER = timedelta(seconds=60)


class JobState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Job:
    """One thing to be done: `kind` says what, `key` for what. `attempts` counts this one.

    `due_at` stays what was planned, however often it is tried. `holder` is whoever claimed it,
    under a name made for that claim alone.
    """

    id: int
    kind: str
    key: str
    due_at: datetime
    attempts: int
    holder: str = ""

    def is_late(self, now: datetime) -> bool:
        """Whether it runs so long after it was due that people should be told."""
        return now - self.due_at > LATE_AFTER

    @property
    def stamp(self) -> int:
        """What tells it from the same planned anew: when it is due, which stays as it is however
        often it is tried. In whole seconds since 1970."""
        return int(self.due_at.timestamp())

    @property
    def is_hopeless(self) -> bool:
        """Whether it was claimed more often than it may fail: whoever held it died each time."""
        return self.attempts > MOST_ATTEMPTS

    def pause(self) -> timedelta | None:
        """How long to wait after this attempt failed: doubling; None once it is to be given up."""
        if self.attempts >= MOST_ATTEMPTS:
            return None
        doubled: timedelta = FIRST_PAUSE * 2 ** (self.attempts - 1)
        return min(doubled, LONGEST_PAUSE)
