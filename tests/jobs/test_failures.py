"""What goes wrong with one job, or with the database, stops nothing else and nothing for good."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.db.engine import Database
from bot.jobs import scheduler as scheduling
from bot.jobs import store as jobs
from bot.jobs.model import LONGEST_PAUSE, MOST_ATTEMPTS, Job
from bot.jobs.scheduler import LEASE
from bot.jobs.tables import JobRow
from tests.jobs.bench import START, Bench, until


async def test_one_bad_job_stops_no_other_and_is_tried_again_with_growing_pauses(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.failing["bad"] = 2
    await bench.add("bad", timedelta(0))
    await bench.add("good", timedelta(0))
    await bench.until_idle()
    assert bench.done == ["good"]
    first = await bench.row("bad")
    assert (first.state, first.attempts) == ("waiting", 1)
    assert first.lease_until == START + timedelta(seconds=5)
    assert "bad is broken" in (first.last_error or "")
    await bench.pass_time(timedelta(seconds=5))
    assert (await bench.row("bad")).lease_until == START + timedelta(seconds=15)
    await bench.pass_time(timedelta(seconds=10))
    assert bench.done == ["good", "bad"]
    assert (await bench.row("bad")).due_at == START
    assert "bad is broken" in caplog.text


async def test_a_job_is_given_up_after_many_failures_and_kept_with_its_error(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.failing["hopeless"] = 1000
    await bench.add("hopeless", timedelta(0))
    for _ in range(20):
        await bench.pass_time(timedelta(hours=2))
    row = await bench.row("hopeless")
    assert (row.state, row.attempts) == ("failed", 12)
    assert caplog.text


@pytest.mark.parametrize("died", [False, True])
async def test_whoever_has_to_know_is_told_when_a_job_is_given_up(
    bench: Bench, caplog: pytest.LogCaptureFixture, died: bool
) -> None:
    """Also where it is given up because each process that took it up died over it."""
    told: list[tuple[str, str]] = []
    broken = [RuntimeError("the database is away")]

    async def fail(job: Job) -> None:
        raise ValueError(f"{job.key} is broken")

    async def given_up(job: Job, failure: Exception) -> None:
        if broken:
            raise broken.pop()
        told.append((job.key, str(failure)))

    bench.scheduler.handle("test", fail, given_up=given_up)
    await bench.add("vital")
    await bench.until_idle()
    assert told == []
    async with bench.database.write() as session:
        attempts = 12 if died else 11
        await session.execute(update(JobRow).values(attempts=attempts, lease_until=None))
    await bench.pass_time(timedelta(seconds=5))
    row = await bench.row("vital")
    assert (row.state, row.attempts, told) == ("waiting", attempts, [])
    await bench.pass_time(LONGEST_PAUSE)
    row = await bench.row("vital")
    assert (row.state, row.attempts) == ("failed", attempts + 1)
    reason = "It is given up: whoever took it up died over it." if died else "vital is broken"
    assert told == [("vital", reason)]
    assert "Nobody could be told" in caplog.text


async def test_what_is_given_up_is_tried_anew_unless_it_is_unwanted_or_was_the_end_of_whoever_tried(
    database: Database,
) -> None:
    keys, tomorrow = ("plain", "cancelled", "deadly"), START + timedelta(days=1)
    async with database.write() as session:
        for key in keys:
            await jobs.add(session, "test", key, START)
        claimed = await jobs.claim(session, ["test"], now=START, holder="one", lease=LEASE, limit=3)
        await jobs.cancel(session, "test", "cancelled")
        for job in claimed:
            attempts = MOST_ATTEMPTS + 1 if job.key == "deadly" else MOST_ATTEMPTS
            given_up = replace(job, attempts=attempts)
            await jobs.try_anew(session, given_up, tomorrow)
            await jobs.put_off(session, given_up, until=None, at=START, error="It is broken.")
        rows = await session.scalars(select(JobRow).execution_options(populate_existing=True))
        found = {row.key: (row.state, row.due_at, row.attempts) for row in rows}
    assert found == {"plain": ("waiting", tomorrow, 0), "deadly": ("failed", START, 1)}


async def test_work_that_succeeds_long_after_it_was_due_is_flagged_late_whatever_it_waited_for(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.failing["slow"] = 4
    await bench.add("slow")
    for pause in (5, 10, 20, 40):
        await bench.until_idle()
        await bench.pass_time(timedelta(seconds=pause))
    row = await bench.row("slow")
    assert (row.state, row.late, row.attempts) == ("done", True, 5)
    assert caplog.text


async def test_a_job_that_hangs_is_stopped_and_tried_again_and_holds_nothing_up(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    stopped = []

    async def hang(job: Job) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            stopped.append(job.key)

    bench.scheduler.handle("hangs", hang, at_most=0.2)
    await bench.add("never", kind="hangs")
    await bench.add("good")
    row = await bench.until_row("never", lambda row: row.state == "waiting" and row.attempts == 1)
    assert bench.done == ["good"]
    assert stopped == ["never"]
    assert "longer than 0.2 seconds" in (row.last_error or "")
    assert row.lease_until == START + timedelta(seconds=5)
    assert caplog.text


async def test_a_job_that_cannot_be_stopped_is_left_to_itself(
    bench: Bench, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduling, "SECONDS_TO_OBEY", 0.05)
    released = asyncio.Event()

    async def stubborn(_: Job) -> None:
        while not released.is_set():
            try:
                await released.wait()
            except asyncio.CancelledError:
                continue

    bench.scheduler.handle("hangs", stubborn, at_most=0.05)
    await bench.add("deaf", kind="hangs")
    row = await bench.until_row("deaf", lambda row: row.state == "waiting" and row.attempts == 1)
    released.set()
    assert "longer than" in (row.last_error or "")
    assert caplog.text


async def test_a_database_that_fails_for_a_while_stops_nothing_for_good(
    bench: Bench, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduling, "AFTER_A_FAILURE", 0.01)
    real, left = jobs.next_due, 3

    async def failing(*arguments: object) -> object:
        nonlocal left
        if left:
            left -= 1
            raise OSError("the database is gone")
        return await real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(jobs, "next_due", failing)
    await bench.add("a")
    await bench.until_done(1)
    assert left < 3
    assert "the database is gone" in caplog.text


async def test_work_whose_end_could_not_be_recorded_is_done_again_after_its_lease(
    bench: Bench, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, left = jobs.finish, 1

    async def failing(*arguments: object, **more: object) -> None:
        nonlocal left
        if left:
            left -= 1
            raise OSError("the database is gone")
        await real(*arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(jobs, "finish", failing)
    await bench.add("a")

    async def logged() -> bool:
        return "could not be recorded" in caplog.text

    await until(logged)
    await bench.add("next")
    await bench.until_row("next", lambda row: row.state == "done")
    assert bench.done == ["a", "next"]
    await bench.pass_time(LEASE)
    assert bench.done == ["a", "next", "a"]
    assert (await bench.row("a")).state == "done"


async def test_a_job_that_kills_whoever_takes_it_is_given_up(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    bench = Bench(database)
    await bench.add("deadly")
    for _ in range(12):
        async with database.write() as session:
            await jobs.claim(session, ["test"], now=bench.now, holder="dies", lease=LEASE, limit=1)
        bench.now += LEASE
    bench.scheduler.start()
    row = await bench.until_row("deadly", lambda row: row.state == "failed")
    await bench.scheduler.stop()
    assert bench.done == []
    assert "died over it" in (row.last_error or "")
    assert caplog.text


async def test_a_job_that_was_given_up_is_revived_and_known_to_be_late(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.failing["a"] = MOST_ATTEMPTS
    await bench.add("a")
    for _ in range(MOST_ATTEMPTS):
        await bench.until_idle()
        bench.now += LONGEST_PAUSE
        bench.scheduler.wake()
    await bench.until_idle()
    assert (await bench.row("a")).state == "failed"
    async with bench.database.write() as session:
        await jobs.revive(session, ["other"])
        await jobs.revive(session, ["test"], ["b"])
        assert await jobs.next_due(session, ["test"]) is None
        await jobs.revive(session, ["test"], ["a"])
    await bench.until_done(1)
    row = await bench.row("a")
    assert (row.state, row.late, row.due_at) == ("done", True, START)
    assert caplog.text


async def test_a_job_that_killed_whoever_took_it_is_not_revived(bench: Bench) -> None:
    await bench.add("a")
    async with bench.database.write() as session:
        await session.execute(
            update(JobRow).values(state="failed", attempts=MOST_ATTEMPTS + 1, done_at=START)
        )
        await jobs.revive(session, ["test"])
        assert await jobs.next_due(session, ["test"]) is None
