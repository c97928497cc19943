from tests.cogs.conftest import here, sqlite

__all__ = ["here", "sqlite"]
