"""Queries on jobs: things to be done later."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Update, and_, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.engine import mark_changed
from bot.db.upsert import upsert
from bot.jobs.model import MOST_ATTEMPTS, Job, JobState
from bot.jobs.tables import JobRow

JOBS = "jobs"
"""Marks a transaction after which a job may be due earlier than before."""
_WAITING, _RUNNING = JobState.WAITING, JobState.RUNNING
_OVER = (JobState.DONE, JobState.FAILED)


async def add(session: AsyncSession, kind: str, key: str, due_at: datetime) -> None:
    """Add a job in the transaction that makes it necessary."""
    await session.execute(insert(JobRow).values(kind=kind, key=key, due_at=due_at, state=_WAITING))
    mark_changed(session, JOBS)


async def ensure(session: AsyncSession, kind: str, key: str, due_at: datetime) -> None:
    """Add a job unless there is one for this kind and key, which then stays as planned."""
    anew: dict[str, object] = {
        "state": _WAITING,
        "due_at": due_at,
        "attempts": 0,
        "late": False,
        "done_at": None,
        "last_error": None,
    }
    planned = upsert(session, JobRow).values(kind=kind, key=key, due_at=due_at, state=_WAITING)
    await session.execute(
        planned.on_conflict_do_update(
            index_elements=["kind", "key"], set_=anew, where=JobRow.state.in_(_OVER)
        )
    )
    mark_changed(session, JOBS)


async def replan(session: AsyncSession, kind: str, key: str, due_at: datetime) -> None:
    """Add a job, or move the one for this kind and key to `due_at`.

    A job that is running finishes, and runs again at `due_at`.
    """
    await cancel(session, kind, key)
    await add(session, kind, key, due_at)


async def try_anew(session: AsyncSession, job: Job, at: datetime) -> None:
    """Reschedule a job that is about to be given up, if it is still wanted.

    A job whose holder died each time is left, because it might kill this process too.
    """
    if not job.is_hopeless and await is_still_wanted(session, job):
        await replan(session, job.kind, job.key, at)


async def cancel(session: AsyncSession, kind: str, key: str) -> None:
    """Delete a job that is no longer needed. If it is running, it is not stopped."""
    await session.execute(delete(JobRow).where(JobRow.kind == kind, JobRow.key == key))


async def is_waiting(session: AsyncSession, kind: str, key: str, *, lock: bool = False) -> bool:
    """Whether a job is waiting for its first or next attempt and is not running.

    `lock` holds it until the transaction ends.
    """
    query = select(JobRow.state).where(JobRow.kind == kind, JobRow.key == key)
    return await session.scalar(query.with_for_update() if lock else query) == _WAITING


async def keys(session: AsyncSession, kind: str) -> set[str]:
    """The keys of all jobs of a kind."""
    return set(await session.scalars(select(JobRow.key).where(JobRow.kind == kind)))


async def revive(
    session: AsyncSession, kinds: Collection[str], keys: Collection[str] | None = None
) -> None:
    """Restart jobs that were given up, only those for `keys` if given.

    They keep their due time, so that they are known to be late. A job whose holder died each time
    is left, because it might kill this process too.
    """
    given_up = (
        JobRow.kind.in_(kinds),
        JobRow.state == JobState.FAILED,
        JobRow.attempts <= MOST_ATTEMPTS,
    )
    query = update(JobRow).where(*given_up)
    if keys is not None:
        query = query.where(JobRow.key.in_(keys))
    await session.execute(query.values(state=_WAITING, attempts=0, lease_until=None, done_at=None))
    mark_changed(session, JOBS)


async def claim(
    session: AsyncSession,
    kinds: Sequence[str],
    *,
    now: datetime,
    holder: str,
    lease: timedelta,
    limit: int,
    leaving_out: Collection[int] = (),
) -> list[Job]:
    """Claim up to `limit` due jobs for `holder`, and those whose lease has ended.

    `holder` names this claim: only the claim that took a job may finish it, and not an earlier one
    of the same process. On PostgreSQL rows that another process is claiming are skipped. On SQLite
    no other transaction writes at the same time.
    """
    rows = (
        await session.scalars(
            select(JobRow)
            .where(
                _to_do(kinds, leaving_out),
                JobRow.due_at <= now,
                or_(JobRow.lease_until.is_(None), JobRow.lease_until <= now),
            )
            .order_by(JobRow.due_at, JobRow.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
    ).all()
    for row in rows:
        row.state = _RUNNING
        row.holder = holder
        row.lease_until = now + lease
        row.attempts += 1
    return [Job(row.id, row.kind, row.key, row.due_at, row.attempts, holder) for row in rows]


async def renew(session: AsyncSession, job: Job, *, until: datetime) -> bool:
    """Extend the lease of a running job. False if another claim has taken it over.

    True also for a job that was cancelled or planned anew while it ran: no other claim has it.
    """
    held = await session.scalars(_held(job).values(lease_until=until).returning(JobRow.id))
    if held.first() is not None:
        return True
    other = select(JobRow.id).where(JobRow.id == job.id, JobRow.state == _RUNNING)
    return await session.scalar(other) is None


async def is_still_wanted(session: AsyncSession, job: Job) -> bool:
    """Whether a running job was neither cancelled nor planned anew nor taken over.

    The row is locked until the transaction ends.
    """
    held = select(JobRow.id).where(_is_held(job)).with_for_update()
    return await session.scalar(held) is not None


async def finish(session: AsyncSession, job: Job, *, at: datetime, late: bool) -> None:
    """Mark a job done, unless another claim has taken it over meanwhile."""
    await session.execute(
        _held(job).values(
            state=JobState.DONE, done_at=at, late=late, lease_until=None, last_error=None
        )
    )


async def put_off(
    session: AsyncSession,
    job: Job,
    *,
    until: datetime | None,
    at: datetime,
    error: str,
    is_counted: bool = True,
) -> None:
    """Record a failure and try again at `until`; give the job up if that is None.

    `due_at` stays, so that the work is known to be late once it succeeds.
    """
    values: dict[str, object] = {"lease_until": until, "last_error": error}
    if not is_counted:
        values["attempts"] = job.attempts - 1
    if until is None:
        values |= {"state": JobState.FAILED, "done_at": at}
    else:
        values["state"] = _WAITING
    await session.execute(_held(job).values(values))


async def give_back(session: AsyncSession, job: Job) -> None:
    """Give back a job that was stopped with the process. That attempt does not count."""
    await session.execute(
        _held(job).values(state=_WAITING, lease_until=None, attempts=job.attempts - 1)
    )
    mark_changed(session, JOBS)


async def next_due(
    session: AsyncSession, kinds: Sequence[str], leaving_out: Collection[int] = ()
) -> datetime | None:
    """When the next job is due or the next lease ends; None if there is nothing to do."""
    return await session.scalar(
        select(func.min(func.coalesce(JobRow.lease_until, JobRow.due_at))).where(
            _to_do(kinds, leaving_out)
        )
    )


async def forget_old(session: AsyncSession, before: datetime) -> int:
    """Delete jobs that were done or given up before then; returns how many."""
    gone = await session.scalars(
        delete(JobRow)
        .where(JobRow.state.in_(_OVER), func.coalesce(JobRow.done_at, JobRow.due_at) < before)
        .returning(JobRow.id)
    )
    return len(gone.all())


def _to_do(kinds: Sequence[str], leaving_out: Collection[int]) -> ColumnElement[bool]:
    condition = JobRow.state.in_([_WAITING, _RUNNING]) & JobRow.kind.in_(kinds)
    return condition & JobRow.id.not_in(leaving_out) if leaving_out else condition


def _held(job: Job) -> Update:
    return update(JobRow).where(_is_held(job))


def _is_held(job: Job) -> ColumnElement[bool]:
    return and_(JobRow.id == job.id, JobRow.holder == job.holder, JobRow.state == _RUNNING)
