"""What announcements are filled from: a server's open polls, results and recent changes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.access import Viewer, require_moderator
from bot.announcements import store as announcements
from bot.clock import Clock
from bot.db.engine import Database
from bot.discussions.model import Discussion
from bot.discussions.service import DiscussionService
from bot.polls.model import Action, ActionKind, Poll, PollState, Verdict
from bot.polls.resolution import ResolutionService
from bot.polls.service import PollService
from bot.polls.visibility import Report

MOST_POLLS = 10
"""No more reports fit into one announcement, and each costs a few queries."""
RESOLVED = (Verdict.SETTLED, Verdict.AMBIGUOUS)
CHANGES_TITLE = "What has changed"
"""The title starts with this, so that the last announcement of changes can be found."""
DEFAULT_PERIOD = timedelta(days=7)
RULINGS = frozenset({ActionKind.RESOLVE, ActionKind.ANNUL, ActionKind.UNRESOLVE})


@dataclass(frozen=True, slots=True)
class Changes:
    """What happened after `since`. Each poll is in one of the lists, that of its latest change."""

    since: datetime
    opened: Sequence[Poll] = ()
    extended: Sequence[Poll] = ()
    closed: Sequence[Poll] = ()
    ruled: Sequence[tuple[Poll, Action]] = ()
    discussions: Sequence[Discussion] = ()

    def __bool__(self) -> bool:
        return any((self.opened, self.extended, self.closed, self.ruled, self.discussions))


@dataclass(frozen=True, slots=True)
class TemplateData:
    """What happened in a server, for announcements about it.

    The reports hold what everybody may see. `resolved` are the polls with a result or an unclear
    one, the latest first.
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
    """Sort the polls that changed by what was done to them; `actions` are in order."""
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


class TemplateService:
    """Reads what announcements can be filled with. It changes nothing."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        polls: PollService,
        resolutions: ResolutionService,
        discussions: DiscussionService,
    ) -> None:
        self._database = database
        self._clock = clock
        self._polls = polls
        self._resolutions = resolutions
        self._discussions = discussions

    async def read(self, viewer: Viewer) -> TemplateData:
        """What there is to announce, of what the viewer and all its readers may know."""
        require_moderator(viewer, "Making announcements")
        listed = [poll for poll, _ in await self._polls.listed(viewer)]
        resolved = sorted(
            (poll for poll in listed if poll.verdict in RESOLVED),
            key=lambda poll: -((poll.resolution and poll.resolution.action_id) or 0),
        )
        return TemplateData(
            await self._changes(viewer),
            await self._reports(
                viewer, [poll for poll in listed if poll.lifecycle.state is PollState.OPEN]
            ),
            await self._reports(viewer, resolved),
        )

    async def _changes(self, viewer: Viewer) -> Changes:
        """What happened since the last announcement of changes, or in the last 7 days."""
        async with self._database.read() as session:
            last = await announcements.last_posted(session, viewer.guild_id, CHANGES_TITLE)
        since = last or self._clock.now() - DEFAULT_PERIOD
        polls, actions = await self._resolutions.changes_since(viewer, since)
        discussions = await self._discussions.opened_since(viewer, since)
        return changes_of(since, polls, actions, discussions)

    async def _reports(self, viewer: Viewer, polls: Sequence[Poll]) -> list[Report]:
        found = [await self._polls.public(viewer, poll.id) for poll in polls[:MOST_POLLS]]
        return [report for report in found if report is not None]
