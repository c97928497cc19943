from collections.abc import AsyncIterator

import pytest

from bot.db.engine import Database
from bot.knowledge.library import Library
from tests.knowledge.making import harbor_pack
from tests.sim.server import World, world


@pytest.fixture
async def here(kept: Database) -> AsyncIterator[World]:
    """A world whose pack has positions to put side by side."""
    async with world(Library([harbor_pack()]), kept) as made:
        yield made
