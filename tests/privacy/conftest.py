import pytest

from bot.db.engine import Database
from tests.privacy.desk import Desk


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)
