from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.access import SYSTEM
from bot.announcements.model import Content, Plan
from bot.announcements.service import AnnouncementInput, AnnouncementService, DraftOrigin
from bot.announcements.tables import AnnouncementRow
from bot.clock import Clock
from bot.db.base import Base
from bot.db.engine import Database
from bot.jobs import store as jobs
from bot.jobs.model import Job, JobState
from bot.jobs.tables import JobRow
from bot.modlog.tables import ModlogRow
from bot.polls.tables import ActionRow, BallotRow, PollDraftRow
from bot.privacy.ownership import in_server
from bot.retention.service import (
    DELETE_JOB,
    JOB_TABLES,
    TIDY_JOB,
    CalledOffError,
    RetentionService,
)
from bot.settings.model import ServerSettings
from tests.db.rows import NOW, furnish, of_servers
from tests.factories import make_viewer
from tests.sim.server import World

HERE, THERE, PERSON = 10, 20, 7
DAY = timedelta(days=1)


class Desk:
    """The service, its time, and what it planned."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = NOW
        self.service = RetentionService(database, Clock(lambda: self.now))

    async def begun(self, guild_id: int) -> Job:
        """The deletion of a server's data, just when it is begun."""
        async with self.database.write() as session:
            await jobs.ensure(session, DELETE_JOB, str(guild_id), self.now)
            (job,) = await jobs.claim(
                session, [DELETE_JOB], now=self.now, holder="desk", lease=DAY, limit=1
            )
        return job

    async def delete(self, guild_id: int) -> None:
        await self.service.delete_server(SYSTEM, await self.begun(guild_id))

    async def planned(self) -> dict[str, datetime]:
        async with self.database.read() as session:
            rows = await session.scalars(select(JobRow).where(JobRow.kind == DELETE_JOB))
            return {row.key: row.due_at for row in rows if row.state == "waiting"}


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


async def counts(database: Database, guild_id: int) -> dict[str, int]:
    async with database.read() as session:
        return {
            table.name: await session.scalar(
                select(func.count()).select_from(table).where(in_server(table, guild_id))  # type: ignore[arg-type]
            )
            or 0
            for table in of_servers()
        }


async def test_a_servers_rows_go_from_every_table_and_anothers_stay(desk: Desk) -> None:
    async with desk.database.write() as session:
        await furnish(session, HERE, PERSON)
        await furnish(session, THERE, PERSON)
    before = await counts(desk.database, THERE)
    assert await counts(desk.database, HERE) == before
    assert set(before.values()) == {1}
    await desk.delete(HERE)
    assert set((await counts(desk.database, HERE)).values()) == {0}
    assert await counts(desk.database, THERE) == before
    async with desk.database.read() as session:
        for table in of_servers():
            assert await session.scalar(select(func.count()).select_from(table)) == 1


