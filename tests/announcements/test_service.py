"""Announcements without Discord: what is stored, and who decides, on both databases."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.access import SYSTEM, Viewer
from bot.announcements.model import (
    POST_JOB,
    Announcement,
    AnnouncementState,
    Content,
    Picture,
    Plan,
    PostingConditions,
)
from bot.announcements.service import AnnouncementInput, AnnouncementService, DraftOrigin
from bot.announcements.tables import AnnouncementPictureRow
from bot.clock import Clock
from bot.db.engine import Database
from bot.errors import UserError
from bot.jobs import store as jobs
from bot.jobs.model import Job
from bot.jobs.scheduler import LEASE, Scheduler
from bot.jobs.tables import JobRow
from bot.modlog.tables import ModlogRow
from bot.settings import store as servers
from bot.settings.model import ServerSettings
from tests.factories import make_viewer

START = datetime(2026, 1, 1, tzinfo=UTC)
MINA = make_viewer(1, 10, manage_messages=True)
NORA = make_viewer(2, 10, manage_messages=True)
ELSEWHERE = make_viewer(1, 11, manage_server=True)
TYPED = AnnouncementInput(Content("Doors open", "At nine."))
PICTURE = Picture("picture.png", b"\x89PNG", "Two flags")
FINE = PostingConditions()


@dataclass
class Desk:
    """The service with its time in hand, and what a stand-in for Discord was given to post."""

    database: Database
    settings: ServerSettings = field(default_factory=lambda: ServerSettings(10))
    now: datetime = START
    posted: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.clock = Clock(lambda: self.now)
        self.service = self.process()

    def process(self) -> AnnouncementService:
        """The service as another process on the same database has it."""
        return AnnouncementService(self.database, self.clock, lambda _: self.settings)

    async def drafted(self, typed: AnnouncementInput = TYPED, **plan: object) -> Announcement:
        start = DraftOrigin(100, Plan(100, **plan))  # type: ignore[arg-type]
        return await self.service.draft(MINA, typed, start)

    async def let_go(self, draft: Announcement, viewer: Viewer = MINA) -> Announcement:
        return await self.service.approval.confirm(viewer, draft.id, draft.revision, FINE)

    async def require_approval(self) -> None:
        """Turn second approval on in a process that this one has not heard from yet."""
        async with self.database.write() as session:
            await servers.put(session, replace(self.settings, second_approval=True))

    async def state(self, announcement_id: int) -> AnnouncementState:
        found = await self.service.delivery.get(SYSTEM, announcement_id)
        assert found is not None
        return found.state

    async def jobs(self) -> list[tuple[str, str, datetime]]:
        async with self.database.read() as session:
            found = await session.scalars(select(JobRow).where(JobRow.kind != "modlog.tell"))
            return [(job.kind, job.key, job.due_at) for job in found]


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


async def test_what_was_typed_is_stored_with_its_picture(desk: Desk) -> None:
    draft = await desk.drafted(AnnouncementInput(Content("", "x" * 4000, "nonsense"), "", PICTURE))
    shown = await desk.service.details(SYSTEM, draft)
    assert shown.announcement.content == Content("", "x" * 4000, "nonsense")
    assert shown.picture == PICTURE
    assert draft.has_picture


async def test_a_draft_that_cannot_be_posted_is_not_let_go(desk: Desk) -> None:
    draft = await desk.drafted(AnnouncementInput(Content("", "Text")))
    with pytest.raises(UserError, match="needs a title"):
        await desk.let_go(draft)
    assert await desk.jobs() == []


@pytest.mark.parametrize(
    ("conditions", "said"),
    [
        (PostingConditions(author_may_write=False), "may not write"),
        (PostingConditions(bot_may_write=False), "I may not post"),
        (PostingConditions(channel_exists=False), "cannot see the channel"),
        (PostingConditions(author_may_ping=False), "may not ping"),
        (PostingConditions(role_exists=False), "no longer exists"),
        (PostingConditions(bot_may_attach=False), "may not post pictures"),
    ],
)
async def test_what_discord_would_not_have_is_refused_and_stays_a_draft(
    desk: Desk, conditions: PostingConditions, said: str
) -> None:
    draft = await desk.drafted(AnnouncementInput(TYPED.content, "", PICTURE), role_id=5)
    with pytest.raises(UserError, match=said):
        await desk.service.approval.confirm(MINA, draft.id, draft.revision, conditions)
    assert await desk.state(draft.id) is AnnouncementState.DRAFT


async def test_only_the_version_that_was_seen_is_let_go(desk: Desk) -> None:
    draft = await desk.drafted()
    changed = await desk.service.change_plan(MINA, draft.id, channel_id=200)
    with pytest.raises(UserError, match="was changed"):
        await desk.let_go(draft)
    await desk.let_go(changed)
    assert await desk.jobs() == [(POST_JOB, str(draft.id), START)]


async def test_two_presses_at_once_let_it_go_once(desk: Desk) -> None:
    draft = await desk.drafted()
    other = desk.process()
    results = await asyncio.gather(
        desk.let_go(draft),
        other.approval.confirm(MINA, draft.id, draft.revision, FINE),
        return_exceptions=True,
    )
    assert sorted(isinstance(result, UserError) for result in results) == [False, True]
    assert await desk.jobs() == [(POST_JOB, str(draft.id), START)]


async def test_approval_is_asked_for_as_soon_as_another_process_has_turned_it_on(
    desk: Desk,
) -> None:
    draft = await desk.drafted()
    await desk.require_approval()
    assert not desk.settings.second_approval
    assert (await desk.let_go(draft)).state is AnnouncementState.WAITING


async def test_two_moderators_approving_at_once_approve_once(desk: Desk) -> None:
    await desk.require_approval()
    draft = await desk.drafted()
    await desk.let_go(draft)
    third = make_viewer(3, 10, manage_messages=True)
    results = await asyncio.gather(
        desk.service.approval.approve(NORA, draft.id, draft.revision),
        desk.process().approval.approve(third, draft.id, draft.revision),
        return_exceptions=True,
    )
    assert sorted(isinstance(result, UserError) for result in results) == [False, True]


async def test_approving_and_cancelling_at_once_end_one_way(desk: Desk) -> None:
    await desk.require_approval()
    draft = await desk.drafted()
    await desk.let_go(draft)
    await asyncio.gather(
        desk.service.approval.approve(NORA, draft.id, draft.revision),
        desk.process().approval.cancel(MINA, draft.id),
        return_exceptions=True,
    )
    state = await desk.state(draft.id)
    waiting = [job for job in await desk.jobs() if job[0] == POST_JOB]
    assert (state is AnnouncementState.SCHEDULED) == bool(waiting)


async def test_approval_is_of_exactly_one_version(desk: Desk) -> None:
    await desk.require_approval()
    asked = await desk.let_go(await desk.drafted())
    edit = await desk.service.draft(
        MINA,
        AnnouncementInput(Content("Doors open", "At ten.")),
        DraftOrigin(100, asked.plan, edits_id=asked.id),
    )
    again = await desk.let_go(edit)
    assert (again.id, again.revision) == (asked.id, asked.revision + 1)
    with pytest.raises(UserError, match="was changed"):
        await desk.service.approval.approve(NORA, asked.id, asked.revision)
    approved = await desk.service.approval.approve(NORA, asked.id, again.revision)
    assert (approved.content.body, approved.approved_by) == ("At ten.", NORA.user_id)


async def test_an_edit_brings_its_picture_and_leaves_no_draft_behind(desk: Desk) -> None:
    first = await desk.let_go(await desk.drafted(AnnouncementInput(TYPED.content, "", PICTURE)))
    start = DraftOrigin(100, first.plan, edits_id=first.id)
    kept = await desk.service.draft(MINA, TYPED, start)
    assert kept.has_picture
    dropped = await desk.service.remove_picture(MINA, kept.id)
    again = await desk.let_go(dropped)
    assert again.id == first.id
    assert not again.has_picture
    assert [one.id for one in await desk.service.listed(MINA)] == [first.id]
    async with desk.database.read() as session:
        assert (await session.scalars(select(AnnouncementPictureRow))).all() == []


async def test_a_job_of_an_announcement_that_was_cancelled_or_put_off_does_nothing(
    desk: Desk,
) -> None:
    cancelled = await desk.let_go(await desk.drafted())
    await desk.service.approval.cancel(MINA, cancelled.id)
    assert await desk.service.delivery.begin(SYSTEM, cancelled.id) is None
    later = await desk.let_go(await desk.drafted(post_at=START + timedelta(hours=1)))
    assert await desk.service.delivery.begin(SYSTEM, later.id) is None
    assert await desk.state(later.id) is AnnouncementState.SCHEDULED


async def test_recording_a_posting_twice_changes_and_logs_nothing_twice(desk: Desk) -> None:
    found = await desk.let_go(await desk.drafted())
    attempt = await desk.service.delivery.begin(SYSTEM, found.id)
    assert attempt is not None
    await desk.service.delivery.posted(SYSTEM, attempt.announcement, 555)
    await desk.service.delivery.posted(SYSTEM, attempt.announcement, 666)
    posted = await desk.service.delivery.get(SYSTEM, found.id)
    assert posted is not None
    assert posted.message_id == 555
    assert await desk.service.delivery.begin(SYSTEM, found.id) is None
    async with desk.database.read() as session:
        acts = (await session.scalars(select(ModlogRow.act))).all()
    assert acts == ["posted an announcement"]


async def test_an_attempt_of_unknown_end_is_remembered_until_it_is_known(desk: Desk) -> None:
    found = await desk.let_go(await desk.drafted())
    posting = desk.service.delivery
    first = await posting.begin(SYSTEM, found.id)
    assert first is not None
    assert first.earlier is None
    desk.now += timedelta(minutes=6)
    second = await posting.begin(SYSTEM, found.id)
    assert second is not None
    assert second.earlier == START
    # Discord's refusal of the second attempt says nothing of the first.
    await posting.attempt_refused(SYSTEM, second)
    third = await posting.begin(SYSTEM, found.id)
    assert third is not None
    assert third.earlier == START


async def test_a_refused_attempt_leaves_nothing_to_look_for(desk: Desk) -> None:
    found = await desk.let_go(await desk.drafted())
    first = await desk.service.delivery.begin(SYSTEM, found.id)
    assert first is not None
    await desk.service.delivery.attempt_refused(SYSTEM, first)
    assert await desk.state(found.id) is AnnouncementState.SCHEDULED
    second = await desk.service.delivery.begin(SYSTEM, found.id)
    assert second is not None
    assert second.earlier is None


@pytest.mark.parametrize(
    ("behind", "late", "too_late"),
    [
        (timedelta(seconds=60), False, False),
        (timedelta(seconds=61), True, False),
        (timedelta(hours=24), True, False),
        (timedelta(hours=24, seconds=1), True, True),
    ],
)
async def test_lateness_counts_from_the_time_that_was_asked_for(
    desk: Desk, behind: timedelta, late: bool, too_late: bool
) -> None:
    due = START + timedelta(hours=3)
    found = await desk.let_go(await desk.drafted(post_at=due))
    desk.now = due + behind
    attempt = await desk.service.delivery.begin(SYSTEM, found.id)
    assert attempt is not None
    assert (attempt.announcement.late, attempt.is_too_late) == (late, too_late)


async def test_an_announcement_is_found_in_its_own_server_only(desk: Desk) -> None:
    found = await desk.let_go(await desk.drafted())
    service, decisions = desk.service, desk.service.approval
    for attempt in (
        service.get(ELSEWHERE, found.id),
        service.editable(ELSEWHERE, found.id),
        service.correctable(ELSEWHERE, found.id),
        decisions.cancel(ELSEWHERE, found.id),
        decisions.discard(ELSEWHERE, found.id),
        decisions.approve(ELSEWHERE, found.id, 1),
        decisions.decline(ELSEWHERE, found.id, 1, ""),
        decisions.confirm(ELSEWHERE, found.id, 1, FINE),
        service.change_plan(ELSEWHERE, found.id, publish=True),
        service.change_content(ELSEWHERE, found.id, TYPED),
    ):
        with pytest.raises(UserError, match="no such announcement"):
            await attempt
    assert await service.listed(ELSEWHERE) == []


async def test_a_member_may_do_nothing(desk: Desk) -> None:
    found = await desk.let_go(await desk.drafted())
    member = make_viewer(1, 10)
    service, decisions = desk.service, desk.service.approval
    for attempt in (
        service.get(member, found.id),
        service.listed(member),
        service.draft(member, TYPED, DraftOrigin(100, Plan(100))),
        service.remove_picture(member, found.id),
        decisions.cancel(member, found.id),
        decisions.discard(member, found.id),
        decisions.approve(member, found.id, 1),
        decisions.decline(member, found.id, 1, ""),
        decisions.confirm(member, found.id, 1, FINE),
    ):
        with pytest.raises(UserError, match="is for moderators"):
            await attempt
    with pytest.raises(UserError, match="is for moderators"):
        service.read_post_time(member, "in 2 hours")


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        # In New York clocks go from 02:00 to 03:00 on 8 March, and back on 1 November 2026.
        ("2026-03-07 18:00", datetime(2026, 3, 7, 23, tzinfo=UTC)),
        ("2026-03-08 18:00", datetime(2026, 3, 8, 22, tzinfo=UTC)),
        ("2026-10-31 18:00", datetime(2026, 10, 31, 22, tzinfo=UTC)),
        ("2026-11-01 18:00", datetime(2026, 11, 1, 23, tzinfo=UTC)),
        # A time that the clocks skip is the one that they show instead of it.
        ("2026-03-08 02:30", datetime(2026, 3, 8, 7, 30, tzinfo=UTC)),
        # Of a time that comes twice, the first is meant.
        ("2026-11-01 01:30", datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),
    ],
)
def test_times_are_read_in_the_servers_zone_whatever_its_clocks_do(
    desk: Desk, typed: str, at: datetime
) -> None:
    desk.settings = ServerSettings(10, zone="America/New_York")
    assert desk.service.read_post_time(MINA, typed) == at


def test_a_span_is_that_much_time_across_a_clock_change(desk: Desk) -> None:
    desk.settings = ServerSettings(10, zone="America/New_York")
    desk.now = datetime(2026, 3, 7, 23, tzinfo=UTC)
    assert desk.service.read_post_time(MINA, "in 24 hours") == desk.now + timedelta(hours=24)


class Process:
    """One process of several on a database: posts what its scheduler brings, as the bot does."""

    def __init__(self, desk: Desk, name: str) -> None:
        self.desk, self.name = desk, name
        self.posting = desk.process().delivery
        self.scheduler = Scheduler(desk.database, desk.clock)
        self.scheduler.handle(POST_JOB, self.post)
        self.dies_after_sending = False

    async def post(self, job: Job) -> None:
        attempt = await self.posting.begin(SYSTEM, int(job.key))
        if attempt is None:
            return
        if attempt.earlier is None or job.key not in self.desk.posted:
            self.desk.posted.append(job.key)
            await asyncio.sleep(0.01)
        if self.dies_after_sending:
            raise asyncio.CancelledError
        await self.posting.posted(SYSTEM, attempt.announcement, 1000 + int(job.key))


@pytest.fixture
async def processes(desk: Desk) -> AsyncIterator[list[Process]]:
    made = [Process(desk, name) for name in "abc"]
    yield made
    for process in made:
        await process.scheduler.stop()


async def until(desk: Desk, wanted: AnnouncementState, *announcement_ids: int) -> None:
    for _ in range(400):
        if all([await desk.state(one) is wanted for one in announcement_ids]):
            return
        await asyncio.sleep(0.01)
    raise AssertionError([await desk.state(one) for one in announcement_ids])


async def test_several_processes_post_each_announcement_once(
    desk: Desk, processes: list[Process]
) -> None:
    found = [await desk.let_go(await desk.drafted()) for _ in range(20)]
    for process in processes:
        process.scheduler.start()
    await until(desk, AnnouncementState.POSTED, *(one.id for one in found))
    assert sorted(desk.posted, key=int) == [str(one.id) for one in found]


async def test_what_a_process_died_over_is_finished_by_another_and_posted_once(
    desk: Desk, processes: list[Process]
) -> None:
    dying, other, _ = processes
    dying.dies_after_sending = True
    found = await desk.let_go(await desk.drafted())
    dying.scheduler.start()
    await until(desk, AnnouncementState.POSTING, found.id)
    for _ in range(100):
        if desk.posted:
            break
        await asyncio.sleep(0.01)
    await dying.scheduler.stop()
    other.scheduler.start()
    desk.now += LEASE
    other.scheduler.wake()
    await until(desk, AnnouncementState.POSTED, found.id)
    assert desk.posted == [str(found.id)]


async def test_the_job_is_stored_in_the_transaction_that_decides(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = await desk.drafted()

    async def broken(*_: object) -> None:
        raise OSError("no room")

    with monkeypatch.context() as patched:
        patched.setattr(jobs, "replan", broken)
        with pytest.raises(OSError, match="no room"):
            await desk.let_go(draft)
    assert await desk.state(draft.id) is AnnouncementState.DRAFT
