"""Migrations: what version the database is at, and bringing it up to date."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import StartupError
from bot.storage.engine import Database

# Any number will do, as long as every process of this bot asks for the same one.
LOCK_KEY = 7_301_944


def config(connection: Connection | None = None) -> Config:
    """What Alembic needs to know to work on a connection."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
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
    command.upgrade(config(connection), "head")


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


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
    """Let a migration replace a table on SQLite without deleting what refers to it.

    Only works outside a transaction. Elsewhere tables are changed in place.
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
    known = {script.revision for script in ScriptDirectory.from_config(config()).walk_revisions()}
    return revision is not None and revision not in known


def head_revision() -> str | None:
    """The newest revision this version of the bot knows."""
    return ScriptDirectory.from_config(config()).get_current_head()
