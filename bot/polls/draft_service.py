"""What moderators can do with drafts of polls: write, edit, open and discard them."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.access import Viewer, require_in_channel, require_moderator
from bot.clock import Clock
from bot.db.engine import Database
from bot.errors import UserError
from bot.polls import draft_store as drafts
from bot.polls.drafts import PollDraft, Typed
from bot.polls.model import Poll
from bot.polls.service import store
from bot.settings.model import ServerSettings
from bot.times import read_moment

KEPT = timedelta(days=7)


class DraftService:
    """The drafts of all servers. A draft is only found by its author, in its server."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def allow(self, viewer: Viewer) -> None:
        """UserError unless the viewer may write drafts."""
        require_moderator(viewer, "Creating a poll")

    async def write(
        self,
        viewer: Viewer,
        channel_id: int,
        typed: Typed,
        settings: ServerSettings,
        draft_id: int | None = None,
    ) -> PollDraft:
        """Store what was typed, right or wrong, in the draft `draft_id`.

        If that draft is gone or posted, a new one is stored, so that nothing typed is lost. Drafts
        that are too old are deleted.
        """
        self.allow(viewer)
        now = self._clock.now()
        try:
            closes_at = read_moment(typed.closes, now=now, zone=settings.tz)
        except UserError:
            closes_at = None
        draft = PollDraft(
            id=draft_id or 0,
            guild_id=viewer.guild_id,
            channel_id=channel_id,
            author_id=viewer.user_id,
            typed=typed,
            closes_at=closes_at,
            min_forecasters=settings.min_forecasters,
        )
        async with self._database.write() as session:
            await drafts.sweep(session, now - KEPT)
            return await drafts.put(session, draft, now)

    async def own(self, viewer: Viewer, draft_id: int) -> PollDraft:
        """The viewer's draft; UserError if it is gone or posted."""
        self.allow(viewer)
        async with self._database.read() as session:
            return await _unposted(session, draft_id, viewer)

    async def open(self, viewer: Viewer, draft_id: int, *, lacking: Sequence[str] = ()) -> Poll:
        """Open a poll from the viewer's draft, once. The calling code must then post it.

        `lacking` are the names of the permissions that the viewer lacks to write in its channel. If
        the poll is discarded later, the draft can be posted again.
        """
        self.allow(viewer)
        async with self._database.write() as session:
            found = await _unposted(session, draft_id, viewer, lock=True)
            require_in_channel(found.channel_id, lacking, "open a poll")
            poll = await store(session, found.ready(self._clock.now()))
            await drafts.set_poll(session, draft_id, poll.id)
        return poll

    async def discard(self, viewer: Viewer, draft_id: int) -> None:
        """Delete the viewer's draft; UserError if it is gone or posted."""
        self.allow(viewer)
        async with self._database.write() as session:
            found = await _unposted(session, draft_id, viewer, lock=True)
            await drafts.remove(session, found.id)


async def _unposted(
    session: AsyncSession, draft_id: int, viewer: Viewer, *, lock: bool = False
) -> PollDraft:
    """The viewer's draft, with `lock` locked until the transaction ends."""
    found = await drafts.get(session, draft_id, lock=lock)
    if found is None or (found.guild_id, found.author_id) != (viewer.guild_id, viewer.user_id):
        raise UserError("You have no such draft here. Use `/poll create` to write a poll.")
    if found.poll_id is not None:
        raise UserError(
            "This poll is already posted: see `/poll list`. Use `/poll create` for another."
        )
    return found
