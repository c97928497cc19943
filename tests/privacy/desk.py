"""A server's services at one time that is moved by hand, and what is then stored."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from bot.access import SYSTEM, Viewer
from bot.clock import Clock
from bot.db.engine import Database
from bot.polls.model import ActionKind, Poll, PollKind, Proposal, Question, Terms, Verdict
from bot.polls.resolution import ResolutionService
from bot.polls.rules import tallied
from bot.polls.scoring.service import ForecastService
from bot.polls.service import OpenRequest, PollService
from bot.polls.tables import BallotLogRow, BallotRow, PollRow, ScoreRow, TallyRow
from bot.privacy.ownership import in_server, tables
from bot.privacy.service import PrivacyService
from tests.factories import make_viewer

START = datetime(2026, 1, 1, tzinfo=UTC)
GUILD = 10
MODERATOR = make_viewer(1, GUILD, manage_messages=True)
WEEK = timedelta(days=7)


def member(user_id: int, guild_id: int = GUILD) -> Viewer:
    return make_viewer(user_id, guild_id)


class Desk:
    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = START
        self.changed: list[set[int]] = []
        clock = Clock(lambda: self.now)
        self.polls = PollService(database, clock)
        self.polls.watch(self.changed.append)
        self.resolutions = ResolutionService(database, clock)
        self.forecasts = ForecastService(database)
        self.privacy = PrivacyService(database, clock, self.polls.tell_watchers)

    async def open(
        self, kind: PollKind = PollKind.FORECAST, viewer: Viewer = MODERATOR, **terms: Any
    ) -> Poll:
        labels = () if kind is PollKind.FORECAST else ("Warm", "Cool", "Cold")
        question = Question(kind, f"A {kind} poll?", tuple((word, word) for word in labels))
        return await self.polls.open(viewer, OpenRequest(100, question, WEEK, Terms(**terms)))

    async def act(self, poll: Poll, kind: ActionKind, value: int | None = None) -> int:
        """Do something to a poll as the moderator, confirmed; returns the action's id."""
        verdict = Verdict.SETTLED if kind is ActionKind.RESOLVE else None
        proposal = Proposal(
            kind, poll.id, "So it was.", "https://example.org", verdict, value=value
        )
        found = await self.resolutions.propose(MODERATOR, proposal)
        await self.resolutions.confirm(MODERATOR, found.action.id)
        return found.action.id

    async def resolve(self, poll: Poll, value: int) -> int:
        """Settle a poll and have its scores computed."""
        action_id = await self.act(poll, ActionKind.RESOLVE, value)
        await self.resolutions.confirmation(SYSTEM, action_id)
        await self.resolutions.mark_posted(SYSTEM, action_id)
        return action_id

    async def voters(self, row: Any, poll: Poll) -> Sequence[str]:
        async with self.database.read() as session:
            found = await session.scalars(
                select(row.voter).where(row.poll_id == poll.id).order_by(row.voter)
            )
            return list(found)

    async def strangers(self, poll: Poll) -> set[str]:
        """The keys of the poll's deleted voters, the same wherever they have left anything."""
        found = [
            {voter for voter in await self.voters(row, poll) if voter.startswith("deleted:")}
            for row in (BallotLogRow, BallotRow, ScoreRow)
        ]
        assert found[1] <= found[0]
        assert found[2] <= found[0]
        return found[0]

    async def scores(self, poll: Poll) -> dict[str, tuple[float, float]]:
        async with self.database.read() as session:
            rows = await session.scalars(select(ScoreRow).where(ScoreRow.poll_id == poll.id))
            return {row.voter: (row.brier, row.peer) for row in rows}

    async def tallies_are_right(self) -> bool:
        """Whether every poll's tallies are those of its standing ballots."""
        counted: Counter[tuple[int, int]] = Counter()
        async with self.database.read() as session:
            kinds = dict((await session.execute(select(PollRow.id, PollRow.kind))).all())
            for ballot in await session.scalars(select(BallotRow)):
                kind = PollKind(kinds[ballot.poll_id])
                counted.update((ballot.poll_id, tally) for tally in tallied(kind, ballot.value))
            stored = {
                (row.poll_id, row.value): row.count
                for row in await session.scalars(select(TallyRow))
                if row.count
            }
        return stored == dict(counted)


async def everything(database: Database, guild_id: int) -> str:
    """All that is stored of a server, as text."""
    lines: list[str] = []
    async with database.read() as session:
        for table in tables():
            here = in_server(table, guild_id)
            if here is not None:
                rows = await session.execute(select(table).where(here))
                lines += (f"{table.name} {tuple(row)}" for row in rows)
    return "\n".join(lines)
