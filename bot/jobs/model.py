"""Timed work as values."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=1)
MOST_ATTEMPTS = 12
# For jobs that tell people something, if no later job would tell it.
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

    `due_at` stays as planned, however often the job is tried. `holder` is the name of the claim
    that holds it; each claim has a name of its own.
    """

    id: int
    kind: str
    key: str
    due_at: datetime
    attempts: int
    holder: str = ""

    def is_late(self, now: datetime) -> bool:
        """Whether it runs so late that people should be told."""
        return now - self.due_at > LATE_AFTER

    @property
    def stamp(self) -> int:
        """When it is due, in whole seconds since 1970.

        It stays the same however often the job is tried, and differs if the job is planned anew.
        """
        return int(self.due_at.timestamp())

    @property
    def is_hopeless(self) -> bool:
        """Whether it was claimed more often than it may fail, because its holder died each time."""
        return self.attempts > MOST_ATTEMPTS

    def pause(self) -> timedelta | None:
        """The pause after this failed attempt: twice as long each time. None to give it up."""
        if self.attempts >= MOST_ATTEMPTS:
            return None
        doubled: timedelta = FIRST_PAUSE * 2 ** (self.attempts - 1)
        return min(doubled, LONGEST_PAUSE)
