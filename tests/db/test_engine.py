from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from bot.db.engine import Database
from bot.jobs import store as jobs
from bot.jobs.tables import JobRow

DUE = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=1)


async def test_a_reading_transaction_sees_one_moment_whatever_is_written_meanwhile(
    database: Database,
) -> None:
    count = select(func.count()).select_from(JobRow)
    async with database.read() as session:
        assert await session.scalar(count) == 0
        async with database.write() as writer:
            await jobs.add(writer, "kind", "key", DUE)
        assert await session.scalar(count) == 0
    async with database.read() as session:
        assert await session.scalar(count) == 1
