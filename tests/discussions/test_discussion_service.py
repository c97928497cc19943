import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bot.access import SYSTEM, Viewer
from bot.clock import Clock
from bot.db.engine import Database
from bot.discussions.model import (
    OPENING_TAKES_AT_MOST,
    Discussion,
    IssueRef,
)
from bot.discussions.service import DiscussionService
from bot.discussions.tables import DiscussionRow
from bot.errors import UserError
from bot.jobs.tables import JobRow
from bot.knowledge.model import Outcome
from bot.modlog.tables import ModlogRow
from bot.polls.model import DISCUSS_JOB, ActionKind, Proposal, Question, Verdict, question_about
from bot.polls.resolution import ResolutionService
from bot.polls.service import OpenRequest, PollService
from tests.factories import make_viewer
from tests.packs_in_code import FORECAST

START = datetime(2026, 1, 1, tzinfo=UTC)
MOD = make_viewer(1, 10, manage_messages=True)
OTHER_MOD = make_viewer(2, 10, manage_messages=True)
ELSEWHERE = make_viewer(3, 20, manage_messages=True)
SECURITY = IssueRef("talks", "security")


class Desk:
    """The services on one database, at a time that is moved by hand."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = START
        clock = Clock(lambda: self.now)
        self.discussions = DiscussionService(database, clock)
        self.polls = PollService(database, clock)
        self.resolutions = ResolutionService(database, clock)

    async def open(self, viewer: Viewer = MOD, thread_id: int = 500) -> Discussion:
        claim = await self.discussions.claim(viewer, SECURITY, 7, lacking=())
        assert claim.is_new
        await self.discussions.record_thread(viewer, claim.discussion.id, thread_id, 7)
        return await self.discussions.opened(viewer, claim.discussion.id, "Security")

    async def states(self) -> list[tuple[int, str]]:
        async with self.database.read() as session:
            rows = await session.scalars(select(DiscussionRow).order_by(DiscussionRow.id))
            return [(row.id, row.state) for row in rows]

    async def confirmed(self, proposal: Proposal) -> int:
        found = await self.resolutions.propose(MOD, proposal)
        return (await self.resolutions.confirm(MOD, found.action.id)).id

    async def told_of(self) -> list[str]:
        async with self.database.read() as session:
            rows = await session.scalars(select(JobRow.key).where(JobRow.kind == DISCUSS_JOB))
            return list(rows)


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


async def test_only_moderators_who_may_write_there_open_discussions(desk: Desk) -> None:
    with pytest.raises(UserError, match="for moderators"):
        await desk.discussions.claim(make_viewer(9, 10), SECURITY, 7, lacking=())
    with pytest.raises(UserError, match="lack \\*\\*Send Messages"):
        await desk.discussions.claim(MOD, SECURITY, 7, lacking=["Send Messages"])
    with pytest.raises(UserError, match="for moderators"):
        await desk.discussions.find_open(make_viewer(9, 10), SECURITY)
    assert await desk.states() == []


async def test_two_moderators_at_once_open_one_discussion(desk: Desk) -> None:
    claims = await asyncio.gather(
        *(
            desk.discussions.claim(viewer, SECURITY, 7, lacking=())
            for viewer in (MOD, OTHER_MOD, MOD, OTHER_MOD)
        ),
        return_exceptions=True,
    )
    refused = [claim for claim in claims if isinstance(claim, BaseException)]
    assert len(refused) == 3
    assert all(
        isinstance(error, UserError) and "is opening a discussion" in str(error)
        for error in refused
    )
    assert [state for _, state in await desk.states()] == ["opening"]


async def test_the_database_itself_refuses_a_second_open_discussion(desk: Desk) -> None:
    await desk.open()
    with pytest.raises(IntegrityError):
        async with desk.database.write() as session:
            session.add(
                DiscussionRow(
                    guild_id=MOD.guild_id,
                    summit_id="talks",
                    issue_id="security",
                    channel_id=1,
                    state="opening",
                    opened_by=1,
                    opened_at=START,
                )
            )


async def test_an_open_discussion_is_led_to_and_opening_it_is_on_record(desk: Desk) -> None:
    first = await desk.open()
    lacking = ["Send Messages"]
    again = await desk.discussions.claim(OTHER_MOD, SECURITY, 8, lacking=lacking)
    assert not again.is_new
    assert await desk.discussions.find_open(OTHER_MOD, SECURITY) == again.discussion
    assert again.discussion.url == first.url == "https://discord.com/channels/10/500"
    async with desk.database.read() as session:
        (entry,) = await session.scalars(select(ModlogRow))
    assert (entry.guild_id, entry.by, entry.act) == (10, 1, "opened a discussion")
    assert (entry.subject, entry.url) == ("Security", first.url)


async def test_two_servers_have_discussions_of_their_own(desk: Desk) -> None:
    await desk.open()
    assert await desk.discussions.open_on(ELSEWHERE, SECURITY) is None
    await desk.open(ELSEWHERE, thread_id=600)
    here = await desk.discussions.open_on(MOD, SECURITY)
    there = await desk.discussions.open_on(ELSEWHERE, SECURITY)
    assert here is not None
    assert here.thread_id == 500
    assert there is not None
    assert there.thread_id == 600
    await desk.discussions.channel_deleted(SYSTEM, 20, 7)
    assert await desk.states() == [(here.id, "open"), (there.id, "ended")]


async def test_an_opening_cut_short_blocks_for_two_minutes_only(desk: Desk) -> None:
    begun = await desk.discussions.claim(MOD, SECURITY, 7, lacking=())
    desk.now += OPENING_TAKES_AT_MOST
    with pytest.raises(UserError, match="is opening a discussion"):
        await desk.discussions.claim(OTHER_MOD, SECURITY, 8, lacking=())
    with pytest.raises(UserError, match="is opening a discussion"):
        await desk.discussions.find_open(OTHER_MOD, SECURITY)
    desk.now += timedelta(seconds=1)
    assert await desk.discussions.find_open(OTHER_MOD, SECURITY) is None
    with pytest.raises(UserError, match="lack \\*\\*Send Messages"):
        await desk.discussions.claim(OTHER_MOD, SECURITY, 8, lacking=["Send Messages"])
    taken = await desk.discussions.claim(OTHER_MOD, SECURITY, 8, lacking=())
    assert (taken.is_new, taken.was_begun) == (True, True)
    assert taken.discussion.id == begun.discussion.id
    # Whoever took it over has two minutes of their own.
    with pytest.raises(UserError, match="is opening a discussion"):
        await desk.discussions.claim(MOD, SECURITY, 7, lacking=())


async def test_what_discord_refused_is_forgotten_unless_it_has_a_thread(desk: Desk) -> None:
    refused = await desk.discussions.claim(MOD, SECURITY, 7, lacking=())
    await desk.discussions.opening_failed(MOD, refused.discussion.id, is_refused=True)
    assert await desk.states() == []
    begun = await desk.discussions.claim(MOD, SECURITY, 7, lacking=())
    assert not begun.was_begun
    await desk.discussions.record_thread(MOD, begun.discussion.id, 500, 7)
    await desk.discussions.opening_failed(MOD, begun.discussion.id, is_refused=True)
    again = await desk.discussions.claim(MOD, SECURITY, 7, lacking=())
    assert (again.was_begun, again.discussion.thread_id) == (True, 500)


async def test_what_discord_may_have_made_is_gone_on_with_at_once(desk: Desk) -> None:
    begun = await desk.discussions.claim(MOD, SECURITY, 7, lacking=())
    await desk.discussions.opening_failed(MOD, begun.discussion.id, is_refused=False)
    again = await desk.discussions.claim(OTHER_MOD, SECURITY, 8, lacking=())
    assert (again.was_begun, again.discussion.id) == (True, begun.discussion.id)
    assert (again.discussion.thread_id, again.discussion.channel_id) == (None, 7)


@pytest.mark.parametrize(
    ("archived", "locked", "state"),
    [(True, False, "resting"), (False, True, "ended"), (True, True, "ended")],
)
async def test_an_archived_or_locked_thread_makes_room_for_a_new_one(
    desk: Desk, archived: bool, locked: bool, state: str
) -> None:
    old = await desk.open()
    await desk.discussions.thread_changed(SYSTEM, 500, archived=archived, locked=locked)
    new = await desk.open(thread_id=501)
    assert await desk.states() == [(old.id, state), (new.id, "open")]


async def test_an_old_thread_that_wakes_up_does_not_push_a_newer_one_aside(desk: Desk) -> None:
    old = await desk.open()
    await desk.discussions.thread_changed(SYSTEM, 500, archived=True, locked=False)
    new = await desk.open(thread_id=501)
    await desk.discussions.thread_changed(SYSTEM, 500, archived=False, locked=False)
    assert await desk.states() == [(old.id, "resting"), (new.id, "open")]
    await desk.discussions.thread_deleted(SYSTEM, 501)
    await desk.discussions.thread_changed(SYSTEM, 500, archived=False, locked=False)
    assert await desk.states() == [(old.id, "open"), (new.id, "ended")]


async def test_a_thread_deleted_while_it_is_being_opened_is_not_called_open(desk: Desk) -> None:
    claim = await desk.discussions.claim(MOD, SECURITY, 7, lacking=())
    await desk.discussions.record_thread(MOD, claim.discussion.id, 500, 7)
    await desk.discussions.thread_deleted(SYSTEM, 500)
    with pytest.raises(UserError, match="closed or deleted"):
        await desk.discussions.opened(MOD, claim.discussion.id, "Security")
    async with desk.database.read() as session:
        assert (await session.scalars(select(ModlogRow))).all() == []


async def test_news_goes_to_the_open_discussion_else_to_the_last_quiet_one(desk: Desk) -> None:
    assert await desk.discussions.find_for_news(SYSTEM, 10, SECURITY) is None
    quiet = await desk.open()
    await desk.discussions.thread_changed(SYSTEM, 500, archived=True, locked=False)
    assert (await desk.discussions.find_for_news(SYSTEM, 10, SECURITY) or quiet).thread_id == 500
    await desk.open(thread_id=501)
    found = await desk.discussions.find_for_news(SYSTEM, 10, SECURITY)
    assert found is not None
    assert found.thread_id == 501
    assert await desk.discussions.find_for_news(SYSTEM, 20, SECURITY) is None
    await desk.discussions.thread_changed(SYSTEM, 501, archived=False, locked=True)
    await desk.discussions.thread_deleted(SYSTEM, 500)
    assert await desk.discussions.find_for_news(SYSTEM, 10, SECURITY) is None


async def test_resolving_annulling_and_undoing_a_poll_of_the_pack_are_to_be_told(
    desk: Desk,
) -> None:
    poll = await desk.polls.open(MOD, _request(FORECAST))
    closing = await desk.confirmed(Proposal(ActionKind.CLOSE, poll.id))
    resolving = await desk.confirmed(
        Proposal(
            ActionKind.RESOLVE,
            poll.id,
            "It is in the readout.",
            "https://example.org/readout",
            Verdict.SETTLED,
            1,
        )
    )
    undoing = await desk.confirmed(Proposal(ActionKind.UNRESOLVE, poll.id, "Misread."))
    annulling = await desk.confirmed(
        Proposal(ActionKind.ANNUL, poll.id, "Broken.", verdict=Verdict.ANNULLED)
    )
    assert await desk.told_of() == [str(resolving), str(undoing), str(annulling)]
    assert str(closing) not in await desk.told_of()
    news = await desk.resolutions.news(SYSTEM, resolving)
    assert news is not None
    assert news.poll.id == poll.id
    assert news.action.kind is ActionKind.RESOLVE


async def test_a_moderators_own_question_belongs_to_no_discussion(desk: Desk) -> None:
    poll = await desk.polls.open(MOD, _request(None))
    await desk.confirmed(Proposal(ActionKind.ANNUL, poll.id, "Broken.", verdict=Verdict.ANNULLED))
    assert await desk.told_of() == []


def _request(outcome: Outcome | None) -> OpenRequest:
    own = question_about("talks", FORECAST, "en")
    asked = own if outcome else Question(own.kind, "Will it rain?")
    return OpenRequest(7, asked, timedelta(days=3))
