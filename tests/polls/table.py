"""A server's polls without Discord: opened, voted in and settled at times that a test sets."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.access import SYSTEM, Viewer
from bot.clock import Clock
from bot.db.engine import Database
from bot.polls.crowd_history import HistoryService
from bot.polls.model import ActionKind, Poll, PollKind, Proposal, Question, Terms, Verdict
from bot.polls.resolution import Confirmation, ResolutionService
from bot.polls.scoring.service import ForecastService
from bot.polls.service import OpenRequest, PollService
from bot.polls.visibility import Report
from tests.factories import make_viewer

START = datetime(2026, 1, 1, tzinfo=UTC)
GUILD = 10
MODERATOR = make_viewer(1, GUILD, manage_messages=True)
LASTS = timedelta(hours=100)
"""An hour is one percent of a poll's life, and recent forecasts weigh more until hour 28."""


def member(user_id: int, guild_id: int = GUILD) -> Viewer:
    return make_viewer(user_id, guild_id)


@dataclass
class Table:
    """One server's polls; `now` is moved by the test."""

    database: Database
    now: datetime = START
    polls: PollService = field(init=False)
    resolutions: ResolutionService = field(init=False)
    forecasts: ForecastService = field(init=False)
    histories: HistoryService = field(init=False)

    def __post_init__(self) -> None:
        clock = Clock(lambda: self.now)
        self.polls = PollService(self.database, clock)
        self.resolutions = ResolutionService(self.database, clock)
        self.forecasts = ForecastService(self.database)
        self.histories = HistoryService(self.database, clock)

    async def open(
        self,
        *options: str,
        kind: PollKind = PollKind.FORECAST,
        by: Viewer = MODERATOR,
        **terms: object,
    ) -> Poll:
        question = Question(kind, "Will they?", tuple((label, label) for label in options))
        request = OpenRequest(100, question, LASTS, Terms(**terms))  # type: ignore[arg-type]
        return await self.polls.open(by, request)

    async def cast(self, poll: Poll, *values: int | None, first: int = 1) -> None:
        """Ballots of the members `first`, `first` + 1 and so on; None withdraws."""
        for user, value in enumerate(values, start=first):
            if value is None:
                await self.polls.withdraw(member(user, poll.guild_id), poll.id)
            else:
                await self.polls.cast(member(user, poll.guild_id), poll.id, value)

    def at_hour(self, poll: Poll, hour: float) -> None:
        self.now = poll.lifecycle.opened_at + LASTS * hour / 100

    async def over(self, poll: Poll) -> None:
        """Let the poll close at its time."""
        self.now = max(self.now, poll.lifecycle.closes_at)
        await self.polls.close_due(SYSTEM, poll.id, late=False)

    async def do(self, kind: ActionKind, poll: Poll, **said: object) -> Confirmation:
        """Propose and confirm something, and have its effect worked out."""
        by = make_viewer(1, poll.guild_id, manage_messages=True)
        proposal = Proposal(
            kind, poll.id, "Because.", evidence="https://example.org/readout",
            **said,  # type: ignore[arg-type]
        )  # fmt: skip
        proposed = await self.resolutions.propose(by, proposal)
        await self.resolutions.confirm(by, proposed.action.id)
        effect = await self.resolutions.confirmation(SYSTEM, proposed.action.id)
        assert effect is not None
        return effect

    async def resolve(self, poll: Poll, value: int) -> Confirmation:
        return await self.do(ActionKind.RESOLVE, poll, verdict=Verdict.SETTLED, value=value)

    async def settled(self, *values: int, happened: bool, **terms: object) -> Poll:
        """A forecast poll that these forecast all the time, settled after its close."""
        poll = await self.open(**terms)
        await self.cast(poll, *values)
        await self.over(poll)
        await self.resolve(poll, int(happened))
        return poll

    async def report(self, poll: Poll) -> Report:
        found = await self.polls.public(SYSTEM, poll.id)
        assert found is not None
        return found
