from collections.abc import AsyncIterator

import pytest

from tests.cogs.knowledge import room as rooms


@pytest.fixture
def open_room(monkeypatch: pytest.MonkeyPatch) -> rooms.OpenRoom:
    """Opens a room around a bot that knows the given packs."""
    monkeypatch.setattr("bot.client.EXTENSIONS", rooms.EXTENSIONS)
    return rooms.open_room


@pytest.fixture
async def room(open_room: rooms.OpenRoom) -> AsyncIterator[rooms.Room]:
    async with open_room() as opened:
        yield opened
