"""Real processes on one database, and one of them killed."""

import asyncio
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.clock import Clock, system_now
from bot.db.engine import Database
from bot.jobs import store as jobs
from bot.jobs.model import Job
from bot.jobs.scheduler import Scheduler
from bot.jobs.tables import JobRow
from tests.jobs.bench import until

ROOT = Path(__file__).parents[2]
Start = Callable[[str], Awaitable[Process]]


@pytest.fixture
async def start(database_url: str, tmp_path: Path) -> AsyncIterator[Start]:
    """Starts workers by name; they are ended with the test."""
    started: list[Process] = []

    async def start(name: str) -> Process:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.jobs.worker", name, database_url, str(tmp_path), cwd=ROOT
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_two_processes_do_each_of_200_jobs_once(
    database: Database, start: Start, tmp_path: Path
) -> None:
    async with database.write() as session:
        for number in range(200):
            await jobs.add(session, "test", str(number), system_now())
    workers = [await start("left"), await start("right")]

    async def all_done() -> bool:
        async with database.read() as session:
            done = select(func.count()).select_from(JobRow).where(JobRow.state == "done")
            return await session.scalar(done) == 200

    await until(all_done)
    for worker in workers:
        worker.terminate()
        assert await worker.wait() == 0
    lines = [line.split() for line in (tmp_path / "done").read_text().splitlines()]
    assert sorted(int(key) for _, key in lines) == list(range(200))
    assert {name for name, _ in lines} == {"left", "right"}
    async with database.read() as session:
        assert set(await session.scalars(select(JobRow.attempts))) == {1}


async def test_a_job_whose_holder_is_killed_is_taken_over_after_its_lease(
    database: Database, start: Start, tmp_path: Path
) -> None:
    async with database.write() as session:
        await jobs.add(session, "test", "deadly", system_now())
    worker = await start("left")

    async def begun() -> bool:
        return (tmp_path / "begun").exists()

    await until(begun)
    worker.send_signal(signal.SIGKILL)
    assert await worker.wait() == -signal.SIGKILL
    async with database.read() as session:
        held_until = await session.scalar(select(JobRow.lease_until))
    assert held_until is not None

    done: list[str] = []
    async with another(database, done, lambda: held_until - timedelta(seconds=1)) as heir:
        await sing(database, heir, "before")
        assert done == ["before"]
    async with another(database, done, lambda: held_until + timedelta(seconds=1)) as heir:
        await sing(database, heir, "after")
        assert sorted(done) == ["after", "before", "deadly"]


@asynccontextmanager
async def another(
    database: Database, done: list[str], now: Callable[[], datetime]
) -> AsyncIterator[Scheduler]:
    """A process like the killed one, at another time."""

    async def work(job: Job) -> None:
        done.append(job.key)

    scheduler = Scheduler(database, Clock(now))
    scheduler.handle("test", work)
    scheduler.start()
    yield scheduler
    await scheduler.stop()


async def sing(database: Database, scheduler: Scheduler, key: str) -> None:
    """Have a job done that is due after the killed one's; it shows that both were looked at."""
    async with database.write() as session:
        await jobs.add(session, "test", key, system_now())

    async def done() -> bool:
        async with database.read() as session:
            states = select(JobRow.state).where(JobRow.key == key)
            return await session.scalar(states) == "done"

    await until(done)
