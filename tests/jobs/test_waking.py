"""Whoever adds a job wakes the scheduler by committing it; nobody has to remember to."""

from datetime import timedelta

import pytest

from bot.access import SYSTEM
from bot.announcements.model import PostingConditions
from bot.clock import Clock
from bot.db.engine import Database
from bot.jobs import store as jobs
from bot.jobs.scheduler import Scheduler
from bot.jobs.store import JOBS
from bot.modlog import service as modlog
from bot.modlog.model import Entry
from bot.retention.service import RetentionService
from bot.settings.service import SettingsService
from bot.subscriptions.service import SubscriptionService
from tests.factories import (
    GUILD_ID,
    MODERATOR,
    cast_ballots,
    close_poll,
    make_announcement,
    make_app,
    make_poll,
    resolve_poll,
)
from tests.jobs.bench import START, Bench, until


@pytest.fixture
def woken(database: Database) -> list[str]:
    """One item for each time that a commit woke a scheduler."""
    woken: list[str] = []
    database.listen(JOBS, lambda: woken.append("woken"))
    return woken


async def test_opening_and_resolving_a_poll_wakes_it(database: Database, woken: list[str]) -> None:
    app = make_app(database)
    poll = await make_poll(app)
    assert len(woken) == 1
    await cast_ballots(app, poll, 50)
    assert len(woken) == 1
    await close_poll(app, poll)
    woken.clear()
    await resolve_poll(app, poll, 1)
    assert len(woken) == 1


async def test_letting_an_announcement_go_wakes_it(database: Database, woken: list[str]) -> None:
    app = make_app(database)
    draft = await make_announcement(app)
    assert woken == []
    await app.announcements.approval.confirm(
        MODERATOR, draft.id, draft.revision, PostingConditions()
    )
    assert len(woken) == 1
    await app.announcements.approval.cancel(MODERATOR, draft.id)
    assert len(woken) == 2


async def test_what_is_logged_and_what_is_kept_wakes_it(
    database: Database, woken: list[str]
) -> None:
    clock = Clock(lambda: START)
    async with database.write() as session:
        await modlog.record(session, Entry(GUILD_ID, 1, START, "changed a setting"))
    assert len(woken) == 1
    await RetentionService(database, clock).left(SYSTEM, GUILD_ID)
    assert len(woken) == 2
    await SubscriptionService(database, clock).roles(SYSTEM, GUILD_ID)
    await SettingsService(database, clock).load(SYSTEM)
    assert len(woken) == 2


async def test_a_transaction_that_is_rolled_back_wakes_nobody(
    database: Database, woken: list[str]
) -> None:
    async def fail_after_adding() -> None:
        async with database.write() as session:
            await jobs.add(session, "test", "a", START)
            raise RuntimeError("failed")

    with pytest.raises(RuntimeError, match="failed"):
        await fail_after_adding()
    assert woken == []


async def test_a_commit_that_fails_wakes_nobody(
    database: Database, woken: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(_: object) -> None:
        raise RuntimeError("lost")

    async def lose_the_commit() -> None:
        async with database.write() as session:
            await jobs.add(session, "test", "a", START)
            monkeypatch.setattr(session.sync_session.get_bind().dialect, "do_commit", lost)

    with pytest.raises(RuntimeError, match="lost"):
        await lose_the_commit()
    assert woken == []


async def test_one_commit_wakes_once_however_many_jobs_it_adds(
    database: Database, woken: list[str]
) -> None:
    async with database.write() as session:
        for key in "abc":
            await jobs.replan(session, "test", key, START)
        assert woken == []
    assert len(woken) == 1


async def test_taking_jobs_up_and_finishing_them_wakes_nobody(
    bench: Bench, woken: list[str]
) -> None:
    await bench.add("a")
    await bench.until_done(1)
    assert len(woken) == 1


async def test_a_job_that_a_service_adds_is_done_at_once(database: Database) -> None:
    app = make_app(database)
    scheduler = Scheduler(database, app.clock)
    bench = Bench(database)
    bench.scheduler = scheduler
    scheduler.handle("modlog.tell", bench.handle)
    scheduler.start()
    await bench.until_idle()
    poll = await make_poll(app)
    await app.polls.posted(SYSTEM, poll.id, 1000)

    async def done() -> bool:
        return len(bench.done) == 1

    await until(done)
    await scheduler.stop()


async def test_a_scheduler_that_has_stopped_is_woken_no_more(bench: Bench) -> None:
    await bench.scheduler.stop()
    bench.scheduler._earlier.clear()
    await bench.add("a", timedelta(hours=1))
    assert not bench.scheduler._earlier.is_set()
    bench.scheduler.start()
