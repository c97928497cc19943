"""Reads what announcements are filled with. Who may make them is decided with those."""

from collections.abc import Sequence

from bot.announcements import briefing_store as briefings
from bot.announcements.briefing import CHANGES_TITLE, USUAL_TIME, Briefing, Changes, changes_of
from bot.clock import Clock
from bot.db.engine import Database
from bot.discussions import store as discussions
from bot.polls.model import Poll, PollState, Report, Verdict
from bot.polls.service import PollService
from bot.polls.sight import EVERYTHING, Sight

MOST_POLLS = 10
"""Reports in one announcement: each costs a few queries, and no more fit."""
RESOLVED = (Verdict.SETTLED, Verdict.AMBIGUOUS)


class BriefingService:
    """Reads, and never changes, what happened in a server."""

    def __init__(self, database: Database, clock: Clock, polls: PollService) -> None:
        self._database = database
        self._clock = clock
        self._polls = polls

    async def read(self, guild_id: int, sight: Sight = EVERYTHING) -> Briefing:
        """What there is to announce in a server now, to those who may know of these polls."""
        listed = [poll for poll, _ in await self._polls.listed(guild_id, sight)]
        resolved = sorted(
            (poll for poll in listed if poll.verdict in RESOLVED),
            key=lambda poll: -((poll.resolution and poll.resolution.action_id) or 0),
        )
        return Briefing(
            await self._changes(guild_id, sight),
            await self._reports(
                [poll for poll in listed if poll.lifecycle.state is PollState.OPEN]
            ),
            await self._reports(resolved),
        )

    async def _changes(self, guild_id: int, sight: Sight) -> Changes:
        """What happened since changes were last announced, else in the last 7 days."""
        async with self._database.read() as session:
            last = await briefings.last_posted(session, guild_id, CHANGES_TITLE)
            since = last or self._clock.now() - USUAL_TIME
            return changes_of(
                since,
                await briefings.changed_polls(session, guild_id, since, sight),
                await briefings.actions_since(session, guild_id, since),
                await discussions.opened_since(session, guild_id, since),
            )

    async def _reports(self, polls: Sequence[Poll]) -> list[Report]:
        found = [await self._polls.public(poll.id) for poll in polls[:MOST_POLLS]]
        return [report for report in found if report is not None]
