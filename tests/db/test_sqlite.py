"""What SQLAlchemy and the bot need of the connection to SQLite."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from bot.db import sqlite
from bot.db.engine import Database

MANY = 3 * sqlite.ROWS_AT_ONCE + 7


@pytest.fixture
async def numbers(sqlite_url: str) -> AsyncIterator[Database]:
    """A database with a table of many numbers."""
    database = Database(sqlite_url)
    async with database.write() as session:
        await session.execute(text("CREATE TABLE numbers (number INTEGER PRIMARY KEY)"))
        await session.execute(
            text("INSERT INTO numbers VALUES (:number)"), [{"number": n} for n in range(MANY)]
        )
    yield database
    await database.close()


async def test_more_rows_than_come_back_at_once_are_all_read(numbers: Database) -> None:
    query = text("SELECT number FROM numbers ORDER BY number")
    async with numbers.read() as session:
        assert list(await session.scalars(query)) == list(range(MANY))
        first = (await session.scalars(query)).first()
        parts = await session.stream_scalars(query.execution_options(yield_per=50))
        streamed = [number async for part in parts.partitions() for number in part]
    assert first == 0
    assert streamed == list(range(MANY))


async def test_exactly_as_many_rows_as_come_back_at_once_are_read(numbers: Database) -> None:
    query = text(f"SELECT number FROM numbers WHERE number < {sqlite.ROWS_AT_ONCE}")
    async with numbers.read() as session:
        assert len(list(await session.scalars(query))) == sqlite.ROWS_AT_ONCE


async def test_a_reader_sees_one_state_from_its_first_statement_on(numbers: Database) -> None:
    count = text("SELECT count(*) FROM numbers")
    async with numbers.read() as session:
        before = await session.scalar(count)
        async with numbers.write() as writing:
            await writing.execute(text("DELETE FROM numbers"))
        assert await session.scalar(count) == before == MANY
    async with numbers.read() as session:
        assert await session.scalar(count) == 0


async def test_a_statement_that_fails_leaves_nothing_behind(numbers: Database) -> None:
    with pytest.raises(IntegrityError):  # noqa: PT012 - the transaction fails as a whole
        async with numbers.write() as session:
            await session.execute(text("DELETE FROM numbers WHERE number > 0"))
            await session.execute(text("INSERT INTO numbers VALUES (0)"))
    async with numbers.write() as session:
        assert await session.scalar(text("SELECT count(*) FROM numbers")) == MANY


async def test_a_reading_statement_takes_two_hand_overs_to_the_thread(
    numbers: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, handed = sqlite.Connection._execute, 0

    async def counting(self: sqlite.Connection, *arguments: object, **more: object) -> object:
        nonlocal handed
        handed += 1
        return await plain(self, *arguments, **more)

    monkeypatch.setattr(sqlite.Connection, "_execute", counting)
    async with numbers.read() as session:
        await session.scalar(text("SELECT 1"))
    assert handed == 2  # BEGIN with the statement, and the end of the transaction
    async with numbers.read() as session:
        await session.connection()
    assert handed == 2


async def test_a_transaction_that_is_cancelled_in_a_statement_is_rolled_back(
    numbers: Database,
) -> None:
    slow = text(
        "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 3000000) "
        "SELECT count(*) FROM c"
    )

    async def delete_slowly() -> None:
        async with numbers.write() as session:
            await session.execute(text("DELETE FROM numbers"))
            await session.execute(slow)

    async def read_slowly() -> None:
        async with numbers.read() as session:
            await session.execute(slow)

    for work in (delete_slowly, read_slowly):
        task = asyncio.create_task(work())
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        async with numbers.write() as session:
            assert await session.scalar(text("SELECT count(*) FROM numbers")) == MANY
            await session.execute(text("UPDATE numbers SET number = number"))
