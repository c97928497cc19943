from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import text
from sqlalchemy.exc import StatementError

from bot.db.engine import Database
from bot.jobs import store as jobs


async def test_instants_come_back_aware_in_utc(database: Database) -> None:
    seoul = timezone(timedelta(hours=9))
    async with database.write() as session:
        await jobs.add(session, "test", "a", datetime(2026, 1, 1, 9, tzinfo=seoul))
    async with database.read() as session:
        due = await jobs.next_due(session, ["test"])
    assert due == datetime(2026, 1, 1, tzinfo=UTC)
    assert due is not None
    assert due.utcoffset() == timedelta(0)


async def test_a_naive_instant_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="no time zone"):
        async with database.write() as session:
            await jobs.add(session, "test", "a", datetime(2026, 1, 1))


async def test_sqlite_survives_a_power_cut(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    async with database.read() as session:
        mode = await session.scalar(text("PRAGMA journal_mode"))
        synchronous = await session.scalar(text("PRAGMA synchronous"))
        keys = await session.scalar(text("PRAGMA foreign_keys"))
    await database.close()
    assert (mode, synchronous, keys) == ("wal", 2, 1)  # 2 is FULL
