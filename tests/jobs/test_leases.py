"""A job is in one pair of hands at a time, and never in those of the dead for long."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.db.engine import Database
from bot.jobs import store as jobs
from bot.jobs.model import Job
from bot.jobs.scheduler import LEASE, Handler
from bot.jobs.tables import JobRow
from tests.jobs.bench import START, Bench, until


class Held(Bench):
    """A job that runs until it is released, in a process that renews its lease all the time."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.released = asyncio.Event()
        self.begun: list[str] = []
        self.cut_short: list[str] = []
        self.scheduler = self.make(renew_seconds=0.02)
        self.scheduler.handle("long", self.hold)
        self.other = self.make()
        self.other.handle("long", self.hold)

    async def hold(self, job: Job) -> None:
        self.begun.append(job.key)
        try:
            await self.released.wait()
        except asyncio.CancelledError:
            self.cut_short.append(job.key)
            raise
        self.done.append(job.key)

    async def look(self) -> None:
        """Have the other process look for work, and wait until it has."""
        key = f"canary at {self.now}"

        async def sing(job: Job) -> None:
            self.done.append(job.key)

        self.other.handle("canary", sing)
        async with self.database.write() as session:
            await jobs.add(session, "canary", key, START)
        await self.until_row(key, lambda row: row.state == "done")
        self.done.remove(key)


@pytest.fixture
async def held(database: Database) -> AsyncIterator[Held]:
    held = Held(database)
    await held.add("a", kind="long")
    held.scheduler.start()
    await held.until_row("a", lambda row: row.state == "running")
    held.other.start()
    yield held
    held.released.set()
    await held.scheduler.stop()
    await held.other.stop()


async def test_a_lease_is_renewed_while_the_job_runs_and_nobody_takes_it_over(held: Held) -> None:
    for _ in range(4):
        held.now += LEASE - timedelta(minutes=1)
        now = held.now
        await held.until_row("a", lambda row, now=now: row.lease_until == now + LEASE)  # type: ignore[misc]
        await held.look()
    assert held.begun == ["a"]
    held.released.set()
    row = await held.until_row("a", lambda row: row.state == "done")
    assert (held.done, row.attempts) == (["a"], 1)


async def test_a_process_whose_clock_leaps_forward_does_not_take_its_own_job_again(
    bench: Bench,
) -> None:
    released, begun = asyncio.Event(), []

    async def hold(job: Job) -> None:
        begun.append(job.key)
        await released.wait()

    bench.scheduler.handle("long", hold)
    await bench.add("a", kind="long")
    await bench.until_row("a", lambda row: row.state == "running")
    bench.now += timedelta(days=1)
    await bench.add("after")
    await bench.until_row("after", lambda row: row.state == "done")
    released.set()
    await bench.until_row("a", lambda row: row.state == "done")
    assert begun == ["a"]


async def test_who_lost_the_lease_leaves_the_job(
    held: Held, caplog: pytest.LogCaptureFixture
) -> None:
    async def taken() -> bool:
        # A row that is being renewed at this moment is skipped.
        async with held.database.write() as session:
            claimed = await jobs.claim(
                session,
                ["long"],
                now=held.now + LEASE + LEASE,
                holder="another",
                lease=LEASE,
                limit=1,
            )
        return [job.key for job in claimed] == ["a"]

    await until(taken)

    async def left() -> bool:
        return held.cut_short == ["a"]

    await until(left)
    row = await held.row("a")
    assert (row.holder, row.state, row.last_error) == ("another", "running", None)
    assert "LostLease" in caplog.text


async def test_who_sleeps_past_the_lease_ends_nothing_for_whoever_took_over(
    bench: Bench,
) -> None:
    """No renewal is due before that end, so that nothing tells the sleeper."""
    ends, other = {"sleeper": asyncio.Event(), "other": asyncio.Event()}, bench.make()
    ended: list[str] = []

    def held_by(name: str) -> Handler:
        async def hold(_: Job) -> None:
            await ends[name].wait()
            ended.append(name)

        return hold

    bench.scheduler.handle("long", held_by("sleeper"))
    other.handle("long", held_by("other"))
    await bench.add("a", kind="long")
    first = await bench.until_row("a", lambda row: row.state == "running")
    bench.now += LEASE
    other.start()
    await bench.until_row("a", lambda row: row.holder != first.holder)
    ends["sleeper"].set()
    # Stopping waits until it is recorded what became of that attempt.
    await bench.scheduler.stop()
    assert ended == ["sleeper"]
    row = await bench.row("a")
    assert (row.state, row.attempts, row.done_at) == ("running", 2, None)
    ends["other"].set()
    row = await bench.until_row("a", lambda row: row.state == "done")
    await other.stop()
    assert (ended, row.attempts) == (["sleeper", "other"], 2)


async def test_a_job_cancelled_while_it_runs_is_run_to_its_end(held: Held) -> None:
    async with held.database.write() as session:
        await jobs.cancel(session, "long", "a")
    # Time enough for renewals to find it gone.
    await asyncio.sleep(0.1)
    held.released.set()

    async def ended() -> bool:
        return held.done == ["a"]

    await until(ended)
    assert held.cut_short == []


async def test_many_processes_never_do_the_same_job(bench: Bench) -> None:
    others = [bench.make() for _ in range(3)]
    for other in others:
        other.start()
    for number in range(30):
        await bench.add(str(number))
    await bench.until_idle()
    for other in others:
        await other.stop()
    assert sorted(bench.done, key=int) == [str(number) for number in range(30)]


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_what_another_process_is_claiming_is_passed_over_and_not_waited_for(
    database: Database,
) -> None:
    async with database.write() as session:
        for key in ("held", "free"):
            await jobs.add(session, "test", key, START)
    async with database.write() as holding:
        held = select(JobRow).where(JobRow.key == "held").with_for_update()
        assert await holding.scalar(held) is not None
        async with asyncio.timeout(10), database.write() as session:
            claimed = await jobs.claim(
                session, ["test"], now=START, holder="another", lease=LEASE, limit=1
            )
    assert [job.key for job in claimed] == ["free"]


async def test_a_job_whose_holder_died_is_taken_over_when_its_lease_ends(bench: Bench) -> None:
    await bench.scheduler.stop()
    await bench.add("orphan")
    async with bench.database.write() as session:
        claimed = await jobs.claim(
            session, ["test"], now=START, holder="dead", lease=LEASE, limit=5
        )
    assert [job.key for job in claimed] == ["orphan"]
    bench.held_elsewhere.add("orphan")
    bench.scheduler.start()
    bench.now += LEASE - timedelta(seconds=1)
    await bench.add("canary")
    await bench.until_row("canary", lambda row: row.state == "done")
    assert bench.done == ["canary"]
    bench.held_elsewhere.clear()
    await bench.pass_time(timedelta(seconds=1))
    assert bench.done == ["canary", "orphan"]
    assert (await bench.row("orphan")).attempts == 2
