"""What is stored about one member, as values."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.polls.model import SCALE, Poll, PollKind
from bot.polls.rules import approved

Row = Mapping[str, object]
"""A stored row. Ids are strings, because they are too long for the numbers of JSON."""

ABOUT = (
    "Everything this bot stores about you in this server. Other servers are kept apart: run the "
    "command there for theirs. Times are in UTC, ids are strings."
)
SECTIONS = {
    "ballots": "your standing ballots, also those in anonymous polls",
    "ballot_log": "every change of your ballots; no answer means that you withdrew it",
    "scores": "how your forecasts did in settled polls",
    "reminders": "polls you asked to be reminded of",
    "poll_drafts": "polls you began to write",
    "polls": "polls you opened or closed",
    "poll_actions": "what you did to polls as a moderator",
    "announcements": "announcements you wrote, changed or approved, without their pictures",
    "discussions": "discussions you opened",
    "modlog": "what you did as a moderator, changes of settings among it, and where that names you",
}


@dataclass(frozen=True, slots=True)
class Stored:
    """What is stored about a member in a server, by table; tables with nothing are left out."""

    user_id: int
    guild_id: int
    tables: Mapping[str, Sequence[Row]]

    def count(self, table: str) -> int:
        return len(self.tables.get(table, ()))

    @property
    def records(self) -> int:
        """How many rows tell what the member did as a moderator."""
        own = ("ballots", "ballot_log", "scores", "reminders", "poll_drafts")
        return sum(len(rows) for name, rows in self.tables.items() if name not in own)


@dataclass(frozen=True, slots=True)
class Deleted:
    """What a deletion did, as counts.

    Ballots withdrawn in open polls, ballots without a name in closed ones, reminders and drafts
    removed, and records that no longer name the member.
    """

    withdrawn: int
    unnamed: int
    removed: int
    records: int


def answer(poll: Poll, value: int | None) -> object:
    """A ballot's answer in words; None if it was withdrawn."""
    if value is None:
        return None
    if poll.question.kind is PollKind.FORECAST:
        return f"{value * 100 / SCALE:g} % yes"
    if poll.question.kind is PollKind.APPROVAL:
        return [poll.question.labels[position] for position in approved(value)]
    return poll.question.labels[value]


def as_json(stored: Stored, made_at: datetime) -> bytes:
    """The export as a file."""
    found = {
        "about": ABOUT,
        "user": str(stored.user_id),
        "server": str(stored.guild_id),
        "made_at": made_at.isoformat(),
        "sections": {name: SECTIONS[name] for name in stored.tables if name in SECTIONS},
        **stored.tables,
    }
    return json.dumps(found, ensure_ascii=False, indent=2).encode()
