"""SQLite with few hand-overs to the connection's thread.

aiosqlite hands each step to its thread: making a cursor, executing, fetching, closing. A hand-over
costs more than most statements. Here a statement and its rows are one hand-over, the BEGIN of a
reading transaction comes with its first statement, and ending a transaction that did nothing is
none. This uses parts of aiosqlite that SQLAlchemy uses too: its connection and its queue.
"""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Self

import aiosqlite

ROWS_AT_ONCE = 200
"""Rows that come back with a statement. More of them are fetched when they are asked for."""


class Connection(aiosqlite.Connection):
    """`begin_with_next` delays a BEGIN until the first statement after it."""

    _begin: str | None = None
    _is_open = False

    def cursor(self) -> "Cursor":  # type: ignore[override]
        return Cursor(self)

    def begin_with_next(self, begin: str) -> None:
        self._begin = begin

    async def commit(self) -> None:
        await self._end(super().commit)

    async def rollback(self) -> None:
        await self._end(super().rollback)

    async def _end(self, end: Callable[[], Any]) -> None:
        self._begin = None
        if self._is_open:
            await end()
            self._is_open = False

    async def run(self, work: Callable[[sqlite3.Connection], Any]) -> Any:
        """Do some work in the connection's thread.

        The caller may be cancelled while the thread is still at work, so the transaction counts as
        open from here on. It must be ended after that work.
        """
        self._is_open = True
        return await self._execute(self._work, work)  # type: ignore[no-untyped-call]

    def _work(self, work: Callable[[sqlite3.Connection], Any]) -> Any:
        begin, self._begin = self._begin, None
        if begin is not None:
            self._conn.execute(begin)
        return work(self._conn)


class Cursor:
    """A cursor as SQLAlchemy uses it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rest: sqlite3.Cursor | None = None
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> Self:
        await self._connection.run(lambda raw: self._keep(raw.execute(statement, parameters)))
        return self

    async def executemany(self, statement: str, parameters: Iterable[Sequence[Any]]) -> Self:
        await self._connection.run(lambda raw: self._keep(raw.executemany(statement, parameters)))
        return self

    def _keep(self, found: sqlite3.Cursor) -> None:
        """Keep what a statement gave; runs in the connection's thread."""
        self.description, self.lastrowid = found.description, found.lastrowid
        self._rows = found.fetchmany(ROWS_AT_ONCE) if found.description is not None else []
        self.rowcount = found.rowcount
        if len(self._rows) == ROWS_AT_ONCE:
            self._rest = found
        else:
            found.close()

    async def fetchall(self) -> list[Any]:
        rows, self._rows = self._rows, []
        if self._rest is not None:
            rest = self._rest
            rows = [*rows, *await self._connection.run(lambda _: rest.fetchall())]
            await self.close()
        return rows

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        size = self.arraysize if size is None else size
        if self._rest is not None and len(self._rows) < size:
            rest, missing = self._rest, size - len(self._rows)
            self._rows += await self._connection.run(lambda _: rest.fetchmany(missing))
        rows, self._rows = self._rows[:size], self._rows[size:]
        return rows

    async def fetchone(self) -> Any:
        rows = await self.fetchmany(1)
        return rows[0] if rows else None

    async def close(self) -> None:
        rest, self._rest = self._rest, None
        if rest is not None:
            await self._connection.run(lambda _: rest.close())
