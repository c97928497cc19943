"""Inserts that say what to do if the row exists already."""

from typing import cast

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.base import Base


def upsert(session: AsyncSession, table: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """An insert into `table` with the `on_conflict_…` methods, which both databases have.

    It uses the table itself, because building it from the mapped class takes three times as long.
    """
    bare = cast(Table, table.__table__)
    if session.get_bind().dialect.name == "sqlite":
        return sqlite.insert(bare)
    return postgresql.insert(bare)
