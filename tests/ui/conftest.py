from tests.cogs.conftest import here as here
from tests.cogs.conftest import kept as kept
from tests.cogs.conftest import kept_at as kept_at
