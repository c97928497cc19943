"""What has happened around a server's polls, as announcements tell it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.discussions.model import Discussion
from bot.polls.model import Action, ActionKind, Poll, PollState, Report

CHANGES_TITLE = "What has changed"
"""How announcements of changes begin, by which the last one is found again."""
USUAL_TIME = timedelta(days=7)
RULINGS = frozenset({ActionKind.RESOLVE, ActionKind.ANNUL, ActionKind.UNRESOLVE})


@dataclass(frozen=True, slots=True)
class Changes:
    """What happened after `since`: each poll is told once, by the last that matters."""

    since: datetime
    opened: Sequence[Poll] = ()
    extended: Sequence[Poll] = ()
    closed: Sequence[Poll] = ()
    ruled: Sequence[tuple[Poll, Action]] = ()
    discussions: Sequence[Discussion] = ()

    def __bool__(self) -> bool:
        return any((self.opened, self.extended, self.closed, self.ruled, self.discussions))


@dataclass(frozen=True, slots=True)
class Briefing:
    """What a server's announcements are made of beside the knowledge.

    Reports say what everybody may see: `open_polls` of those that are open, `resolved` of those
    that are settled or unclear, the newest first.
    """

    changes: Changes
    open_polls: Sequence[Report] = field(default=())
    resolved: Sequence[Report] = field(default=())


def changes_of(
    since: datetime,
    polls: Sequence[Poll],
    actions: Sequence[Action],
    discussions: Sequence[Discussion],
) -> Changes:
    """What happened, from the polls that changed and what was done to them, in order."""
    rulings = {a.proposal.poll_id: a for a in actions if a.kind in RULINGS}
    extended = {a.proposal.poll_id for a in actions if a.kind is ActionKind.EXTEND}
    is_open = {poll.id for poll in polls if poll.lifecycle.state is PollState.OPEN}
    return Changes(
        since,
        opened=[p for p in polls if p.id in is_open and p.lifecycle.opened_at > since],
        extended=[
            p
            for p in polls
            if p.id in is_open and p.id in extended and p.lifecycle.opened_at <= since
        ],
        closed=[
            p
            for p in polls
            if p.id not in is_open
            and p.id not in rulings
            and p.lifecycle.closed_at
            and p.lifecycle.closed_at > since
        ],
        ruled=[(p, rulings[p.id]) for p in polls if p.id in rulings],
        discussions=discussions,
    )
