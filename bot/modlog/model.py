"""What moderators do, as it goes on record and into a server's log channel."""

from dataclasses import dataclass
from datetime import datetime, timedelta

TELL_JOB = "modlog.tell"
SUBJECT_LIMIT = 300
DETAIL_LIMIT = 1000
# An entry that is being posted for longer than this was cut short by a crash.
TELLING_TAKES_AT_MOST = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Entry:
    """Something done in a server: `act` completes "Mina ...", as in "closed a poll".

    `subject` is what it was done to (a question, a title, a setting), `url` a link to that,
    `detail` the reason or what changed, in Markdown. `by` is None for what the bot did by itself.
    """

    guild_id: int
    by: int | None
    at: datetime
    act: str
    subject: str = ""
    url: str | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Telling:
    """An entry that is to be posted in a channel, under its id."""

    id: int
    entry: Entry
    channel_id: int


def moment(at: datetime) -> str:
    """An instant in an entry's detail, shown to each reader in their own time zone."""
    return f"<t:{int(at.timestamp())}:f>"
