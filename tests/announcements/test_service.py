"""Announcements without Discord: what is stored, and who decides, on both databases."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

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
from bot.announcements.service import AnnouncementInput, DraftOrigin
from bot.announcements.tables import AnnouncementPictureRow
from bot.errors import UserError
from bot.jobs import store as jobs
from bot.jobs.model import Job
from bot.jobs.scheduler import LEASE, Scheduler
from bot.jobs.tables import JobRow
from bot.modlog.tables import ModlogRow
from tests.factories import (
    MODERATOR,
    START,
    App,
    make_announcement,
    make_app,
    make_settings,
    make_viewer,
)

MINA = MODERATOR
NORA = make_viewer(2, 10, manage_messages=True)
ELSEWHERE = make_viewer(1, 11, manage_server=True)
TYPED = AnnouncementInput(Content("Doors open", "At nine."))
PICTURE = Picture("picture.png", b"\x89PNG", "Two flags")
FINE = PostingConditions()


def other_process(app: App) -> App:
    """The services as another process on the same database has them."""
    return make_app(app.database, app.clock)


async def confirm(app: App, draft: Announcement, by: Viewer = MINA) -> Announcement:
    return await app.announcements.approval.confirm(by, draft.id, draft.revision, FINE)


async def confirmed(app: App, **plan: Any) -> Announcement:
    return await confirm(app, await make_announcement(app, **plan))


async def require_approval(app: App) -> None:
    """Turn second approval on in a process that this one has not heard from yet."""
    await make_settings(other_process(app), second_approval=True)


async def state_of(app: App, announcement_id: int) -> AnnouncementState:
    found = await app.announcements.delivery.get(SYSTEM, announcement_id)
    assert found is not None
    return found.state


async def stored_jobs(app: App) -> list[tuple[str, str, datetime]]:
    async with app.database.read() as session:
        found = await session.scalars(select(JobRow).where(JobRow.kind != "modlog.tell"))
        return [(job.kind, job.key, job.due_at) for job in found]


async def test_what_was_typed_is_stored_with_its_picture(app: App) -> None:
    draft = await make_announcement(
        app, title="", body="x" * 4000, link="nonsense", picture=PICTURE
    )
    shown = await app.announcements.details(SYSTEM, draft)
    assert shown.announcement.content == Content("", "x" * 4000, "nonsense")
    assert shown.picture == PICTURE
    assert draft.has_picture


async def test_a_draft_that_cannot_be_posted_is_not_let_go(app: App) -> None:
    draft = await make_announcement(app, title="", body="Text")
    with pytest.raises(UserError, match="needs a title"):
        await confirm(app, draft)
    assert await stored_jobs(app) == []


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
    app: App, conditions: PostingConditions, said: str
) -> None:
    draft = await make_announcement(app, picture=PICTURE, role_id=5)
    with pytest.raises(UserError, match=said):
        await app.announcements.approval.confirm(MINA, draft.id, draft.revision, conditions)
    assert await state_of(app, draft.id) is AnnouncementState.DRAFT


async def test_only_the_version_that_was_seen_is_let_go(app: App) -> None:
    draft = await make_announcement(app)
    changed = await app.announcements.change_plan(MINA, draft.id, channel_id=200)
    with pytest.raises(UserError, match="was changed"):
        await confirm(app, draft)
    await confirm(app, changed)
    assert await stored_jobs(app) == [(POST_JOB, str(draft.id), START)]


async def test_two_presses_at_once_let_it_go_once(app: App) -> None:
    draft = await make_announcement(app)
    other = other_process(app).announcements
    results = await asyncio.gather(
        confirm(app, draft),
        other.approval.confirm(MINA, draft.id, draft.revision, FINE),
        return_exceptions=True,
    )
    assert sorted(isinstance(result, UserError) for result in results) == [False, True]
    assert await stored_jobs(app) == [(POST_JOB, str(draft.id), START)]


async def test_approval_is_asked_for_as_soon_as_another_process_has_turned_it_on(
    app: App,
) -> None:
    draft = await make_announcement(app)
    await require_approval(app)
    assert not app.settings.of(10).second_approval
    assert (await confirm(app, draft)).state is AnnouncementState.WAITING


async def test_two_moderators_approving_at_once_approve_once(app: App) -> None:
    await require_approval(app)
    draft = await make_announcement(app)
    await confirm(app, draft)
    third = make_viewer(3, 10, manage_messages=True)
    results = await asyncio.gather(
        app.announcements.approval.approve(NORA, draft.id, draft.revision),
        other_process(app).announcements.approval.approve(third, draft.id, draft.revision),
        return_exceptions=True,
    )
    assert sorted(isinstance(result, UserError) for result in results) == [False, True]


async def test_approving_and_cancelling_at_once_end_one_way(app: App) -> None:
    await require_approval(app)
    draft = await make_announcement(app)
    await confirm(app, draft)
    await asyncio.gather(
        app.announcements.approval.approve(NORA, draft.id, draft.revision),
        other_process(app).announcements.approval.cancel(MINA, draft.id),
        return_exceptions=True,
    )
    state = await state_of(app, draft.id)
    waiting = [job for job in await stored_jobs(app) if job[0] == POST_JOB]
    assert (state is AnnouncementState.SCHEDULED) == bool(waiting)


async def test_approval_is_of_exactly_one_version(app: App) -> None:
    await require_approval(app)
    asked = await confirmed(app)
    edit = await app.announcements.draft(
        MINA,
        AnnouncementInput(Content("Doors open", "At ten.")),
        DraftOrigin(100, asked.plan, edits_id=asked.id),
    )
    again = await confirm(app, edit)
    assert (again.id, again.revision) == (asked.id, asked.revision + 1)
    with pytest.raises(UserError, match="was changed"):
        await app.announcements.approval.approve(NORA, asked.id, asked.revision)
    approved = await app.announcements.approval.approve(NORA, asked.id, again.revision)
    assert (approved.content.body, approved.approved_by) == ("At ten.", NORA.user_id)


async def test_an_edit_brings_its_picture_and_leaves_no_draft_behind(app: App) -> None:
    first = await confirmed(app, picture=PICTURE)
    start = DraftOrigin(100, first.plan, edits_id=first.id)
    kept = await app.announcements.draft(MINA, TYPED, start)
    assert kept.has_picture
    dropped = await app.announcements.remove_picture(MINA, kept.id)
    again = await confirm(app, dropped)
    assert again.id == first.id
    assert not again.has_picture
    assert [one.id for one in await app.announcements.listed(MINA)] == [first.id]
    async with app.database.read() as session:
        assert (await session.scalars(select(AnnouncementPictureRow))).all() == []


async def test_a_job_of_an_announcement_that_was_cancelled_or_put_off_does_nothing(
    app: App,
) -> None:
    cancelled = await confirmed(app)
    await app.announcements.approval.cancel(MINA, cancelled.id)
    assert await app.announcements.delivery.begin(SYSTEM, cancelled.id) is None
    later = await confirmed(app, post_at=START + timedelta(hours=1))
    assert await app.announcements.delivery.begin(SYSTEM, later.id) is None
    assert await state_of(app, later.id) is AnnouncementState.SCHEDULED


async def test_recording_a_posting_twice_changes_and_logs_nothing_twice(app: App) -> None:
    found = await confirmed(app)
    attempt = await app.announcements.delivery.begin(SYSTEM, found.id)
    assert attempt is not None
    await app.announcements.delivery.posted(SYSTEM, attempt.announcement, 555)
    await app.announcements.delivery.posted(SYSTEM, attempt.announcement, 666)
    posted = await app.announcements.delivery.get(SYSTEM, found.id)
    assert posted is not None
    assert posted.message_id == 555
    assert await app.announcements.delivery.begin(SYSTEM, found.id) is None
    async with app.database.read() as session:
        acts = (await session.scalars(select(ModlogRow.act))).all()
    assert acts == ["posted an announcement"]


async def test_an_attempt_of_unknown_end_is_remembered_until_it_is_known(app: App) -> None:
    found = await confirmed(app)
    posting = app.announcements.delivery
    first = await posting.begin(SYSTEM, found.id)
    assert first is not None
    assert first.earlier is None
    app.clock.advance(timedelta(minutes=6))
    second = await posting.begin(SYSTEM, found.id)
    assert second is not None
    assert second.earlier == START
    # Discord's refusal of the second attempt says nothing of the first.
    await posting.attempt_refused(SYSTEM, second)
    third = await posting.begin(SYSTEM, found.id)
    assert third is not None
    assert third.earlier == START


async def test_a_refused_attempt_leaves_nothing_to_look_for(app: App) -> None:
    found = await confirmed(app)
    first = await app.announcements.delivery.begin(SYSTEM, found.id)
    assert first is not None
    await app.announcements.delivery.attempt_refused(SYSTEM, first)
    assert await state_of(app, found.id) is AnnouncementState.SCHEDULED
    second = await app.announcements.delivery.begin(SYSTEM, found.id)
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
    app: App, behind: timedelta, late: bool, too_late: bool
) -> None:
    due = START + timedelta(hours=3)
    found = await confirmed(app, post_at=due)
    app.clock.set(due + behind)
    attempt = await app.announcements.delivery.begin(SYSTEM, found.id)
    assert attempt is not None
    assert (attempt.announcement.late, attempt.is_too_late) == (late, too_late)


async def test_an_announcement_is_found_in_its_own_server_only(app: App) -> None:
    found = await confirmed(app)
    service, decisions = app.announcements, app.announcements.approval
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


async def test_a_member_may_do_nothing(app: App) -> None:
    found = await confirmed(app)
    member = make_viewer(1, 10)
    service, decisions = app.announcements, app.announcements.approval
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
async def test_times_are_read_in_the_servers_zone_whatever_its_clocks_do(
    app: App, typed: str, at: datetime
) -> None:
    await make_settings(app, zone="America/New_York")
    assert app.announcements.read_post_time(MINA, typed) == at


async def test_a_span_is_that_much_time_across_a_clock_change(app: App) -> None:
    await make_settings(app, zone="America/New_York")
    app.clock.set(datetime(2026, 3, 7, 23, tzinfo=UTC))
    assert app.announcements.read_post_time(MINA, "in 24 hours") == app.clock.now() + timedelta(
        hours=24
    )


class Process:
    """One process of several on a database: posts what its scheduler brings, as the bot does."""

    def __init__(self, app: App, posted: list[str]) -> None:
        self.posted = posted
        self.posting = other_process(app).announcements.delivery
        self.scheduler = Scheduler(app.database, app.clock)
        self.scheduler.handle(POST_JOB, self.post)
        self.dies_after_sending = False

    async def post(self, job: Job) -> None:
        attempt = await self.posting.begin(SYSTEM, int(job.key))
        if attempt is None:
            return
        if attempt.earlier is None or job.key not in self.posted:
            self.posted.append(job.key)
            await asyncio.sleep(0.01)
        if self.dies_after_sending:
            raise asyncio.CancelledError
        await self.posting.posted(SYSTEM, attempt.announcement, 1000 + int(job.key))


@pytest.fixture
def posted() -> list[str]:
    """What a stand-in for Discord was given to post."""
    return []


@pytest.fixture
async def processes(app: App, posted: list[str]) -> AsyncIterator[list[Process]]:
    made = [Process(app, posted) for _ in range(3)]
    yield made
    for process in made:
        await process.scheduler.stop()


async def until(app: App, wanted: AnnouncementState, *announcement_ids: int) -> None:
    for _ in range(400):
        if all([await state_of(app, one) is wanted for one in announcement_ids]):
            return
        await asyncio.sleep(0.01)
    raise AssertionError([await state_of(app, one) for one in announcement_ids])


async def test_several_processes_post_each_announcement_once(
    app: App, processes: list[Process], posted: list[str]
) -> None:
    found = [await confirmed(app) for _ in range(20)]
    for process in processes:
        process.scheduler.start()
    await until(app, AnnouncementState.POSTED, *(one.id for one in found))
    assert sorted(posted, key=int) == [str(one.id) for one in found]


async def test_what_a_process_died_over_is_finished_by_another_and_posted_once(
    app: App, processes: list[Process], posted: list[str]
) -> None:
    dying, other, _ = processes
    dying.dies_after_sending = True
    found = await confirmed(app)
    dying.scheduler.start()
    await until(app, AnnouncementState.POSTING, found.id)
    for _ in range(100):
        if posted:
            break
        await asyncio.sleep(0.01)
    await dying.scheduler.stop()
    other.scheduler.start()
    app.clock.advance(LEASE)
    other.scheduler.wake()
    await until(app, AnnouncementState.POSTED, found.id)
    assert posted == [str(found.id)]


async def test_the_job_is_stored_in_the_transaction_that_decides(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = await make_announcement(app)

    async def broken(*_: object) -> None:
        raise OSError("no room")

    with monkeypatch.context() as patched:
        patched.setattr(jobs, "replan", broken)
        with pytest.raises(OSError, match="no room"):
            await confirm(app, draft)
    assert await state_of(app, draft.id) is AnnouncementState.DRAFT
