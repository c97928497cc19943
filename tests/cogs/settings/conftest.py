import pytest
from simcord.actors import MemberActor

from tests.sim.server import World, add_administrator


@pytest.fixture
def ada(here: World) -> MemberActor:
    """An administrator."""
    return add_administrator(here)
