"""Entries of the moderation log, which are also posted in a server's log channel."""

from dataclasses import dataclass
from datetime import datetime, timedelta

POST_JOB = "modlog.tell"
SUBJECT_LIMIT = 300
DETAIL_LIMIT = 1000
# If posting an entry takes longer than this, the process that posts it has died.
POSTING_TAKES_AT_MOST = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that a moderator did: `act` completes "Mina ...", as in "closed a poll".

    `subject` is a poll's question, an announcement's title or the like, `url` a link to it, and
    `detail` the reason or the changes, in Markdown. `by` is None if the bot did it by itself.
    """

    guild_id: int
    by: int | None
    at: datetime
    act: str
    subject: str = ""
    url: str | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ClaimedEntry:
    """An entry that the claiming process must post in a channel."""

    id: int
    entry: Entry
    channel_id: int


def moment(at: datetime) -> str:
    """A time in Markdown, which Discord shows to each reader in their own time zone."""
    return f"<t:{int(at.timestamp())}:f>"
