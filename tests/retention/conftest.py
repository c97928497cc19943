from tests.cogs.conftest import here, kept, kept_at

__all__ = ["here", "kept", "kept_at"]
