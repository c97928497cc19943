"""What moderators do, as it goes on record and into a server's log channel."""

from dataclasses import dataclass
from datetime import datetime

TELL_JOB = "modlog.tell"
SUBJECT_LIMIT = 300
DETAIL_LIMIT = 1000


@dataclass(frozen=True, slots=True)
class Entry:
    """Something done in a server: `act` completes "Mina ...", as in "closed the poll".

    `subject` is what it was done to (a question, a title, a setting), `url` a link to that,
    `detail` the reason or what changed. `by` is None for what the bot did by itself.
    """

    guild_id: int
    by: int | None
    at: datetime
    act: str
    subject: str = ""
    url: str | None = None
    detail: str = ""
