"""The one worker for everything that happens later.

Jobs are rows. A job is claimed with a lease in one transaction, carried out, and marked done in
another. After a crash its handler may run again, so running it twice must have the same result.
The lease is renewed while the job runs. A job whose holder died is taken over when its lease ends.
"""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.db.engine import Database
from bot.jobs import store as jobs
from bot.jobs.model import LONGEST_PAUSE, Job

log = logging.getLogger(__name__)

Handler = Callable[[Job], Awaitable[None]]
GivenUp = Callable[[Job, Exception], Awaitable[None]]

LEASE = timedelta(minutes=5)
RENEW_SECONDS = 100.0
AT_ONCE = 20
AT_MOST_SECONDS = 600.0
SECONDS_TO_STOP = 5.0
SECONDS_TO_OBEY = 1.0
SECONDS_TO_GIVE_UP = 60.0
# Another process may hold what is due at the moment.
AFTER_NOTHING = 1.0
AFTER_A_FAILURE, LONGEST_AFTER_FAILURES = 5.0, 60.0
# Another process may add earlier work to a shared database without waking this worker.
LONGEST_REST = 60.0


class LostLeaseError(Exception):
    """Another process has taken the job over, so this one must leave it."""


@dataclass(frozen=True, slots=True)
class _Kind:
    handler: Handler
    at_most: float
    given_up: GivenUp | None
    anew_after: timedelta | None


