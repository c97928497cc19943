import asyncio
from datetime import timedelta

import pytest

from bot.clock import Clock
from bot.storage import jobs
from bot.storage.engine import Database
from bot.timed import scheduler as scheduling
from bot.timed.model import Job
from bot.timed.scheduler import AT_ONCE, LEASE, Scheduler
from tests.timed.bench import START, Bench, until


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


async def test_a_slow_job_holds_up_no_later_one(bench: Bench) -> None:
    released = asyncio.Event()

    async def slow(_: Job) -> None:
        await released.wait()

    bench.scheduler.handle("slow", slow)
    await bench.add("slow", kind="slow")
    await bench.until_row("slow", lambda row: row.state == "running")
    for number in range(3 * AT_ONCE):
        await bench.add(str(number))
    await until_done(bench, 3 * AT_ONCE)
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
    bench.scheduler.wake()
    await until_done(bench, 3 * AT_ONCE)
    assert most == AT_ONCE


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
    await until_done(bench, 1)
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
    await until_logged(caplog, "could not be recorded")
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


async def test_a_clock_that_is_set_forward_is_noticed_without_being_woken(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduling, "LONGEST_REST", 0.02)
    bench = Bench(database)
    await bench.add("tomorrow", timedelta(days=1))
    bench.scheduler.start()
    await bench.until_idle()
    bench.now += timedelta(days=1)
    await until_done(bench, 1)
    await bench.scheduler.stop()


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
    bench.scheduler.wake()
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
        bench.scheduler.wake()

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


async def test_a_resting_job_brought_forward_is_done_at_once(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.failing["a"] = 1
    await bench.add("a")
    await bench.until_idle()
    assert bench.done == []
    async with bench.database.write() as session:
        await jobs.bring_forward(session, "test", "a", START)
    bench.scheduler.wake()
    await until_done(bench, 1)
    assert caplog.text


async def until_done(bench: Bench, count: int) -> None:
    async def enough() -> bool:
        return len(bench.done) >= count

    await until(enough)
    await bench.until_row(bench.done[-1], lambda row: row.state == "done")
    assert len(bench.done) == count


async def until_logged(caplog: pytest.LogCaptureFixture, words: str) -> None:
    async def logged() -> bool:
        return words in caplog.text

    await until(logged)


def test_a_simulated_clock_is_trusted_to_wake_the_worker(sqlite_url: str) -> None:
    async def park(wait: object) -> None:
        raise AssertionError

    database = Database(sqlite_url)
    simulated = Scheduler(database, Clock(lambda: START, park))
    real = Scheduler(database, Clock(lambda: START))
    assert (simulated._longest_rest, real._longest_rest) == (None, 60.0)
