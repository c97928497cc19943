import pytest
from simcord.actors import MemberActor

from tests.cogs.settings.desk import administrator
from tests.world import World


@pytest.fixture
def ada(here: World) -> MemberActor:
    """An administrator."""
    return administrator(here)
