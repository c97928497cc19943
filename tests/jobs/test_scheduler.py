import asyncio
from datetime import timedelta

import pytest

from bot.clock import Clock
from bot.db.engine import Database
from bot.jobs import scheduler as scheduling
from bot.jobs import store as jobs
from bot.jobs.model import Job
from bot.jobs.scheduler import AT_ONCE, LEASE, Scheduler
from bot.preview import SimulatedClock
from tests.jobs.bench import START, Bench


async def test_work_is_done_when_due_and_not_before(bench: Bench) -> None:
    await bench.add("a", timedelta(hours=1))
    await bench.pass_time(timedelta(minutes=59))
    assert bench.done == []
    await bench.pass_time(timedelta(minutes=1))
    assert bench.done == ["a"]
    row = await bench.row("a")
    assert (row.state, row.late) == ("done", False)


async def test_earlier_work_added_later_wakes_the_sleeper(bench: Bench) -> None:
    await bench.add("late", timedelta(days=30))
    await bench.until_idle()
    await bench.add("now", timedelta(0))
    await bench.until_idle()
    assert bench.done == ["now"]


async def test_work_missed_while_away_is_done_at_start_and_flagged_late(
    database: Database,
) -> None:
    bench = Bench(database)
    await bench.add("missed", timedelta(hours=1))
    bench.now = START + timedelta(hours=5)
    bench.scheduler.start()
    await bench.until_idle()
    await bench.scheduler.stop()
    assert bench.done == ["missed"]
    assert (await bench.row("missed")).late is True


async def test_a_slow_job_holds_up_no_later_one(bench: Bench) -> None:
    released = asyncio.Event()

    async def slow(_: Job) -> None:
        await released.wait()

    bench.scheduler.handle("slow", slow)
    await bench.add("slow", kind="slow")
    await bench.until_row("slow", lambda row: row.state == "running")
    for number in range(3 * AT_ONCE):
        await bench.add(str(number))
    await bench.until_done(3 * AT_ONCE)
    assert (await bench.row("slow")).state == "running"
    released.set()
    await bench.until_row("slow", lambda row: row.state == "done")


async def test_only_so_many_are_under_way_at_once_and_all_get_their_turn(bench: Bench) -> None:
    under_way, most, released = 0, 0, asyncio.Event()

    async def count(job: Job) -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        if most == AT_ONCE:
            released.set()
        await released.wait()
        under_way -= 1
        bench.done.append(job.key)

    bench.scheduler.handle("counted", count)
    async with bench.database.write() as session:
        for number in range(3 * AT_ONCE):
            await jobs.add(session, "counted", str(number), START)
    await bench.until_done(3 * AT_ONCE)
    assert most == AT_ONCE


async def test_a_clock_that_is_set_forward_is_noticed_without_being_woken(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Clock, "longest_rest", 0.02)
    bench = Bench(database)
    await bench.add("tomorrow", timedelta(days=1))
    bench.scheduler.start()
    await bench.until_idle()
    bench.now += timedelta(days=1)
    await bench.until_done(1)
    await bench.scheduler.stop()


