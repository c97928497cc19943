from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text

from bot.announcements import store as announcements
from bot.db.engine import Database
from bot.db.upgrade import config, upgrade
from tests.conftest import PostgresMaker


@pytest.fixture(params=["sqlite", "postgres"])
async def empty_url(
    request: pytest.FixtureRequest, tmp_path: Path, postgres_maker: PostgresMaker
) -> str:
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'new.db'}"
    return await postgres_maker.make()


async def test_announcements_of_the_first_release_are_kept_and_none_is_posted_by_upgrading(
    empty_url: str,
) -> None:
    database = Database(empty_url)
    async with database.engine.begin() as connection:
        await connection.run_sync(lambda sync: command.upgrade(config(sync), "0003"))
        for number, state in enumerate(("draft", "posting", "posted", "discarded"), 1):
            await connection.execute(
                text(
                    "INSERT INTO announcements (id, guild_id, channel_id, author_id, title, body,"
                    " state, created_at, message_id) VALUES (:id, 10, 100, 1, 'Doors', 'At nine',"
                    " :state, '2026-01-01 00:00:00', :message)"
                ),
                {"id": number, "state": state, "message": 55 if state == "posted" else None},
            )
    await upgrade(database)
    async with database.read() as session:
        found = [await announcements.get(session, number) for number in (1, 2, 3, 4)]
        waiting = await session.scalar(text("SELECT COUNT(*) FROM jobs"))
    await database.close()
    assert [one.state for one in found if one] == ["draft", "failed", "posted", "discarded"]
    assert [(one.revision, one.origin_id, one.plan.channel_id) for one in found if one] == [
        (1, 100, 100)
    ] * 4
    assert found[1] is not None
    assert "Look whether it is in the channel" in (found[1].problem or "")
    assert waiting == 0
