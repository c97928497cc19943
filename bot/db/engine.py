"""The database: SQLite by default, PostgreSQL by URL."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing, nullcontext
from math import isfinite
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

from bot.db import sqlite
from bot.db.url import PostgresTarget, postgres_target
from bot.errors import StartupError

READING = "reading"
_CHANGED = "changed"
SQLITE_TRIES = 50
SQLITE_PAUSE = 0.1


class Database:
    """Transactions on one database.

    `write` is a transaction that may change things, `read` one that may not. SQLite has one
    writer at a time, so writers queue here instead of failing on its lock.
    """

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._writes = async_sessionmaker(self.engine, expire_on_commit=False)
        reading = self.engine.execution_options(**{READING: True})
        if not self.is_sqlite:
            # By default each statement in PostgreSQL sees everything committed before it.
            reading = reading.execution_options(isolation_level="REPEATABLE READ")
        self._reads = async_sessionmaker(reading, expire_on_commit=False, autoflush=False)
        self._turn: AbstractAsyncContextManager[Any] = (
            asyncio.Lock() if self.is_sqlite else nullcontext()
        )
        self._listeners: dict[str, list[Callable[[], None]]] = {}

    def listen(self, subject: str, listener: Callable[[], None]) -> None:
        """Have `listener` called after each commit of a `write` that `mark_changed(subject)`."""
        self._listeners.setdefault(subject, []).append(listener)

    def unlisten(self, subject: str, listener: Callable[[], None]) -> None:
        self._listeners[subject].remove(listener)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """One transaction, committed when the block ends and rolled back when it raises.

        Listeners to what it changed are called once the commit has succeeded.
        """
        async with self._turn, self._writes.begin() as session:
            yield session
        for subject in session.info.get(_CHANGED, ()):
            for listener in self._listeners.get(subject, ()):
                listener()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """One consistent view of the data."""
        async with self._reads.begin() as session:
            yield session

    @property
    def is_shared(self) -> bool:
        """Whether other processes may use it at the same time."""
        return not self.is_sqlite

    @property
    def shown_url(self) -> str:
        """The URL for people to read, without its password."""
        return self.engine.url.render_as_string(hide_password=True)

    async def check(self) -> None:
        """StartupError, in one sentence, if the database cannot be reached or written."""
        try:
            if self.is_sqlite:
                await asyncio.to_thread(_open_sqlite, self.engine.url.database or ":memory:")
            async with self.write() as session:
                await session.connection()
        except (OSError, OverflowError, TypeError, ValueError, DBAPIError, sqlite3.Error) as error:
            reason = error.orig if isinstance(error, DBAPIError) else error
            raise StartupError(
                f"The database {self.shown_url} cannot be opened: {reason}. "
                "Check DATABASE_URL, and that the server runs or the folder exists and is writable."
            ) from error

    async def close(self) -> None:
        await self.engine.dispose()


def mark_changed(session: AsyncSession, subject: str) -> None:
    """Note that this transaction changes `subject`; see `Database.listen`."""
    session.info.setdefault(_CHANGED, set()).add(subject)


def _engine(url: str) -> AsyncEngine:
    """The engine. Its errors hide values, because errors are logged and ballots must not be."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise StartupError("DATABASE_URL cannot be read as a URL.") from error
    if parsed.get_backend_name() != "sqlite":
        engine = create_async_engine(
            parsed, hide_parameters=True, pool_pre_ping=True, pool_size=5, max_overflow=10
        )
        event.listen(engine.sync_engine, "do_connect", _connecting_to(postgres_target(url)))
        return engine
    engine = create_async_engine(
        parsed, hide_parameters=True, connect_args={"async_creator_fn": _connect_sqlite}
    )
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _connecting_to(target: PostgresTarget) -> Callable[..., None]:
    """Lets the driver read the URL itself. SQLAlchemy would pass each parameter on as a keyword."""

    def prepare(
        _dialect: object, _record: object, args: list[Any], options: dict[str, Any]
    ) -> None:
        args[:] = [target.dsn]
        options.clear()
        if target.timeout is not None:
            options["timeout"] = target.timeout if isfinite(target.timeout) else None
        if not target.keeps_statements:
            options["statement_cache_size"] = 0
            options["prepared_statement_cache_size"] = 0
            options["prepared_statement_name_func"] = lambda: f"summit_{uuid4().hex}"

    return prepare


def _open_sqlite(path: str) -> None:
    """Set the file to write-ahead logging, which is permanent, and take its write lock once.

    Raises sqlite3.Error if that fails. It does not use aiosqlite, which leaves a thread behind if
    opening fails. It tries again, because SQLite does not wait for its lock while it changes the
    mode, and two processes that start together would fail.
    """
    for tries_left in reversed(range(SQLITE_TRIES)):
        try:
            with closing(sqlite3.connect(path)) as connection:
                connection.execute("PRAGMA busy_timeout = 10000")
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("BEGIN IMMEDIATE")
                # In a read-only file a transaction can begin, but not write.
                (version,) = connection.execute("PRAGMA user_version").fetchone()
                connection.execute(f"PRAGMA user_version = {int(version)}")
        except sqlite3.OperationalError as error:
            if not tries_left or "locked" not in str(error):
                raise
            time.sleep(SQLITE_PAUSE)
        else:
            return


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver would begin transactions too late and with too weak a lock; see `_begin_sqlite`.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("busy_timeout = 10000", "synchronous = FULL", "foreign_keys = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _connect_sqlite(path: str, **options: Any) -> sqlite.Connection:
    connection = sqlite.Connection(lambda: sqlite3.connect(path, **options), sqlite.ROWS_AT_ONCE)
    # As SQLAlchemy sets it: a connection that nobody closed must not keep the program running.
    connection._thread.daemon = True
    return connection


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes the lock at once. Upgrading a read lock later could fail in the middle.
    reading = connection.get_execution_options().get(READING)
    if not reading:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        return
    driver: Any = connection.connection.driver_connection
    driver.begin_with_next("BEGIN")