async def test_a_machine_that_sleeps_through_a_due_time_does_the_work_when_it_wakes_and_says_so(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it sleeps what the worker waits with stands still, and nothing wakes the worker."""
    monkeypatch.setattr(Clock, "longest_rest", 0.02)
    bench = Bench(database)
    await bench.add("tonight", timedelta(hours=1))
    await bench.add("tomorrow", timedelta(hours=10))
    bench.scheduler.start()
    await bench.until_idle()
    bench.now += timedelta(hours=5)
    await bench.until_done(1)
    row = await bench.row("tonight")
    assert (row.late, row.attempts, row.due_at) == (True, 1, START + timedelta(hours=1))
    bench.now += timedelta(hours=5)
    await bench.until_done(2)
    await bench.scheduler.stop()
    assert bench.done == ["tonight", "tomorrow"]
    assert (await bench.row("tomorrow")).late is False


async def test_a_clock_that_is_set_back_makes_nothing_happen_twice_or_early(bench: Bench) -> None:
    await bench.add("a")
    await bench.until_idle()
    await bench.add("b", timedelta(hours=1))
    bench.now -= timedelta(hours=3)
    await bench.pass_time(timedelta(hours=3, minutes=59))
    assert bench.done == ["a"]
    await bench.pass_time(timedelta(minutes=1))
    assert bench.done == ["a", "b"]


async def test_work_planned_anew_while_it_runs_is_done_again_then(bench: Bench) -> None:
    released = asyncio.Event()
    began = []

    async def slow(job: Job) -> None:
        began.append(job.due_at)
        await released.wait()

    bench.scheduler.handle("slow", slow)
    await bench.add("a", kind="slow")
    await bench.until_row("a", lambda row: row.state == "running")
    later = START + timedelta(hours=1)
    async with bench.database.write() as session:
        await jobs.replan(session, "slow", "a", later)
    released.set()
    # Something after it shows that the first run has ended.
    await bench.add("after")
    await bench.until_row("after", lambda row: row.state == "done")
    assert (await bench.row("a")).state == "waiting"
    await bench.pass_time(timedelta(hours=1))
    await bench.until_row("a", lambda row: row.state == "done")
    assert began == [START, later]


async def test_an_earlier_claim_of_the_same_process_cannot_end_a_later_one(
    database: Database,
) -> None:
    async with database.write() as session:
        await jobs.add(session, "test", "a", START)
        (first,) = await jobs.claim(
            session, ["test"], now=START, holder="one", lease=LEASE, limit=1
        )
        # SQLite gives the new row the old one's id.
        await jobs.replan(session, "test", "a", START)
        (second,) = await jobs.claim(
            session, ["test"], now=START, holder="two", lease=LEASE, limit=1
        )
        await jobs.finish(session, first, at=START, late=False)
    row = await Bench(database).row("a")
    assert (row.state, row.holder) == ("running", second.holder)


async def test_stopping_waits_for_what_ends_soon_and_gives_back_what_does_not(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduling, "SECONDS_TO_STOP", 0.5)
    begun, ended = asyncio.Semaphore(0), []

    async def soon(_: Job) -> None:
        begun.release()
        await asyncio.sleep(0.1)
        ended.append("soon")

    async def never(_: Job) -> None:
        begun.release()
        await asyncio.Event().wait()

    bench.scheduler.handle("soon", soon)
    bench.scheduler.handle("never", never)
    await bench.add("a", kind="soon")
    await bench.add("b", kind="never")
    await begun.acquire()
    await begun.acquire()
    await bench.scheduler.stop()
    assert ended == ["soon"]
    assert (await bench.row("a")).state == "done"
    row = await bench.row("b")
    assert (row.state, row.attempts, row.lease_until) == ("waiting", 0, None)


async def test_what_is_planned_already_stays_as_planned_and_what_is_over_is_planned_anew(
    bench: Bench,
) -> None:
    async def ensure(after: timedelta) -> None:
        async with bench.database.write() as session:
            await jobs.ensure(session, "test", "a", START + after)

    await ensure(timedelta(hours=1))
    await ensure(timedelta(hours=2))
    assert (await bench.row("a")).due_at == START + timedelta(hours=1)
    await bench.pass_time(timedelta(hours=1))
    assert bench.done == ["a"]
    await ensure(timedelta(hours=2))
    row = await bench.row("a")
    assert (row.state, row.due_at) == ("waiting", START + timedelta(hours=2))
    await bench.pass_time(timedelta(hours=1))
    assert bench.done == ["a", "a"]


def test_a_simulated_clock_is_trusted_to_wake_the_worker(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    simulated = Scheduler(database, SimulatedClock(lambda: START))
    real = Scheduler(database, Clock(lambda: START))
    assert (simulated._longest_rest, real._longest_rest) == (None, 60.0)
