from collections.abc import AsyncIterator

import pytest

from bot.knowledge.index import Library
from bot.storage.engine import Database
from tests.packs_in_code import talks
from tests.world import World, world


@pytest.fixture
async def sqlite(sqlite_url: str) -> AsyncIterator[Database]:
    database = Database(sqlite_url)
    yield database
    await database.close()


@pytest.fixture
async def here(sqlite: Database) -> AsyncIterator[World]:
    async with world(Library([talks()]), sqlite) as made:
        yield made
