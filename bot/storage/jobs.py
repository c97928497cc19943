"""Queries on jobs: things to be done later."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Update, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage.tables import JobRow
from bot.timed.model import Job, JobState

_WAITING, _RUNNING = JobState.WAITING.value, JobState.RUNNING.value


async def add(session: AsyncSession, kind: str, key: str, due_at: datetime) -> None:
    """Have `kind` done for `key` at `due_at`, in the transaction that makes it necessary."""
    await session.execute(insert(JobRow).values(kind=kind, key=key, due_at=due_at, state=_WAITING))


async def replan(session: AsyncSession, kind: str, key: str, due_at: datetime) -> None:
    """Have `kind` done for `key` at `due_at` instead of whenever it was planned, if it was."""
    await cancel(session, kind, key)
    await add(session, kind, key, due_at)


async def cancel(session: AsyncSession, kind: str, key: str) -> None:
    """What was to be done has become needless."""
    await session.execute(delete(JobRow).where(JobRow.kind == kind, JobRow.key == key))


async def bring_forward(session: AsyncSession, kind: str, key: str, due_at: datetime) -> None:
    """Have a waiting job done earlier than planned."""
    await session.execute(
        update(JobRow)
        .where(JobRow.kind == kind, JobRow.key == key, JobRow.state == _WAITING)
        .values(due_at=due_at)
    )


async def claim(
    session: AsyncSession,
    kinds: Sequence[str],
    *,
    now: datetime,
    holder: str,
    lease: timedelta,
    limit: int,
) -> list[Job]:
    """Take up to `limit` due jobs for `holder`, also those whose holder let its lease run out.

    On PostgreSQL rows that another process is claiming are skipped, not waited for; on SQLite
    the transaction has the database to itself.
    """
    due = or_(
        (JobRow.state == _WAITING) & (JobRow.due_at <= now),
        (JobRow.state == _RUNNING) & (JobRow.lease_until <= now),
    )
    rows = (
        await session.scalars(
            select(JobRow)
            .where(due, JobRow.kind.in_(kinds))
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
    return [Job(row.id, row.kind, row.key, row.due_at, row.attempts) for row in rows]


async def finish(session: AsyncSession, job: Job, holder: str, *, at: datetime, late: bool) -> None:
    """Mark a job done, unless another process has taken it over meanwhile."""
    await session.execute(
        _held(job, holder).values(
            state=JobState.DONE.value, done_at=at, late=late, lease_until=None, last_error=None
        )
    )


async def put_off(
    session: AsyncSession, job: Job, holder: str, *, until: datetime | None, error: str
) -> None:
    """Record a failure and try again at `until`, or give up where that is None."""
    state = JobState.FAILED if until is None else JobState.WAITING
    values: dict[str, object] = {"state": state.value, "lease_until": None, "last_error": error}
    if until is not None:
        values["due_at"] = until
    await session.execute(_held(job, holder).values(values))


async def next_due(session: AsyncSession, kinds: Sequence[str]) -> datetime | None:
    """When the next job falls due or the next lease runs out; None if there is nothing to do."""
    return await session.scalar(
        select(func.min(func.coalesce(JobRow.lease_until, JobRow.due_at))).where(
            JobRow.state.in_([_WAITING, _RUNNING]), JobRow.kind.in_(kinds)
        )
    )


def _held(job: Job, holder: str) -> Update:
    return update(JobRow).where(
        JobRow.id == job.id, JobRow.holder == holder, JobRow.state == _RUNNING
    )
