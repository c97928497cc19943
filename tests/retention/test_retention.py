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
)
from bot.settings.model import ServerSettings
from tests.db.rows import NOW, furnish, of_servers
from tests.factories import App, make_viewer
from tests.sim.server import World

HERE, THERE, PERSON = 10, 20, 7
DAY = timedelta(days=1)


async def begin_deletion(app: App, guild_id: int) -> Job:
    """The deletion of a server's data, just when it is begun."""
    now = app.clock.now()
    async with app.database.write() as session:
        await jobs.ensure(session, DELETE_JOB, str(guild_id), now)
        (job,) = await jobs.claim(session, [DELETE_JOB], now=now, holder="test", lease=DAY, limit=1)
    return job


async def delete_server(app: App, guild_id: int) -> None:
    await app.retention.delete_server(SYSTEM, await begin_deletion(app, guild_id))


async def planned_deletions(app: App) -> dict[str, datetime]:
    async with app.database.read() as session:
        rows = await session.scalars(select(JobRow).where(JobRow.kind == DELETE_JOB))
        return {row.key: row.due_at for row in rows if row.state == "waiting"}


async def counts(database: Database, guild_id: int) -> dict[str, int]:
    async with database.read() as session:
        return {
            table.name: await session.scalar(
                select(func.count()).select_from(table).where(in_server(table, guild_id))  # type: ignore[arg-type]
            )
            or 0
            for table in of_servers()
        }


async def test_a_servers_rows_go_from_every_table_and_anothers_stay(app: App) -> None:
    async with app.database.write() as session:
        await furnish(session, HERE, PERSON)
        await furnish(session, THERE, PERSON)
    before = await counts(app.database, THERE)
    assert await counts(app.database, HERE) == before
    assert set(before.values()) == {1}
    await delete_server(app, HERE)
    assert set((await counts(app.database, HERE)).values()) == {0}
    assert await counts(app.database, THERE) == before
    async with app.database.read() as session:
        for table in of_servers():
            assert await session.scalar(select(func.count()).select_from(table)) == 1


