"""What can be done with announcements. Who may do it is decided here."""

from collections.abc import Callable

from sqlalchemy.ext.asyncio import AsyncSession

from bot.access import Caller, require_moderator
from bot.announcements.model import (
    POSTING_TAKES_AT_MOST,
    Announcement,
    AnnouncementState,
    Content,
)
from bot.clock import Clock
from bot.errors import UserError
from bot.storage import announcements
from bot.storage.engine import Database

_DECIDED = {
    AnnouncementState.POSTED: "This announcement is posted already.",
    AnnouncementState.DISCARDED: "This draft was discarded. Use `/announce post` for a new one.",
}


class AnnouncementService:
    """Announcements of all servers. One is only ever found in its own server."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def draft(
        self, caller: Caller, channel_id: int, content: Content, *, may_write_there: bool
    ) -> Announcement:
        """Store a draft; nothing is posted."""
        self.allow(caller)
        _require_writing(channel_id, may_write_there)
        async with self._database.write() as session:
            return await announcements.add(
                session,
                guild_id=caller.guild_id,
                channel_id=channel_id,
                author_id=caller.user_id,
                content=content,
                at=self._clock.now(),
            )

    def allow(self, caller: Caller) -> None:
        """UserError unless the caller may make announcements."""
        require_moderator(caller, "Making announcements")

    async def start_posting(
        self, caller: Caller, announcement_id: int, *, may_write_there: Callable[[int], bool]
    ) -> Announcement:
        """Take a draft for posting, once: a second press gets a UserError.

        `may_write_there` tells whether the caller may write in a channel, as things are now.
        """
        self.allow(caller)
        async with self._database.write() as session:
            found = await self._undecided(session, announcement_id, caller)
            _require_writing(found.channel_id, may_write_there(found.channel_id))
            await announcements.start_posting(session, found.id, at=self._clock.now())
            return found

    async def posted(self, announcement_id: int, message_id: int) -> None:
        """Record the message that an announcement became."""
        async with self._database.write() as session:
            await announcements.mark_posted(
                session, announcement_id, message_id=message_id, at=self._clock.now()
            )

    async def not_posted(self, announcement_id: int) -> None:
        """Discord refused: the announcement is a draft again."""
        async with self._database.write() as session:
            await announcements.back_to_draft(session, announcement_id)

    async def discard(self, caller: Caller, announcement_id: int) -> None:
        """Drop a draft; UserError if it is none any more."""
        self.allow(caller)
        async with self._database.write() as session:
            found = await self._undecided(session, announcement_id, caller)
            await announcements.discard(session, found.id)

    async def _undecided(
        self, session: AsyncSession, announcement_id: int, caller: Caller
    ) -> Announcement:
        """A draft, held until the transaction ends, or a posting that was cut short."""
        found = await announcements.get(session, announcement_id, lock=True)
        if found is None or found.guild_id != caller.guild_id:
            raise UserError("This server has no such announcement.")
        if found.state in _DECIDED:
            raise UserError(_DECIDED[found.state])
        given_up_before = self._clock.now() - POSTING_TAKES_AT_MOST
        if found.posting_since is not None and found.posting_since >= given_up_before:
            raise UserError(
                "This announcement is being posted at this moment. Look in the channel; if it is "
                "not there in two minutes, press again."
            )
        return found


def _require_writing(channel_id: int, may_write: bool) -> None:
    """UserError unless the caller may write there: the bot lends nobody its own permissions."""
    if not may_write:
        raise UserError(
            f"You may not write in <#{channel_id}> yourself, so you cannot announce there. "
            "Choose another channel, or ask someone who may."
        )