async def test_many_rows_go_in_many_short_transactions(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.retention.service.ROWS_AT_ONCE", 2)
    async with desk.database.write() as session:
        rows = await furnish(session, HERE, PERSON)
        await furnish(session, THERE, PERSON)
        for number in range(7):
            vote = {**rows["ballots"], "voter": str(number)}
            await session.execute(BallotRow.__table__.insert().values(vote))  # type: ignore[attr-defined]
    await desk.delete(HERE)
    assert set((await counts(desk.database, HERE)).values()) == {0}
    assert set((await counts(desk.database, THERE)).values()) == {1}


async def test_rows_that_go_with_others_of_their_table_do_not_end_the_deletion_early(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.retention.service.ROWS_AT_ONCE", 2)
    async with desk.database.write() as session:
        values = (await furnish(session, HERE, PERSON))["announcements"]
        for number in range(9):
            first = None if number % 3 == 0 else values["id"] + number - number % 3 + 1
            row = {**values, "id": values["id"] + number + 1, "edits_id": first}
            await session.execute(AnnouncementRow.__table__.insert().values(row))  # type: ignore[attr-defined]
    await desk.delete(HERE)
    assert set((await counts(desk.database, HERE)).values()) == {0}


@pytest.mark.parametrize("leaves_again", [False, True])
async def test_what_is_left_stays_where_the_bot_comes_back_during_the_deletion(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, leaves_again: bool
) -> None:
    """Also where it is removed again at once: there are thirty days then."""
    async with desk.database.write() as session:
        await furnish(session, HERE, PERSON)
    job = await desk.begun(HERE)
    write, deleted = desk.database.write, []

    @asynccontextmanager
    async def writing() -> AsyncIterator[AsyncSession]:
        async with write() as session:
            yield session
        if sum((await counts(desk.database, HERE)).values()) < len(of_servers()) and not deleted:
            deleted.append(HERE)
            await desk.service.returned(SYSTEM, HERE)
            if leaves_again:
                await desk.service.left(SYSTEM, HERE)

    monkeypatch.setattr(desk.database, "write", writing)
    with pytest.raises(CalledOffError):
        await desk.service.delete_server(SYSTEM, job)
    assert sum((await counts(desk.database, HERE)).values()) == len(of_servers()) - 1
    assert await desk.planned() == ({str(HERE): NOW + 30 * DAY} if leaves_again else {})


async def test_the_jobs_of_a_server_go_with_it(desk: Desk) -> None:
    keys = {}
    async with desk.database.write() as session:
        for guild_id in (HERE, THERE):
            rows = await furnish(session, guild_id, PERSON)
            for kind, table in JOB_TABLES.items():
                keys[kind, guild_id] = str(rows[table]["id"])
                await jobs.add(session, kind, str(rows[table]["id"]), NOW)
    await desk.delete(HERE)
    async with desk.database.read() as session:
        left = {(row.kind, row.key) for row in await session.scalars(select(JobRow))}
    assert left == {(kind, key) for (kind, guild_id), key in keys.items() if guild_id == THERE}


async def test_every_kind_of_job_is_known_to_belong_to_a_table_or_to_no_server(
    here: World,
) -> None:
    kinds = set(here.bot.services.scheduler.kinds)
    assert kinds == set(JOB_TABLES) | {DELETE_JOB, TIDY_JOB}, (
        "Say in JOB_TABLES whose id the key of a job is, so that it goes with its server."
    )


async def test_a_deletion_is_planned_once_and_not_put_off_by_noticing_again(desk: Desk) -> None:
    await desk.service.left(SYSTEM, HERE)
    desk.now += DAY
    await desk.service.left(SYSTEM, HERE)
    async with desk.database.write() as session:
        await furnish(session, HERE, PERSON)
    await desk.service.compare(SYSTEM, {THERE})
    assert await desk.planned() == {str(HERE): NOW + 30 * DAY}


async def test_servers_are_compared_with_what_is_stored(desk: Desk) -> None:
    async with desk.database.write() as session:
        await furnish(session, HERE, PERSON)
        await furnish(session, THERE, PERSON)
    await desk.service.left(SYSTEM, THERE)
    await desk.service.compare(SYSTEM, {THERE, 30})
    assert await desk.planned() == {str(HERE): NOW + 30 * DAY}
    await desk.service.compare(SYSTEM, {HERE, THERE})
    assert await desk.planned() == {}


async def test_a_server_left_again_has_thirty_days_again(desk: Desk) -> None:
    await desk.service.left(SYSTEM, HERE)
    await desk.service.returned(SYSTEM, HERE)
    desk.now += 10 * DAY
    await desk.service.left(SYSTEM, HERE)
    assert await desk.planned() == {str(HERE): NOW + 40 * DAY}


async def test_what_only_piles_up_goes_after_thirty_days(desk: Desk) -> None:
    async with desk.database.write() as session:
        # Every draft, proposal and announcement of the furniture is as unfinished as can be.
        await furnish(session, HERE, PERSON)
        done = JobState.DONE.value
        for key, state, done_at in (
            ("old", done, NOW),
            ("young", done, NOW + DAY),
            ("given up", JobState.FAILED.value, NOW),
            ("given up before that was recorded", JobState.FAILED.value, None),
            ("waits", JobState.WAITING.value, None),
        ):
            session.add(JobRow(kind="t", key=key, state=state, due_at=NOW, done_at=done_at))
    desk.now = NOW + 30 * DAY
    await desk.service.tidy(SYSTEM)
    assert await left(desk, PollDraftRow, ActionRow, AnnouncementRow) == [1, 1, 1]
    desk.now += timedelta(seconds=1)
    await desk.service.tidy(SYSTEM)
    assert await left(desk, PollDraftRow, ActionRow, AnnouncementRow, ModlogRow) == [0, 0, 0, 1]
    async with desk.database.read() as session:
        rows = (await session.scalars(select(JobRow))).all()
    assert {row.key for row in rows} == {"young", "waits", "daily"}
    assert [row.due_at for row in rows if row.kind == TIDY_JOB] == [desk.now + DAY]


async def left(desk: Desk, *rows: type[Base]) -> list[int | None]:
    async with desk.database.read() as session:
        return [await session.scalar(select(func.count()).select_from(row)) for row in rows]


async def test_what_was_finished_is_kept(desk: Desk) -> None:
    async with desk.database.write() as session:
        await furnish(session, HERE, PERSON)
        for row, state in ((ActionRow, "told"), (AnnouncementRow, "posted")):
            await session.execute(row.__table__.update().values(state=state))  # type: ignore[attr-defined]
    desk.now += 400 * DAY
    await desk.service.tidy(SYSTEM)
    assert await left(desk, ActionRow, AnnouncementRow) == [1, 1]


async def test_a_draft_that_is_edited_is_kept_for_thirty_days_from_the_last_edit(
    desk: Desk,
) -> None:
    clock = Clock(lambda: desk.now)
    service = AnnouncementService(desk.database, clock, lambda guild_id: ServerSettings(guild_id))
    author = make_viewer(PERSON, HERE, manage_messages=True)
    draft = await service.draft(
        author, AnnouncementInput(Content("Soon", "")), DraftOrigin(5, Plan(5))
    )
    desk.now = NOW + 20 * DAY
    await service.change_content(author, draft.id, AnnouncementInput(Content("Sooner", "")))
    desk.now = NOW + 45 * DAY
    await desk.service.tidy(SYSTEM)
    assert await left(desk, AnnouncementRow) == [1]
    desk.now = NOW + 51 * DAY
    await desk.service.tidy(SYSTEM)
    assert await left(desk, AnnouncementRow) == [0]
