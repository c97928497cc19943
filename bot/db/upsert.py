"""Inserts that can say what to do where the row is there already."""

from typing import cast

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.base import Base


def upsert(session: AsyncSession, table: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """An insert into `table` with the `on_conflict_…` methods, which both databases have.

    It goes by the bare table: by way of the mapped class it takes three times as long.
    """
    bare = cast(Table, table.__table__)
    if session.get_bind().dialect.name == "sqlite":
        return sqlite.insert(bare)
    return postgresql.insert(bare)
