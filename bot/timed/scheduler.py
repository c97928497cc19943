"""The one worker for everything that happens later.

Jobs are rows. They are claimed with a lease in one transaction, carried out, and marked done in
another, so a handler may run again after a crash: it must reach the same end when run twice.
"""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.clock import Clock
from bot.storage import jobs
from bot.storage.engine import Database
from bot.timed.model import Job

log = logging.getLogger(__name__)

Handler = Callable[[Job], Awaitable[None]]

LEASE = timedelta(minutes=5)
AT_ONCE = 10
AFTER_A_FAILURE = 5.0
SECONDS_TO_STOP = 5.0
# Another process may add earlier work to a shared database without waking this one.
LONGEST_REST_SHARED = 60.0


class Scheduler:
    """Carries out due jobs and sleeps in between, until the next one or until `wake`."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._handlers: dict[str, Handler] = {}
        self._earlier = asyncio.Event()
        self._holder = secrets.token_hex(8)
        self._worker: asyncio.Task[None] | None = None
        self._stopping = False
        self._longest_rest = None if database.is_sqlite else LONGEST_REST_SHARED

    def handle(self, kind: str, handler: Handler) -> None:
        """Have jobs of `kind` done by `handler`."""
        self._handlers[kind] = handler

    def wake(self) -> None:
        """Look again: there may be earlier work than the worker sleeps for."""
        self._earlier.set()

    def start(self) -> None:
        self._stopping = False
        self._worker = asyncio.create_task(self._work(), name="scheduler")

    async def stop(self) -> None:
        """Finish what is under way, then stop; what takes too long is taken up at next start."""
        if self._worker is None:
            return
        self._stopping = True
        self.wake()
        await asyncio.wait({self._worker}, timeout=SECONDS_TO_STOP)
        self._worker.cancel()
        await asyncio.gather(self._worker, return_exceptions=True)
        self._worker = None

    async def _work(self) -> None:
        while not self._stopping:
            try:
                pause = await self._turn()
            except Exception:
                log.exception("The scheduler could not reach the database")
                pause = AFTER_A_FAILURE
            if pause is None or pause > 0:
                await self._clock.rest(self._earlier, pause)
            if not self._stopping:
                self._earlier.clear()

    async def _turn(self) -> float | None:
        """Do what is due; returns for how many seconds to rest, None for until woken."""
        kinds = list(self._handlers)
        now = self._clock.now()
        async with self._database.write() as session:
            claimed = await jobs.claim(
                session, kinds, now=now, holder=self._holder, lease=LEASE, limit=AT_ONCE
            )
        if claimed:
            await asyncio.gather(*(self._do(job) for job in claimed))
            return 0
        async with self._database.read() as session:
            due = await jobs.next_due(session, kinds)
        if due is None:
            return self._longest_rest
        wait = max((due - self._clock.now()).total_seconds(), 0.001)
        return wait if self._longest_rest is None else min(wait, self._longest_rest)

    async def _do(self, job: Job) -> None:
        """Carry out one job. Whatever it raises is recorded with it and stops nothing else."""
        try:
            await self._handlers[job.kind](job)
        except Exception as error:
            pause = job.pause()
            log.exception("Job %s %s failed (attempt %d)", job.kind, job.key, job.attempts)
            until = None if pause is None else self._clock.now() + pause
            async with self._database.write() as session:
                await jobs.put_off(session, job, self._holder, until=until, error=repr(error))
            return
        now = self._clock.now()
        async with self._database.write() as session:
            await jobs.finish(session, job, self._holder, at=now, late=job.is_late(now))
