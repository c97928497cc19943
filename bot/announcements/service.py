"""What can be done with announcements. Who may do it is decided here."""

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

_WHY_NOT = {
    AnnouncementState.POSTED: "This announcement is posted already.",
    AnnouncementState.DISCARDED: "This draft was discarded. Use `/announce post` for a new one.",
    AnnouncementState.POSTING: "This announcement is being posted at this moment.",
}


class AnnouncementService:
    """Announcements of all servers. One is only ever found in its own server."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def draft(
        self, caller: Caller, channel_id: int, content: Content, *, may_write_there: bool
    ) -> Announcement:
        """Store a draft; nothing is posted.

        The bot lends nobody its own permissions: who may not write in the channel themselves
        cannot announce there.
        """
        self.allow(caller)
        if not may_write_there:
            raise UserError(
                f"You may not write in <#{channel_id}> yourself, so you cannot announce there. "
                "Choose another channel, or ask someone who may."
            )
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

    async def start_posting(self, caller: Caller, announcement_id: int) -> Announcement:
        """Take a draft for posting, once: a second press gets a UserError."""
        self.allow(caller)
        now = self._clock.now()
        async with self._database.write() as session:
            found = await _in_server(session, announcement_id, caller)
            if not await announcements.start_posting(
                session, found.id, at=now, given_up_before=now - POSTING_TAKES_AT_MOST
            ):
                raise UserError(_WHY_NOT[found.state])
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
            found = await _in_server(session, announcement_id, caller)
            if not await announcements.discard(session, found.id):
                raise UserError(_WHY_NOT[found.state])


async def _in_server(session: AsyncSession, announcement_id: int, caller: Caller) -> Announcement:
    found = await announcements.get(session, announcement_id)
    if found is None or found.guild_id != caller.guild_id:
        raise UserError("This server has no such announcement.")
    return found
