"""Engines that know each other's compiled statements.

Every test has a database and so an engine of its own, and each new engine compiles each statement
anew that the tests before it have compiled: a seventh of what a test costs.
"""

from typing import Any

import sqlalchemy.ext.asyncio
from sqlalchemy import Engine
from sqlalchemy.ext.asyncio import AsyncEngine


class Compiled:
    """Makes engines. Those of one kind share a dialect, and with it all that is kept for it."""

    def __init__(self) -> None:
        self._first: dict[str, Engine] = {}

    def create_async_engine(self, url: Any, **options: Any) -> AsyncEngine:
        made = sqlalchemy.ext.asyncio.create_async_engine(url, **options)
        engine = made.sync_engine
        first = self._first.get(engine.name)
        # A dialect learns the server's version with the first connection that succeeds.
        if first is None or first.dialect.server_version_info is None:
            self._first[engine.name] = engine
        else:
            engine.dialect = first.dialect
            engine._compiled_cache = first._compiled_cache
        return made
