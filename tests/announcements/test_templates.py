from datetime import UTC, datetime, timedelta

import pytest

from bot.access import SYSTEM, Viewer
from bot.announcements import store as announcements
from bot.announcements.model import AnnouncementState, Content, NewAnnouncement, Plan
from bot.announcements.templates import CHANGES_TITLE, DEFAULT_PERIOD, TemplateService
from bot.clock import Clock
from bot.db.engine import Database
from bot.discussions.model import IssueRef
from bot.discussions.service import DiscussionService
from bot.knowledge.model import Outcome
from bot.polls.model import ActionKind, Poll, Proposal, Terms, Verdict, question_about
from bot.polls.resolution import ResolutionService
from bot.polls.service import OpenRequest, PollService
from tests.factories import make_viewer
from tests.packs_in_code import CHOICE, FORECAST, MANY

START = datetime(2026, 1, 1, tzinfo=UTC)
MOD = make_viewer(1, 10, manage_messages=True)
ELSEWHERE = make_viewer(2, 20, manage_messages=True)
HOUR = timedelta(hours=1)


class Desk:
    """The services on one database, at a time that is moved by hand."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = START
        clock = Clock(lambda: self.now)
        self.polls = PollService(database, clock)
        self.resolutions = ResolutionService(database, clock)
        self.discussions = DiscussionService(database, clock)
        self.templates = TemplateService(
            database, clock, self.polls, self.resolutions, self.discussions
        )

    async def open(self, outcome: Outcome, viewer: Viewer = MOD, **terms: bool) -> Poll:
        asked = question_about("talks", outcome, "en")
        lasts = timedelta(days=30)
        return await self.polls.open(viewer, OpenRequest(7, asked, lasts, Terms(**terms)))

    async def do(self, kind: ActionKind, poll: Poll, **rest: object) -> None:
        proposal = Proposal(kind, poll.id, "Because.", **rest)  # type: ignore[arg-type]
        found = await self.resolutions.propose(MOD, proposal)
        await self.resolutions.confirm(MOD, found.action.id)

    async def resolve(self, poll: Poll, value: int = 1) -> None:
        await self.do(
            ActionKind.RESOLVE,
            poll,
            evidence="https://example.org/r",
            verdict=Verdict.SETTLED,
            value=value,
        )

    async def announced(self, title: str, guild_id: int = 10) -> None:
        async with self.database.write() as session:
            content = Content(title, "text")
            new = NewAnnouncement(guild_id, 7, 1, content, Plan(7), self.now)
            id_ = await announcements.add(session, new)
            posted = AnnouncementState.POSTED.value
            await announcements.change(session, id_, state=posted, message_id=1, posted_at=self.now)


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


async def test_each_poll_is_told_once_by_what_matters_most(desk: Desk) -> None:
    old = [await desk.open(outcome) for outcome in (FORECAST, CHOICE, MANY)]
    desk.now += DEFAULT_PERIOD + HOUR
    await desk.do(ActionKind.EXTEND, old[0], closes_at=old[0].lifecycle.closes_at + HOUR)
    await desk.do(ActionKind.CLOSE, old[1])
    await desk.resolve(old[2], 3)
    desk.now += HOUR
    new = await desk.open(CHOICE)
    await desk.do(ActionKind.EXTEND, new, closes_at=new.lifecycle.closes_at + HOUR)
    changes = (await desk.templates.read(MOD)).changes
    assert changes.since == desk.now - DEFAULT_PERIOD
    assert [poll.id for poll in changes.extended] == [old[0].id]
    assert [poll.id for poll in changes.closed] == [old[1].id]
    assert [(poll.id, action.kind) for poll, action in changes.ruled] == [
        (old[2].id, ActionKind.RESOLVE)
    ]
    assert [poll.id for poll in changes.opened] == [new.id]


async def test_an_undone_resolution_is_told_as_undone(desk: Desk) -> None:
    poll = await desk.open(FORECAST)
    await desk.resolve(poll)
    desk.now += HOUR
    await desk.do(ActionKind.UNRESOLVE, poll)
    changes = (await desk.templates.read(MOD)).changes
    ((told, action),) = changes.ruled
    assert (told.id, told.verdict, action.kind) == (poll.id, None, ActionKind.UNRESOLVE)


async def test_what_is_only_proposed_has_not_happened(desk: Desk) -> None:
    poll = await desk.open(FORECAST)
    desk.now += DEFAULT_PERIOD + HOUR
    await desk.resolutions.propose(MOD, Proposal(ActionKind.CLOSE, poll.id))
    assert not (await desk.templates.read(MOD)).changes


async def test_changes_count_from_the_last_announcement_of_them(desk: Desk) -> None:
    before = await desk.open(FORECAST)
    desk.now += HOUR
    await desk.announced(f"{CHANGES_TITLE}: Harbour talks")
    announced_at = desk.now
    desk.now += HOUR
    await desk.announced("Doors open at nine")
    await desk.announced(f"{CHANGES_TITLE}: elsewhere", guild_id=20)
    after = await desk.open(CHOICE)
    changes = (await desk.templates.read(MOD)).changes
    assert changes.since == announced_at
    assert [poll.id for poll in changes.opened] == [after.id]
    desk.now += timedelta(days=20)
    changes = (await desk.templates.read(MOD)).changes
    assert [poll.id for poll in changes.opened] == [after.id]
    assert before.id != after.id


async def test_discussions_opened_are_among_the_changes_while_they_are_open(desk: Desk) -> None:
    about = IssueRef("talks", "security")
    for viewer, thread in ((MOD, 500), (ELSEWHERE, 600)):
        claim = await desk.discussions.claim(viewer, about, 7, lacking=())
        await desk.discussions.record_thread(viewer, claim.discussion.id, thread, 7)
        await desk.discussions.opened(viewer, claim.discussion.id, "Security")
    changes = (await desk.templates.read(MOD)).changes
    assert [found.thread_id for found in changes.discussions] == [500]
    await desk.discussions.thread_deleted(SYSTEM, 500)
    assert not (await desk.templates.read(MOD)).changes


async def test_another_servers_polls_are_not_briefed_on(desk: Desk) -> None:
    theirs = await desk.open(FORECAST, ELSEWHERE)
    read = await desk.templates.read(MOD)
    assert not read.changes
    assert read.open_polls == read.resolved == []
    assert [r.poll.id for r in (await desk.templates.read(ELSEWHERE)).open_polls] == [theirs.id]


async def test_hopes_are_not_polls_of_their_own_in_a_briefing(desk: Desk) -> None:
    poll = await desk.open(FORECAST, asks_hope=True)
    read = await desk.templates.read(MOD)
    assert [found.id for found in read.changes.opened] == [poll.id]
    assert [found.poll.id for found in read.open_polls] == [poll.id]


async def test_results_are_the_resolved_polls_the_last_resolved_first(desk: Desk) -> None:
    polls = [await desk.open(outcome) for outcome in (FORECAST, CHOICE, MANY)]
    await desk.resolve(polls[1])
    await desk.resolve(polls[0])
    await desk.do(ActionKind.ANNUL, polls[2], verdict=Verdict.ANNULLED)
    read = await desk.templates.read(MOD)
    assert [found.poll.id for found in read.resolved] == [polls[0].id, polls[1].id]
    assert read.open_polls == []
