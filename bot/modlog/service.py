"""What moderators did: read, and told to each server's log channel in order."""

from collections.abc import Sequence

from bot.clock import Clock
from bot.db.engine import Database
from bot.modlog import store as modlog
from bot.modlog.model import TELLING_TAKES_AT_MOST, Entry, Telling
from bot.settings import store as servers


class ModlogService:
    """Entries are written by the services that do things, in their transactions."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def get(self, entry_id: int) -> Entry | None:
        async with self._database.read() as session:
            return await modlog.get(session, entry_id)

    async def latest(self, guild_id: int, act: str, *, limit: int) -> Sequence[Entry]:
        """What was done last of one kind in a server, newest first."""
        async with self._database.read() as session:
            return await modlog.latest(session, guild_id, act=act, limit=limit)

    async def take(self, guild_id: int) -> Telling | None:
        """The server's oldest entry that is not told yet, to be told by the caller.

        None if all is told, or if somebody else is telling the oldest: whoever does goes on with
        those that follow. Where there is no log channel nothing is told, then or later. What is
        taken must be followed by `told` or `not_told`.
        """
        now = self._clock.now()
        async with self._database.write() as session:
            # Another process may have chosen the channel a moment ago.
            channel_id = (await servers.get(session, guild_id)).log_channel
            if channel_id is None:
                await modlog.mark_all_told(session, guild_id, now)
                return None
            until = now + TELLING_TAKES_AT_MOST
            taken = await modlog.take(session, guild_id, now=now, until=until)
        return Telling(*taken, channel_id) if taken else None

    async def told(self, entry_id: int) -> None:
        """An entry is in the log channel."""
        async with self._database.write() as session:
            await modlog.mark_told(session, entry_id, self._clock.now())

    async def not_told(self, entry_id: int) -> None:
        """An entry could not be posted, and waits."""
        async with self._database.write() as session:
            await modlog.give_back(session, entry_id)

    async def waiting(self, guild_id: int) -> int:
        """How many entries are not told yet."""
        async with self._database.read() as session:
            return await modlog.untold(session, guild_id)
