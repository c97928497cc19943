import asyncio
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError

from bot.db.engine import Database
from bot.db.upgrade import (
    config,
    current_revision,
    head_revision,
    revisions,
    unchecked_references,
    upgrade,
)
from bot.errors import StartupError
from bot.polls import store as polls
from tests.conftest import PostgresMaker


@pytest.fixture(params=["sqlite", "postgres"])
async def empty_url(
    request: pytest.FixtureRequest, tmp_path: Path, postgres_maker: PostgresMaker
) -> str:
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'new.db'}"
    return await postgres_maker.make()


def test_migrations_are_numbered_in_the_order_in_which_they_are_applied() -> None:
    newest_first = ScriptDirectory.from_config(config()).walk_revisions()
    assert [script.revision for script in newest_first] == revisions()[::-1]


async def test_a_database_that_is_up_to_date_is_left_alone(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(command, "upgrade", fail)
    await upgrade(database)
    assert await current_revision(database) == head_revision()


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


async def test_a_port_that_nobody_can_listen_on_is_one_sentence() -> None:
    database = Database("postgresql+asyncpg://me@127.0.0.1:0/x")
    with pytest.raises(StartupError, match="cannot be opened"):
        await upgrade(database)
    await database.close()


def test_a_port_that_is_none_is_refused_before_connecting() -> None:
    with pytest.raises(StartupError, match="cannot be read"):
        Database("postgresql+asyncpg://me@127.0.0.1:70000/x")


async def test_polls_of_the_first_version_keep_their_ballots_and_get_a_count(
    empty_url: str,
) -> None:
    database = Database(empty_url)
    async with database.engine.begin() as connection:
        await connection.run_sync(lambda sync: command.upgrade(config(sync), "0001"))
        await connection.execute(
            text(
                "INSERT INTO polls (id, guild_id, channel_id, kind, state, question, anonymous,"
                " hide_results, opened_by, opened_at, closes_at, summit_id, outcome_id)"
                " VALUES (7, 1, 2, 'choice', 'open', 'Which?', false, 'never', 3,"
                " '2026-01-01 00:00:00', '2026-02-01 00:00:00', 's', 'o')"
            )
        )
        for voter, value in (("11", 0), ("12", 1), ("13", 1)):
            await connection.execute(
                text(
                    "INSERT INTO ballots VALUES (7, :voter, :value, '2026-01-02 00:00:00',"
                    " '2026-01-02 00:00:00')"
                ),
                {"voter": voter, "value": value},
            )
        await connection.execute(text("INSERT INTO tallies VALUES (7, 0, 1), (7, 1, 2)"))
    await upgrade(database)
    async with database.read() as session:
        ballots = await session.scalar(text("SELECT COUNT(*) FROM ballots WHERE poll_id = 7"))
        tallies = (
            await session.execute(text("SELECT value, count FROM tallies ORDER BY value"))
        ).all()
    assert ballots == 3
    assert [tuple(row) for row in tallies] == [(-1, 3), (0, 1), (1, 2)]
    # What kept two open polls on one outcome apart still does.
    with pytest.raises(IntegrityError):
        async with database.write() as session:
            await session.execute(
                text(
                    "INSERT INTO polls (guild_id, channel_id, kind, state, question, anonymous,"
                    " hide_results, opened_by, opened_at, closes_at, summit_id, outcome_id)"
                    " VALUES (1, 2, 'approval', 'open', 'Which?', false, 'never', 3,"
                    " '2026-01-01 00:00:00', '2026-02-01 00:00:00', 's', 'o')"
                )
            )
    await database.close()


async def test_the_last_migration_can_be_taken_back(empty_url: str) -> None:
    database = Database(empty_url)
    await upgrade(database)
    async with (
        database.engine.connect() as connection,
        unchecked_references(connection),
        connection.begin(),
    ):
        await connection.run_sync(lambda sync: command.downgrade(config(sync), "0001"))
    await upgrade(database)
    assert await current_revision(database) == head_revision()
    await database.close()


async def test_sqlite_gives_no_id_of_an_announcement_twice(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    insert = text(
        "INSERT INTO announcements (guild_id, origin_id, channel_id, author_id, title, body, state,"
        " created_at) VALUES (1, 2, 2, 3, 't', 'b', 'draft', '2026-01-01 00:00:00') RETURNING id"
    )
    async with database.write() as session:
        first = await session.scalar(insert)
        await session.execute(text("DELETE FROM announcements"))
        assert await session.scalar(insert) == first + 1
    await database.close()


async def test_closed_polls_that_an_earlier_version_gave_up_on_are_to_be_shown_anew(
    empty_url: str,
) -> None:
    database = Database(empty_url)
    async with database.engine.begin() as connection:
        await connection.run_sync(lambda sync: command.upgrade(config(sync), "0005"))
        for poll_id in (7, 8, 9):
            await connection.execute(
                text(
                    "INSERT INTO polls (id, guild_id, channel_id, message_id, kind, state,"
                    " question, anonymous, hide_results, opened_by, opened_at, closes_at)"
                    f" VALUES ({poll_id}, 1, 2, 5, 'choice', 'closed', 'Which?', false, 'never',"
                    " 3, '2026-01-01 00:00:00', '2026-02-01 00:00:00')"
                )
            )
        await connection.execute(
            text(
                "INSERT INTO poll_actions (id, poll_id, kind, state, by, at, reason, readouts)"
                " VALUES (70, 9, 'close', 'done', 3, '2026-01-01 00:00:00', '', '[]')"
            )
        )
        for kind, key, state in (
            ("poll.close", 7, "failed"),
            ("poll.close", 8, "done"),
            ("poll.tell", 70, "failed"),
        ):
            await connection.execute(
                text(
                    "INSERT INTO jobs (kind, key, state, due_at)"
                    f" VALUES ('{kind}', '{key}', '{state}', '2026-01-01 00:00:00')"
                )
            )
    await upgrade(database)
    async with database.read() as session:
        assert sorted(await polls.to_refresh(session)) == [7, 9]
    await database.close()
