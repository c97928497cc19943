"""Migrations: which version the database is at, and bringing it up to date.

Alembic is loaded only if there is something to migrate. Loading it takes a seventh of the time that
the bot needs to start.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db.engine import Database
from bot.errors import StartupError

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).with_name("migrations")
# Any number works, if every process of this bot uses the same one.
LOCK_KEY = 7_301_944


def config(connection: Connection | None = None) -> Config:
    """What Alembic needs to know to work on a connection."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection) -> None:
    # The lock: on SQLite the surrounding BEGIN IMMEDIATE, on PostgreSQL this, until the commit.
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK_KEY})
    found = _current(connection)
    if is_newer(found):
        raise StartupError(
            f"The database was made by a newer version of this bot (revision {found}). "
            "Install that version, or point DATABASE_URL at another database."
        )
    if found != head_revision():
        from alembic import command

        command.upgrade(config(connection), "head")


def _current(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.scalars(text("SELECT version_num FROM alembic_version"))
    return found.one_or_none()


async def upgrade(database: Database) -> None:
    """Apply all migrations not applied yet, in one transaction. Safe to call from two processes."""
    await database.check()
    async with (
        database.engine.connect() as connection,
        unchecked_references(connection),
        connection.begin(),
    ):
        await connection.run_sync(_upgrade)


@asynccontextmanager
async def unchecked_references(connection: AsyncConnection) -> AsyncIterator[None]:
    """Let a migration on SQLite replace a table without deleting the rows that refer to it.

    It works only outside a transaction. Other databases change tables in place.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = (await connection.get_raw_connection()).driver_connection
    await driver.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        await driver.execute("PRAGMA foreign_keys = ON")


async def current_revision(database: Database) -> str | None:
    """The revision the database is at, or None if it has none yet."""
    await database.check()
    async with database.engine.connect() as connection:
        return await connection.run_sync(_current)


def is_newer(revision: str | None) -> bool:
    """Whether a revision is one that this version of the bot does not know."""
    return revision is not None and revision not in revisions()


def head_revision() -> str:
    """The newest revision this version of the bot knows."""
    return revisions()[-1]


def revisions() -> list[str]:
    """All revisions in order: the numbers that the files of migrations begin with."""
    files = (MIGRATIONS / "versions").glob("[0-9]*_*.py")
    return sorted(path.name.partition("_")[0] for path in files)
