"""Discussions of issues in threads."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

# A discussion that stays "opening" longer than this was interrupted by a crash.
OPENING_TAKES_AT_MOST = timedelta(minutes=2)


class DiscussionState(StrEnum):
    """The state of a discussion.

    A resting one was archived, by Discord after some time or by hand; a message opens it again. An
    ended one was locked or deleted, for good.
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

    `opening_since` is when the last attempt to open it began; None after that has succeeded or
    failed. `opened_at` is when the first attempt began.
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
        """Whether its opening was begun but nobody is working on it."""
        if self.state is not DiscussionState.OPENING:
            return False
        return self.opening_since is None or now - self.opening_since > OPENING_TAKES_AT_MOST


@dataclass(frozen=True, slots=True)
class Claim:
    """The answer to a request to open a discussion: a new one to open, or the existing one.

    `was_begun`: an earlier attempt to open it was interrupted, and may have left a thread.
    """

    discussion: Discussion
    is_new: bool
    was_begun: bool = False


def state_of_thread(*, archived: bool, locked: bool) -> DiscussionState:
    """The state of a discussion by that of its thread in Discord."""
    if locked:
        return DiscussionState.ENDED
    return DiscussionState.RESTING if archived else DiscussionState.OPEN
