"""The settings of all servers. Who may change them is decided here."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bot.access import Caller, require_administrator
from bot.clock import Clock
from bot.db.engine import Database
from bot.modlog import store as modlog
from bot.modlog.model import Entry
from bot.settings import store as servers
from bot.settings.model import ServerSettings, check, difference

CHANGED = "changed the settings"


class SettingsService:
    """Knows every server's settings without asking the database: each click needs some.

    `load` first; where `is_shared`, another process may change settings, so load them again every
    now and then. `wake` is called when there is earlier timed work than before.
    """

    def __init__(self, database: Database, clock: Clock, wake: Callable[[], None]) -> None:
        self._database = database
        self._clock = clock
        self._wake = wake
        self._known: dict[int, ServerSettings] = {}
        self._changes = 0
        self.is_shared = database.is_shared

    async def load(self) -> None:
        """Learn all settings anew, also those that another process changed."""
        seen = self._changes
        async with self._database.read() as session:
            found = await servers.all_settings(session)
        # What was read while somebody changed something may be older than what is known.
        if seen == self._changes:
            self._known = found

    def forget(self, guild_id: int) -> None:
        """A server's settings are deleted."""
        self._changes += 1
        self._known.pop(guild_id, None)

    def of(self, guild_id: int) -> ServerSettings:
        """A server's settings; what nobody has changed is as usual."""
        return self._known.get(guild_id) or ServerSettings(guild_id)

    def allow(self, caller: Caller) -> None:
        """UserError unless the caller may change the settings."""
        require_administrator(caller, "Changing the settings")

    async def change(self, caller: Caller, **changes: Any) -> ServerSettings:
        """Change some of the caller's server's settings, named as in `ServerSettings`.

        UserError for values that cannot be, which changes nothing.
        """
        self.allow(caller)
        async with self._database.write() as session:
            before = await servers.get(session, caller.guild_id, lock=True)
            after = replace(before, **changes)
            check(after)
            if after != before:
                await servers.put(session, after)
                await modlog.record(
                    session,
                    Entry(
                        guild_id=caller.guild_id,
                        by=caller.user_id,
                        at=self._clock.now(),
                        act=CHANGED,
                        detail=difference(before, after),
                    ),
                )
        self._changes += 1
        self._known[caller.guild_id] = after
        self._wake()
        return after
