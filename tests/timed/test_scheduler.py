import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.clock import Clock
from bot.storage import jobs
from bot.storage.engine import Database
from bot.storage.tables import JobRow
from bot.timed.model import Job
from bot.timed.scheduler import LEASE, Scheduler

START = datetime(2026, 1, 1, tzinfo=UTC)


class Bench:
    """A scheduler whose time is moved by hand, and what its handler was given."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = START
        self.done: list[str] = []
        self.failing: dict[str, int] = {}
        self.scheduler = self.make()

    def make(self) -> Scheduler:
        scheduler = Scheduler(self.database, Clock(lambda: self.now))
        scheduler.handle("test", self.handle)
        return scheduler

    async def handle(self, job: Job) -> None:
        if self.failing.get(job.key, 0) > 0:
            self.failing[job.key] -= 1
            raise RuntimeError(f"{job.key} is broken")
        self.done.append(job.key)

    async def add(self, key: str, after: timedelta) -> None:
        async with self.database.write() as session:
            await jobs.add(session, "test", key, START + after)
        self.scheduler.wake()

    async def pass_time(self, amount: timedelta) -> None:
        self.now += amount
        self.scheduler.wake()
        await self.until_idle()

    async def until_idle(self) -> None:
        for _ in range(200):
            await asyncio.sleep(0.01)
            async with self.database.read() as session:
                due = await jobs.next_due(session, ["test"])
            if due is None or due > self.now:
                return
        raise AssertionError("the scheduler left due work undone")

    async def row(self, key: str) -> JobRow:
        async with self.database.read() as session:
            return (await session.scalars(select(JobRow).where(JobRow.key == key))).one()


@pytest.fixture
async def bench(database: Database) -> AsyncIterator[Bench]:
    bench = Bench(database)
    bench.scheduler.start()
    yield bench
    await bench.scheduler.stop()


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
    assert (first.state, first.attempts, first.due_at) == (
        "waiting",
        1,
        START + timedelta(seconds=5),
    )
    assert "bad is broken" in (first.last_error or "")
    await bench.pass_time(timedelta(seconds=5))
    assert (await bench.row("bad")).due_at == START + timedelta(seconds=15)
    await bench.pass_time(timedelta(seconds=10))
    assert bench.done == ["good", "bad"]
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


async def test_two_processes_never_do_the_same_job(bench: Bench) -> None:
    others = [bench.make() for _ in range(3)]
    for other in others:
        other.start()
    for number in range(30):
        await bench.add(str(number), timedelta(0))
    for other in others:
        other.wake()
    await bench.until_idle()
    for other in others:
        await other.stop()
    assert sorted(bench.done, key=int) == [str(number) for number in range(30)]


async def test_a_job_whose_holder_died_is_taken_over_when_its_lease_ends(bench: Bench) -> None:
    await bench.scheduler.stop()
    await bench.add("orphan", timedelta(0))
    async with bench.database.write() as session:
        claimed = await jobs.claim(
            session, ["test"], now=START, holder="dead", lease=LEASE, limit=5
        )
    assert [job.key for job in claimed] == ["orphan"]
    bench.scheduler.start()
    await bench.pass_time(LEASE - timedelta(seconds=1))
    assert bench.done == []
    await bench.pass_time(timedelta(seconds=1))
    assert bench.done == ["orphan"]
