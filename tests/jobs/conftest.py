from collections.abc import AsyncIterator

import pytest

from bot.db.engine import Database
from tests.jobs.bench import Bench


@pytest.fixture
async def bench(database: Database) -> AsyncIterator[Bench]:
    bench = Bench(database)
    bench.scheduler.start()
    yield bench
    await bench.scheduler.stop()
