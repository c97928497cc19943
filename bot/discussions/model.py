"""Discussions of issues in threads, as values with their rules."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

TELL_JOB = "discussion.tell"
# A discussion that stays "opening" longer than this was cut short by a crash.
OPENING_TAKES_AT_MOST = timedelta(minutes=2)


class DiscussionState(StrEnum):
    """How a discussion stands.

    A resting one was archived, by Discord after a quiet time or by hand: a message in it wakes it.
    An ended one was locked or deleted, and stays as it is.
    """

    OPENING = "opening"
    OPEN = "open"
    RESTING = "resting"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class IssueRef:
    """The pack's issue that a discussion is about."""

    summit: str
    issue: str


@dataclass(frozen=True, slots=True)
class Discussion:
    """A thread about an issue, in the channel `channel_id`.

    `opening_since` is when somebody last set about opening it; None once that has come to an end,
    well or not. `opened_at` is when it was first begun.
    """

    id: int
    guild_id: int
    about: IssueRef
    channel_id: int
    thread_id: int | None
    state: DiscussionState
    opened_by: int
    opened_at: datetime
    opening_since: datetime | None

    @property
    def url(self) -> str | None:
        """A link to the thread, once there is one."""
        if self.thread_id is None:
            return None
        return f"https://discord.com/channels/{self.guild_id}/{self.thread_id}"

    def is_abandoned(self, now: datetime) -> bool:
        """Whether opening it was begun, and nobody is at it any more."""
        if self.state is not DiscussionState.OPENING:
            return False
        return self.opening_since is None or now - self.opening_since > OPENING_TAKES_AT_MOST


@dataclass(frozen=True, slots=True)
class Claim:
    """What whoever wants to open a discussion is given: theirs to open, or the one there is.

    `was_begun` tells that somebody else began opening it before, and may have left a thread.
    """

    discussion: Discussion
    is_new: bool
    was_begun: bool = False


def state_of_thread(*, archived: bool, locked: bool) -> DiscussionState:
    """How a discussion stands whose thread is so on Discord."""
    if locked:
        return DiscussionState.ENDED
    return DiscussionState.RESTING if archived else DiscussionState.OPEN
