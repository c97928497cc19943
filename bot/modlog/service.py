"""The moderation log: adding to it, reading it, and posting it in each log channel in order."""

from collections.abc import Awaitable, Callable, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from bot.access import System, Viewer, require_moderator
from bot.clock import Clock
from bot.db.engine import Database
from bot.jobs import store as jobs
from bot.modlog import store
from bot.modlog.model import POST_JOB, POSTING_TAKES_AT_MOST, ClaimedEntry, Entry


async def record(session: AsyncSession, entry: Entry) -> None:
    """Add an entry in the transaction of what was done, and a job that posts it."""
    entry_id = await store.add(session, entry)
    await jobs.add(session, POST_JOB, str(entry_id), entry.at)


async def record_once(session: AsyncSession, entry: Entry, *, among: int) -> None:
    """Add an entry unless one of the last `among` of its kind has the same link.

    The transaction must hold a lock of the server, so that two at once do not both add theirs.
    """
    last = await store.latest(session, entry.guild_id, act=entry.act, limit=among)
    if entry.url not in {known.url for known in last}:
        await record(session, entry)


class ModlogService:
    """Other services add entries in their own transactions, by `record`.

    `log_channel` reads the id of a server's log channel, None if it has none.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        log_channel: Callable[[AsyncSession, int], Awaitable[int | None]],
    ) -> None:
        self._database = database
        self._clock = clock
        self._log_channel = log_channel

    async def get(self, system: System, entry_id: int) -> Entry | None:
        async with self._database.read() as session:
            return await store.get(session, entry_id)

    async def latest(self, viewer: Viewer, act: str, *, limit: int) -> Sequence[Entry]:
        """The server's latest entries of one kind, newest first. Only moderators read them."""
        require_moderator(viewer, "Reading the log")
        async with self._database.read() as session:
            return await store.latest(session, viewer.guild_id, act=act, limit=limit)

    async def claim_next(self, system: System, guild_id: int) -> ClaimedEntry | None:
        """Claim the server's oldest entry that is not posted yet.

        None if all are posted, or if another process is posting the oldest: that process then
        posts the following ones too. Without a log channel, entries are skipped for good. After
        posting, call `mark_posted` or `release`.
        """
        now = self._clock.now()
        async with self._database.write() as session:
            # Another process may have chosen the channel a moment ago.
            channel_id = await self._log_channel(session, guild_id)
            if channel_id is None:
                await store.mark_all_posted(session, guild_id, now)
                return None
            until = now + POSTING_TAKES_AT_MOST
            claimed = await store.claim_next(session, guild_id, now=now, until=until)
        return ClaimedEntry(*claimed, channel_id) if claimed else None

    async def mark_posted(self, system: System, entry_id: int) -> None:
        """Record that an entry is in the log channel."""
        async with self._database.write() as session:
            await store.mark_posted(session, entry_id, self._clock.now())

    async def release(self, system: System, entry_id: int) -> None:
        """Give back an entry that could not be posted. It is posted with the next one."""
        async with self._database.write() as session:
            await store.release(session, entry_id)

    async def count_unposted(self, viewer: Viewer) -> int:
        """How many of the server's entries are still to be posted in its log channel."""
        require_moderator(viewer, "Reading the log")
        async with self._database.read() as session:
            return await store.count_unposted(session, viewer.guild_id)