class Scheduler:
    """Carries out due jobs and sleeps in between, until the next one is due or one is added.

    Every commit of a transaction of `database` that adds or changes jobs wakes it.
    """

    def __init__(
        self, database: Database, clock: Clock, *, renew_seconds: float = RENEW_SECONDS
    ) -> None:
        self._database = database
        self._clock = clock
        self._renew_seconds = renew_seconds
        self._handlers: dict[str, _Kind] = {}
        self._earlier = asyncio.Event()
        self._running: dict[asyncio.Task[None], Job] = {}
        self._worker: asyncio.Task[None] | None = None
        self._stopping = False
        rests = (clock.longest_rest, LONGEST_REST if database.is_shared else None)
        self._longest_rest = min((rest for rest in rests if rest is not None), default=None)

    @property
    def kinds(self) -> list[str]:
        """The kinds of jobs that it has handlers for."""
        return list(self._handlers)

    def handle(
        self,
        kind: str,
        handler: Handler,
        *,
        at_most: float = AT_MOST_SECONDS,
        given_up: GivenUp | None = None,
        anew_after: timedelta | None = None,
    ) -> None:
        """Have jobs of `kind` done by `handler`, which fails if it takes `at_most` seconds.

        `given_up` is called with the error of the last attempt before the job is given up, also if
        its holder died each time. If it fails, the job is tried once more an hour later, so it may
        be called again. Give `anew_after` for jobs that nothing else would recreate: they are
        rescheduled that long after their last failure instead of being given up.
        """
        self._handlers[kind] = _Kind(handler, at_most, given_up, anew_after)

    def wake(self) -> None:
        """Look for work again: there may be some that is due earlier."""
        self._earlier.set()

    def start(self) -> None:
        self._stopping = False
        self._database.listen(jobs.JOBS, self.wake)
        self._worker = asyncio.create_task(self._work(), name="scheduler")

    async def stop(self) -> None:
        """Finish the running jobs, then stop. Jobs that take too long are given back."""
        if self._worker is None:
            return
        self._stopping = True
        self.wake()
        await asyncio.wait({self._worker, *self._running}, timeout=SECONDS_TO_STOP)
        cut_short = dict(self._running)
        for task in (self._worker, *cut_short):
            task.cancel()
        await asyncio.gather(self._worker, *cut_short, return_exceptions=True)
        self._worker = None
        self._database.unlisten(jobs.JOBS, self.wake)
        if cut_short:
            await self._give_back(cut_short.values())

    async def _work(self) -> None:
        failures = 0
        while not self._stopping:
            try:
                pause = await self._turn()
                failures = 0
            except Exception:
                log.exception("The scheduler could not reach the database")
                pause = min(AFTER_A_FAILURE * 2**failures, LONGEST_AFTER_FAILURES)
                failures = min(failures + 1, 10)
            if pause is None or pause > 0:
                await self._clock.rest(self._earlier, pause)
            if not self._stopping:
                self._earlier.clear()

    async def _turn(self) -> float | None:
        """Start the jobs that are due; returns how many seconds to rest, None until woken."""
        free = AT_ONCE - len(self._running)
        if free <= 0:
            return None
        # If the clock was set forward, leases that are renewed here seem to have ended.
        mine = [job.id for job in self._running.values()]
        async with self._database.read() as session:
            due = await jobs.next_due(session, self.kinds, mine)
        now = self._clock.now()
        if due is None or due > now:
            return self._rest_until(due, now)
        async with self._database.write() as session:
            claimed = await jobs.claim(
                session,
                self.kinds,
                now=now,
                holder=secrets.token_hex(8),
                lease=LEASE,
                limit=free,
                leaving_out=mine,
            )
        for job in claimed:
            self._begin(job)
        return 0 if claimed else AFTER_NOTHING

    def _rest_until(self, due: datetime | None, now: datetime) -> float | None:
        if due is None:
            return self._longest_rest
        wait = max((due - now).total_seconds(), 0.001)
        return wait if self._longest_rest is None else min(wait, self._longest_rest)

    def _begin(self, job: Job) -> None:
        task = asyncio.create_task(self._do(job), name=f"{job.kind} {job.key}")
        self._running[task] = job
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        del self._running[task]
        self.wake()

    async def _do(self, job: Job) -> None:
        """Carry out one job. An error is recorded with it and stops no other job."""
        failure: Exception | None = None
        try:
            await self._carry_out(job)
        except Exception as error:
            log.exception("Job %s %s failed (attempt %d)", job.kind, job.key, job.attempts)
            failure = error
        try:
            told = failure is None or job.pause() is not None or await self._given_up(job, failure)
            await self._record(job, failure, told=told)
        except Exception:
            # Its lease runs out, and it is done again.
            log.exception("What became of job %s %s could not be recorded", job.kind, job.key)

    async def _carry_out(self, job: Job) -> None:
        """Run a job's handler, hold its lease meanwhile, and stop it if it takes too long."""
        if job.is_hopeless:
            raise RuntimeError("It is given up: whoever took it up died over it.")
        kind = self._handlers[job.kind]
        handling: asyncio.Future[None] = asyncio.ensure_future(kind.handler(job))
        left = kind.at_most
        try:
            while left > 0:
                span = min(left, self._renew_seconds)
                await asyncio.wait({handling}, timeout=span)
                if handling.done():
                    break
                left -= span
                await self._renew(job)
            else:
                raise TimeoutError(f"It took longer than {kind.at_most:g} seconds.")
        finally:
            await _end(handling)
        if handling.cancelled():
            raise RuntimeError("It was cancelled.")
        handling.result()

    async def _given_up(self, job: Job, failure: Exception) -> bool:
        """Tell those who must know that a job is given up; returns whether that succeeded."""
        given_up = self._handlers[job.kind].given_up
        if given_up is None or isinstance(failure, LostLeaseError):
            return True
        try:
            async with asyncio.timeout(SECONDS_TO_GIVE_UP):
                await given_up(job, failure)
        except Exception:
            log.exception("Nobody could be told that job %s %s is given up", job.kind, job.key)
            return False
        return True

    async def _renew(self, job: Job) -> None:
        try:
            async with self._database.write() as session:
                held = await jobs.renew(session, job, until=self._clock.now() + LEASE)
        except Exception:
            log.exception("The lease of job %s %s could not be renewed", job.kind, job.key)
            return
        if not held:
            raise LostLeaseError

    async def _record(self, job: Job, failure: Exception | None, *, told: bool) -> None:
        now = self._clock.now()
        async with self._database.write() as session:
            if failure is None:
                await jobs.finish(session, job, at=now, late=job.is_late(now))
                return
            pause = job.pause() if told else LONGEST_PAUSE
            anew_after = self._handlers[job.kind].anew_after
            if pause is None and anew_after is not None:
                await jobs.try_anew(session, job, now + anew_after)
            until = None if pause is None else now + pause
            await jobs.put_off(
                session, job, until=until, at=now, error=repr(failure), is_counted=told
            )

    async def _give_back(self, cut_short: Iterable[Job]) -> None:
        try:
            async with self._database.write() as session:
                for job in cut_short:
                    await jobs.give_back(session, job)
        except Exception:
            log.exception("Jobs that were cut short are taken up again when their leases end")


async def _end(handling: asyncio.Future[None]) -> None:
    """Stop a handler that is not done. One that does not stop is left running."""
    if handling.done():
        return
    handling.cancel()
    await asyncio.wait({handling}, timeout=SECONDS_TO_OBEY)
    if handling.done() and not handling.cancelled():
        handling.exception()
