"""Queries for the moderation log."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.modlog.model import DETAIL_LIMIT, SUBJECT_LIMIT, Entry
from bot.modlog.tables import ModlogRow


async def add(session: AsyncSession, entry: Entry) -> int:
    """Add an entry; gives its id."""
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
    return row.id


async def get(session: AsyncSession, entry_id: int) -> Entry | None:
    row = await session.get(ModlogRow, entry_id)
    return _entry(row) if row else None


async def latest(
    session: AsyncSession, guild_id: int, *, act: str | None = None, limit: int
) -> Sequence[Entry]:
    """A server's latest entries, or those of one kind, newest first."""
    query = select(ModlogRow).where(ModlogRow.guild_id == guild_id)
    if act is not None:
        query = query.where(ModlogRow.act == act)
    rows = await session.scalars(query.order_by(ModlogRow.id.desc()).limit(limit))
    return [_entry(row) for row in rows]


async def claim_next(
    session: AsyncSession, guild_id: int, *, now: datetime, until: datetime
) -> tuple[int, Entry] | None:
    """Claim the server's oldest entry that is not posted; None if another process holds it."""
    row = await session.scalar(
        select(ModlogRow)
        .where(ModlogRow.guild_id == guild_id, ModlogRow.told_at.is_(None))
        .order_by(ModlogRow.id)
        .limit(1)
        .with_for_update()
    )
    if row is None or row.told_at or (row.telling_until and row.telling_until > now):
        return None
    row.telling_until = until
    return row.id, _entry(row)


async def mark_posted(session: AsyncSession, entry_id: int, at: datetime) -> None:
    await session.execute(
        update(ModlogRow).where(ModlogRow.id == entry_id).values(told_at=at, telling_until=None)
    )


async def release(session: AsyncSession, entry_id: int) -> None:
    await session.execute(
        update(ModlogRow).where(ModlogRow.id == entry_id).values(telling_until=None)
    )


async def mark_all_posted(session: AsyncSession, guild_id: int, at: datetime) -> None:
    await session.execute(
        update(ModlogRow)
        .where(ModlogRow.guild_id == guild_id, ModlogRow.told_at.is_(None))
        .values(told_at=at, telling_until=None)
    )


async def count_unposted(session: AsyncSession, guild_id: int) -> int:
    found = await session.scalar(
        select(func.count()).where(ModlogRow.guild_id == guild_id, ModlogRow.told_at.is_(None))
    )
    return found or 0


def _entry(row: ModlogRow) -> Entry:
    return Entry(row.guild_id, row.by, row.at, row.act, row.subject, row.url, row.detail)
