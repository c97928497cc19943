"""Queries that delete a server's data, and rows that nobody needs any more."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import String, Table, cast, delete, func, select, tuple_, union
from sqlalchemy.ext.asyncio import AsyncSession

from bot.announcements.model import AnnouncementState
from bot.announcements.tables import AnnouncementRow
from bot.db.base import Base
from bot.jobs.tables import JobRow
from bot.polls.tables import ActionRow, PollDraftRow
from bot.privacy.ownership import in_server, table_of, tables

_UNUSED = (AnnouncementState.DRAFT, AnnouncementState.DISCARDED)


async def servers(session: AsyncSession) -> set[int]:
    """The servers that have any stored rows."""
    of_servers = (table for table in tables() if "guild_id" in table.c)
    # One statement for all tables, because it runs while the bot starts.
    return set(
        await session.scalars(union(*(select(table.c.guild_id).distinct() for table in of_servers)))
    )


def server_tables() -> list[Table]:
    """The tables that belong to servers, each before those that it refers to."""
    return [table for table in reversed(tables()) if in_server(table, 0) is not None]


async def delete_some(session: AsyncSession, table: Table, guild_id: int, limit: int) -> int:
    """Delete at most so many of a server's rows of a table; returns how many."""
    here = in_server(table, guild_id)
    if here is None:
        raise LookupError(f"{table.name} belongs to no server")
    key = tuple_(*table.primary_key)
    some = select(*table.primary_key).where(here).limit(limit)
    gone = await session.execute(delete(table).where(key.in_(some)).returning(*table.primary_key))
    return len(gone.all())


async def delete_jobs(session: AsyncSession, guild_id: int, job_tables: Mapping[str, str]) -> None:
    """Delete a server's jobs. `job_tables` names, by kind, the table whose ids are jobs' keys."""
    for kind, name in job_tables.items():
        table = Base.metadata.tables[name]
        here = in_server(table, guild_id)
        if here is None:
            raise LookupError(f"{name} belongs to no server")
        keys = select(cast(table.c.id, String)).where(here)
        await session.execute(delete(JobRow).where(JobRow.kind == kind, JobRow.key.in_(keys)))


async def delete_unfinished(session: AsyncSession, before: datetime) -> int:
    """Delete what was begun or last edited before then and never finished; returns how many
    rows."""
    gone = 0
    for row, condition in (
        (PollDraftRow, PollDraftRow.created_at < before),
        (ActionRow, (ActionRow.state == "proposed") & (ActionRow.at < before)),
        (
            AnnouncementRow,
            AnnouncementRow.state.in_(_UNUSED)
            & (func.coalesce(AnnouncementRow.edited_at, AnnouncementRow.created_at) < before)
            & (func.coalesce(AnnouncementRow.decided_at, AnnouncementRow.created_at) < before),
        ),
    ):
        table = table_of(row)
        rows = await session.execute(delete(table).where(condition).returning(*table.primary_key))
        gone += len(rows.all())
    return gone
