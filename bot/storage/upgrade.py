"""Migrations: what version the database is at, and bringing it up to date."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from bot.errors import StartupError
from bot.storage.engine import Database

# Any number will do, as long as every process of this bot asks for the same one.
LOCK_KEY = 7_301_944


def _config(connection: Connection | None = None) -> Config:
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
    command.upgrade(_config(connection), "head")


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


async def upgrade(database: Database) -> None:
    """Apply all migrations not applied yet, in one transaction. Safe to call from two processes."""
    await database.check()
    async with database.engine.begin() as connection:
        await connection.run_sync(_upgrade)


async def current_revision(database: Database) -> str | None:
    """The revision the database is at, or None if it has none yet."""
    await database.check()
    async with database.engine.connect() as connection:
        return await connection.run_sync(_current)


def is_newer(revision: str | None) -> bool:
    """Whether a revision is one that this version of the bot does not know."""
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    return revision is not None and revision not in known


def head_revision() -> str | None:
    """The newest revision this version of the bot knows."""
    return ScriptDirectory.from_config(_config()).get_current_head()