async def test_many_rows_go_in_many_short_transactions(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.retention.service.ROWS_AT_ONCE", 2)
    async with app.database.write() as session:
        rows = await furnish(session, HERE, PERSON)
        await furnish(session, THERE, PERSON)
        for number in range(7):
            vote = {**rows["ballots"], "voter": str(number)}
            await session.execute(BallotRow.__table__.insert().values(vote))  # type: ignore[attr-defined]
    await delete_server(app, HERE)
    assert set((await counts(app.database, HERE)).values()) == {0}
    assert set((await counts(app.database, THERE)).values()) == {1}


async def test_rows_that_go_with_others_of_their_table_do_not_end_the_deletion_early(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.retention.service.ROWS_AT_ONCE", 2)
    async with app.database.write() as session:
        values = (await furnish(session, HERE, PERSON))["announcements"]
        for number in range(9):
            first = None if number % 3 == 0 else values["id"] + number - number % 3 + 1
            row = {**values, "id": values["id"] + number + 1, "edits_id": first}
            await session.execute(AnnouncementRow.__table__.insert().values(row))  # type: ignore[attr-defined]
    await delete_server(app, HERE)
    assert set((await counts(app.database, HERE)).values()) == {0}


@pytest.mark.parametrize("leaves_again", [False, True])
async def test_what_is_left_stays_where_the_bot_comes_back_during_the_deletion(
    app: App, monkeypatch: pytest.MonkeyPatch, leaves_again: bool
) -> None:
    """Also where it is removed again at once: there are thirty days then."""
    async with app.database.write() as session:
        await furnish(session, HERE, PERSON)
    job = await begin_deletion(app, HERE)
    write, deleted = app.database.write, []

    @asynccontextmanager
    async def writing() -> AsyncIterator[AsyncSession]:
        async with write() as session:
            yield session
        if sum((await counts(app.database, HERE)).values()) < len(of_servers()) and not deleted:
            deleted.append(HERE)
            await app.retention.returned(SYSTEM, HERE)
            if leaves_again:
                await app.retention.left(SYSTEM, HERE)

    monkeypatch.setattr(app.database, "write", writing)
    with pytest.raises(CalledOffError):
        await app.retention.delete_server(SYSTEM, job)
    assert sum((await counts(app.database, HERE)).values()) == len(of_servers()) - 1
    assert await planned_deletions(app) == ({str(HERE): NOW + 30 * DAY} if leaves_again else {})


async def test_the_jobs_of_a_server_go_with_it(app: App) -> None:
    keys = {}
    async with app.database.write() as session:
        for guild_id in (HERE, THERE):
            rows = await furnish(session, guild_id, PERSON)
            for kind, table in JOB_TABLES.items():
                keys[kind, guild_id] = str(rows[table]["id"])
                await jobs.add(session, kind, str(rows[table]["id"]), NOW)
    await delete_server(app, HERE)
    async with app.database.read() as session:
        left = {(row.kind, row.key) for row in await session.scalars(select(JobRow))}
    assert left == {(kind, key) for (kind, guild_id), key in keys.items() if guild_id == THERE}


async def test_every_kind_of_job_is_known_to_belong_to_a_table_or_to_no_server(
    here: World,
) -> None:
    kinds = set(here.bot.services.scheduler.kinds)
    assert kinds == set(JOB_TABLES) | {DELETE_JOB, TIDY_JOB}, (
        "Say in JOB_TABLES whose id the key of a job is, so that it goes with its server."
    )


async def test_a_deletion_is_planned_once_and_not_put_off_by_noticing_again(app: App) -> None:
    await app.retention.left(SYSTEM, HERE)
    app.clock.advance(DAY)
    await app.retention.left(SYSTEM, HERE)
    async with app.database.write() as session:
        await furnish(session, HERE, PERSON)
    await app.retention.compare(SYSTEM, {THERE})
    assert await planned_deletions(app) == {str(HERE): NOW + 30 * DAY}


async def test_servers_are_compared_with_what_is_stored(app: App) -> None:
    async with app.database.write() as session:
        await furnish(session, HERE, PERSON)
        await furnish(session, THERE, PERSON)
    await app.retention.left(SYSTEM, THERE)
    await app.retention.compare(SYSTEM, {THERE, 30})
    assert await planned_deletions(app) == {str(HERE): NOW + 30 * DAY}
    await app.retention.compare(SYSTEM, {HERE, THERE})
    assert await planned_deletions(app) == {}


async def test_a_server_left_again_has_thirty_days_again(app: App) -> None:
    await app.retention.left(SYSTEM, HERE)
    await app.retention.returned(SYSTEM, HERE)
    app.clock.advance(10 * DAY)
    await app.retention.left(SYSTEM, HERE)
    assert await planned_deletions(app) == {str(HERE): NOW + 40 * DAY}


async def test_what_only_piles_up_goes_after_thirty_days(app: App) -> None:
    async with app.database.write() as session:
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
    app.clock.set(NOW + 30 * DAY)
    await app.retention.tidy(SYSTEM)
    assert await left(app, PollDraftRow, ActionRow, AnnouncementRow) == [1, 1, 1]
    app.clock.advance(timedelta(seconds=1))
    await app.retention.tidy(SYSTEM)
    assert await left(app, PollDraftRow, ActionRow, AnnouncementRow, ModlogRow) == [0, 0, 0, 1]
    async with app.database.read() as session:
        rows = (await session.scalars(select(JobRow))).all()
    assert {row.key for row in rows} == {"young", "waits", "daily"}
    assert [row.due_at for row in rows if row.kind == TIDY_JOB] == [app.clock.now() + DAY]


async def left(app: App, *rows: type[Base]) -> list[int | None]:
    async with app.database.read() as session:
        return [await session.scalar(select(func.count()).select_from(row)) for row in rows]


async def test_what_was_finished_is_kept(app: App) -> None:
    async with app.database.write() as session:
        await furnish(session, HERE, PERSON)
        for row, state in ((ActionRow, "told"), (AnnouncementRow, "posted")):
            await session.execute(row.__table__.update().values(state=state))  # type: ignore[attr-defined]
    app.clock.advance(400 * DAY)
    await app.retention.tidy(SYSTEM)
    assert await left(app, ActionRow, AnnouncementRow) == [1, 1]


async def test_a_draft_that_is_edited_is_kept_for_thirty_days_from_the_last_edit(
    app: App,
) -> None:
    clock = Clock(lambda: app.clock.now())
    service = AnnouncementService(app.database, clock, lambda guild_id: ServerSettings(guild_id))
    author = make_viewer(PERSON, HERE, manage_messages=True)
    draft = await service.draft(
        author, AnnouncementInput(Content("Soon", "")), DraftOrigin(5, Plan(5))
    )
    app.clock.set(NOW + 20 * DAY)
    await service.change_content(author, draft.id, AnnouncementInput(Content("Sooner", "")))
    app.clock.set(NOW + 45 * DAY)
    await app.retention.tidy(SYSTEM)
    assert await left(app, AnnouncementRow) == [1]
    app.clock.set(NOW + 51 * DAY)
    await app.retention.tidy(SYSTEM)
    assert await left(app, AnnouncementRow) == [0]
