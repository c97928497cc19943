"""The use cases of settings. Only administrators may change them."""

from dataclasses import replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.access import System, Viewer, require_administrator
from bot.clock import Clock
from bot.db.engine import Database
from bot.modlog import service as modlog
from bot.modlog.model import Entry
from bot.settings import store
from bot.settings.model import ServerSettings, difference, require_valid

CHANGED = "changed the settings"


async def read(session: AsyncSession, guild_id: int, *, lock: bool = False) -> ServerSettings:
    """A server's settings as stored now, in the transaction of what depends on them.

    `lock` holds them until the transaction ends.
    """
    return await store.get(session, guild_id, lock=lock)


async def log_channel(session: AsyncSession, guild_id: int) -> int | None:
    """The id of a server's log channel as stored now, if it has one."""
    return (await read(session, guild_id)).log_channel


class SettingsService:
    """Keeps every server's settings in memory, because each click needs some.

    Call `load` at the start. Where `is_shared`, another process may change settings, so load them
    again from time to time.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._known: dict[int, ServerSettings] = {}
        self._changes = 0
        self.is_shared = database.is_shared

    async def load(self, system: System) -> None:
        """Read all settings again, also those that another process changed."""
        seen = self._changes
        async with self._database.read() as session:
            found = await store.all_settings(session)
        # If somebody changed settings meanwhile, what was read may be out of date.
        if seen == self._changes:
            self._known = found

    def forget(self, system: System, guild_id: int) -> None:
        """Drop a server whose settings were deleted."""
        self._changes += 1
        self._known.pop(guild_id, None)

    def of(self, guild_id: int) -> ServerSettings:
        """A server's settings; defaults for what nobody has changed.

        It takes no viewer, because who is a moderator is read from here.
        """
        return self._known.get(guild_id) or ServerSettings(guild_id)

    def allow(self, viewer: Viewer) -> None:
        """UserError unless the viewer may change the settings."""
        require_administrator(viewer, "Changing the settings")

    async def change(self, viewer: Viewer, **changes: Any) -> ServerSettings:
        """Change some settings of the viewer's server, named as in `ServerSettings`.

        UserError for invalid values; nothing is changed then.
        """
        self.allow(viewer)
        async with self._database.write() as session:
            before = await store.get(session, viewer.guild_id, lock=True)
            after = replace(before, **changes)
            require_valid(after)
            if after != before:
                await store.put(session, after)
                await modlog.record(
                    session,
                    Entry(
                        guild_id=viewer.guild_id,
                        by=viewer.user_id,
                        at=self._clock.now(),
                        act=CHANGED,
                        detail=difference(before, after),
                    ),
                )
        self._changes += 1
        self._known[viewer.guild_id] = after
        return after
