"""Queries on what moderators did."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.modlog.model import DETAIL_LIMIT, SUBJECT_LIMIT, TELL_JOB, Entry
from bot.storage import jobs
from bot.storage.tables import ModlogRow


async def record(session: AsyncSession, entry: Entry) -> None:
    """Put on record what was done, in the transaction that does it, and have it told."""
    row = ModlogRow(
        guild_id=entry.guild_id,
        by=entry.by,
        at=entry.at,
        act=entry.act,
        subject=entry.subject[:SUBJECT_LIMIT],
        url=entry.url,
        detail=entry.detail[:DETAIL_LIMIT],
    )
    session.add(row)
    await session.flush()
    await jobs.add(session, TELL_JOB, str(row.id), entry.at)


async def get(session: AsyncSession, entry_id: int) -> Entry | None:
    row = await session.get(ModlogRow, entry_id)
    return _entry(row) if row else None


async def latest(session: AsyncSession, guild_id: int, *, limit: int) -> Sequence[Entry]:
    """What was done last in a server, newest first."""
    rows = await session.scalars(
        select(ModlogRow)
        .where(ModlogRow.guild_id == guild_id)
        .order_by(ModlogRow.id.desc())
        .limit(limit)
    )
    return [_entry(row) for row in rows]


def _entry(row: ModlogRow) -> Entry:
    return Entry(row.guild_id, row.by, row.at, row.act, row.subject, row.url, row.detail)
