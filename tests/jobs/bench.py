"""A scheduler whose time is moved by hand."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from bot.clock import Clock
from bot.db.engine import Database
from bot.jobs import store as jobs
from bot.jobs.model import Job
from bot.jobs.scheduler import Scheduler
from bot.jobs.tables import JobRow

START = datetime(2026, 1, 1, tzinfo=UTC)


class Bench:
    """A scheduler, its time, and what its handler was given. `failing` counts down to success."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = START
        self.done: list[str] = []
        self.failing: dict[str, int] = {}
        self.held_elsewhere: set[str] = set()
        self.scheduler = self.make()

    def make(self, **options: Any) -> Scheduler:
        scheduler = Scheduler(self.database, Clock(lambda: self.now), **options)
        scheduler.handle("test", self.handle)
        return scheduler

    async def handle(self, job: Job) -> None:
        if self.failing.get(job.key, 0) > 0:
            self.failing[job.key] -= 1
            raise RuntimeError(f"{job.key} is broken")
        self.done.append(job.key)

    async def add(self, key: str, after: timedelta = timedelta(0), kind: str = "test") -> None:
        async with self.database.write() as session:
            await jobs.add(session, kind, key, START + after)

    async def pass_time(self, amount: timedelta) -> None:
        self.now += amount
        self.scheduler.wake()
        await self.until_idle()

    async def until_idle(self) -> None:
        """Wait until nothing is due and nothing runs."""

        async def idle() -> bool:
            async with self.database.read() as session:
                due = await jobs.next_due(session, ["test"])
                running = await session.scalars(select(JobRow.key).where(JobRow.state == "running"))
            return set(running) <= self.held_elsewhere and (due is None or due > self.now)

        await until(idle)

    async def until_done(self, count: int) -> None:
        """Wait until so many jobs were handled, and no more, and the last is marked done."""

        async def enough() -> bool:
            return len(self.done) >= count

        await until(enough)
        await self.until_row(self.done[-1], lambda row: row.state == "done")
        assert len(self.done) == count

    async def row(self, key: str) -> JobRow:
        async with self.database.read() as session:
            return (await session.scalars(select(JobRow).where(JobRow.key == key))).one()

    async def until_row(self, key: str, holds: Callable[[JobRow], bool]) -> JobRow:
        """Wait until a job's row is as wanted."""

        async def there() -> bool:
            return holds(await self.row(key))

        await until(there)
        return await self.row(key)


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Wait for something that must come; gives up after half a minute."""
    async with asyncio.timeout(30):
        while not await holds():
            await asyncio.sleep(0.01)
