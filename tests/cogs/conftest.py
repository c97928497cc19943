from collections.abc import AsyncIterator

import pytest

from bot.db.engine import Database
from bot.knowledge.library import Library
from tests.packs_in_code import talks
from tests.sim.server import World, world


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests marked `on_both` run once with their server in SQLite and once in PostgreSQL."""
    if metafunc.definition.get_closest_marker("on_both") and "kept_at" in metafunc.fixturenames:
        metafunc.parametrize("kept_at", ["sqlite", "postgres"], indirect=True)


class OwnDatabase(Database):
    """A database that no other process uses.

    There is nothing to look for every minute in it, of which tests pass thousands.
    """

    is_shared = False


@pytest.fixture
def kept_at(request: pytest.FixtureRequest) -> str:
    """The database that a test's server is kept in."""
    url: str = request.getfixturevalue(f"{getattr(request, 'param', 'sqlite')}_url")
    return url


@pytest.fixture
async def kept(kept_at: str) -> AsyncIterator[Database]:
    database = OwnDatabase(kept_at)
    yield database
    await database.close()


@pytest.fixture
async def here(kept: Database) -> AsyncIterator[World]:
    async with world(Library([talks()]), kept) as made:
        yield made
