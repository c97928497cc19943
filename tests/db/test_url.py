"""What may stand in DATABASE_URL, tried on a real PostgreSQL."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import Connection, event, text

from bot.config import Settings
from bot.db.engine import Database
from bot.db.url import async_url, postgres_target
from bot.errors import StartupError


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    database = Database(async_url(url))
    try:
        yield database
    finally:
        await database.close()


def extended(url: str, parameters: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}{parameters}"


@pytest.mark.parametrize(
    ("parameters", "setting", "value"),
    [
        ("application_name=summit", "application_name", "summit"),
        ("connect_timeout=3", "port", None),
        ("sslmode=disable&connect_timeout=0&target_session_attrs=any", "port", None),
        ("options=-c%20lock_timeout%3D1234", "lock_timeout", "1234ms"),
        ("channel_binding=prefer&gssencmode=disable&sslmode=prefer", "port", None),
        ("pgbouncer=true&application_name=pooled", "application_name", "pooled"),
    ],
)
async def test_parameters_that_hosting_services_write_take_effect(
    postgres_url: str, parameters: str, setting: str, value: str | None
) -> None:
    async with opened(extended(postgres_url, parameters)) as database:
        await database.check()
        async with database.read() as session:
            found = await session.scalar(text("SELECT current_setting(:name)"), {"name": setting})
    assert found
    assert value is None or found == value


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ("channel_binding=require", "the parameter channel_binding, which this bot's driver"),
        ("keepalives_idle=5", "the parameter keepalives_idle, which"),
        ("require_auth=none", "the parameter require_auth, which"),
        ("sslmod=require", 'PostgreSQL does not document: "sslmod"'),
        ("connect_timeout=soon", "connect_timeout that is not a whole number"),
        ("pgbouncer=maybe", "pgbouncer=maybe; write true or false"),
    ],
)
def test_parameters_that_cannot_be_honoured_are_refused_by_name_before_connecting(
    parameters: str, said: str
) -> None:
    with pytest.raises(StartupError) as refusal:
        async_url(f"postgresql://me:hush@host/db?{parameters}")
    assert said in str(refusal.value)
    assert "hush" not in str(refusal.value)


def test_certificates_and_time_limits_reach_the_driver_as_written() -> None:
    written = "postgresql://me@host/db?sslmode=verify-full&sslrootcert=/ca.pem&connect_timeout=3"
    target = postgres_target(async_url(written))
    assert target.dsn == "postgresql://me@host/db?sslmode=verify-full&sslrootcert=%2Fca.pem"
    assert target.timeout == 3
    assert "hush" not in repr(postgres_target("postgresql+asyncpg://me:hush@host/db"))


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:p@hush@host/db",
        "postgresql://u:1/hush@host/db",
        "postgresql://u:1?hush&hush=1@host/db",
        "postgresql://u:1#hush@host/db",
        "postgresql://u:hush@host:port/db",
        "postgresql://u:hush@[host/db",
    ],
)
def test_nothing_of_an_address_that_cannot_be_read_is_shown(url: str) -> None:
    with pytest.raises(StartupError) as refusal:
        Settings(database_url=url)
    assert "write @ as %40" in str(refusal.value)
    for secret in ("hush", "host", "u:"):
        assert secret not in str(refusal.value)


async def test_nothing_fails_where_prepared_statements_do_not_outlive_a_transaction(
    postgres_url: str,
) -> None:
    async with opened(extended(postgres_url, "pgbouncer=true")) as database:

        def forget(connection: Connection) -> None:
            connection.exec_driver_sql("DEALLOCATE ALL")

        # As with a pooler in transaction mode, which gives the next one another connection.
        event.listen(database.engine.sync_engine, "begin", forget)
        for number in range(5):
            async with database.write() as session:
                query = text("SELECT CAST(:number AS INTEGER)")
                assert await session.scalar(query, {"number": number}) == number
