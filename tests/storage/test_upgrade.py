import asyncio
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.engine import make_url

from bot.errors import StartupError
from bot.storage.engine import Database
from bot.storage.tables import Base
from bot.storage.upgrade import current_revision, head_revision, upgrade
from tests.conftest import PostgresMaker


@pytest.fixture(params=["sqlite", "postgres"])
async def empty_url(
    request: pytest.FixtureRequest, tmp_path: Path, postgres_maker: PostgresMaker
) -> str:
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'new.db'}"
    return await postgres_maker.make()


async def test_migrations_make_the_tables_that_the_code_expects(database: Database) -> None:
    async with database.engine.connect() as connection:
        differences = await connection.run_sync(
            lambda sync: compare_metadata(
                MigrationContext.configure(sync, opts={"compare_type": True}), Base.metadata
            )
        )
    assert differences == []


async def test_two_processes_may_upgrade_at_once(empty_url: str) -> None:
    one, other = Database(empty_url), Database(empty_url)
    await asyncio.gather(upgrade(one), upgrade(other))
    assert await current_revision(one) == head_revision()
    await one.close()
    await other.close()


async def test_a_database_of_a_newer_version_is_refused_in_words(empty_url: str) -> None:
    database = Database(empty_url)
    await upgrade(database)
    async with database.write() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StartupError, match="newer version"):
        await upgrade(database)
    await database.close()


@pytest.mark.parametrize(
    "url",
    [
        "sqlite+aiosqlite:////no/such/folder/bot.db",
        "postgresql+asyncpg://someone:secret@127.0.0.1:1/none",
        "postgresql+asyncpg://someone:secret@/none?host=/no/such/socket",
    ],
)
async def test_an_unreachable_database_is_one_sentence_without_the_password(url: str) -> None:
    database = Database(url)
    with pytest.raises(StartupError) as refusal:
        await upgrade(database)
    assert "cannot be opened" in str(refusal.value)
    assert "secret" not in str(refusal.value)
    await database.close()


@pytest.mark.parametrize("change", [{"database": "missing"}, {"username": "nobody_known"}])
async def test_a_database_that_the_server_does_not_have_is_one_sentence(
    postgres_server: str, change: dict[str, str]
) -> None:
    url = make_url(postgres_server).set(**change).render_as_string(hide_password=False)
    database = Database(url)
    with pytest.raises(StartupError, match="cannot be opened"):
        await upgrade(database)
    await database.close()


@pytest.mark.parametrize("port", ["70000", "0"])
async def test_an_impossible_port_is_one_sentence(port: str) -> None:
    database = Database(f"postgresql+asyncpg://me@127.0.0.1:{port}/x")
    with pytest.raises(StartupError, match="cannot be opened"):
        await upgrade(database)
    await database.close()
