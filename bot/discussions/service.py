"""The use cases of discussions. Only moderators may open them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.access import SYSTEM, System, Viewer, require_in_channel, require_moderator
from bot.clock import Clock
from bot.db.engine import Database
from bot.discussions import store
from bot.discussions.model import (
    Claim,
    Discussion,
    DiscussionState,
    IssueRef,
    state_of_thread,
)
from bot.errors import UserError
from bot.modlog import service as modlog
from bot.modlog.model import Entry

ALIVE = (DiscussionState.OPENING, DiscussionState.OPEN, DiscussionState.RESTING)


class DiscussionService:
    """Discussions of all servers. One is only ever found in its own server."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def allow(self, viewer: Viewer) -> None:
        """UserError unless the viewer may open discussions."""
        require_moderator(viewer, "Opening a discussion")

    async def find_open(self, viewer: Viewer, about: IssueRef) -> Discussion | None:
        """The open discussion of an issue, for a moderator who wants to open one.

        UserError while somebody else is opening one.
        """
        self.allow(viewer)
        async with self._database.read() as session:
            found = await store.newest(session, viewer.guild_id, about, store.LIVE)
        return _open_one(found, self._clock.now())

    async def claim(
        self, viewer: Viewer, about: IssueRef, channel_id: int, *, lacking: Sequence[str]
    ) -> Claim:
        """Reserve the opening of a discussion for the viewer, unless there is one already.

        `lacking` are the permissions, as Discord names them, that the viewer lacks to open one in
        the channel. UserError if there are any and no discussion is open, and while somebody else
        is opening one. An interrupted opening is taken over.
        """
        self.allow(viewer)
        try:
            async with self._database.write() as session:
                return await self._claimed(session, viewer, about, channel_id, lacking)
        except store.AlreadyOpenError:
            # Somebody else was faster; now their discussion is found.
            async with self._database.write() as session:
                return await self._claimed(session, viewer, about, channel_id, lacking)

    async def _claimed(
        self,
        session: AsyncSession,
        viewer: Viewer,
        about: IssueRef,
        channel_id: int,
        lacking: Sequence[str],
    ) -> Claim:
        now = self._clock.now()
        found = await store.newest(session, viewer.guild_id, about, store.LIVE, lock=True)
        if open_one := _open_one(found, now):
            return Claim(open_one, is_new=False)
        require_in_channel(channel_id, lacking, "open a discussion")
        if found is None:
            added = await store.add(
                session,
                guild_id=viewer.guild_id,
                about=about,
                channel_id=channel_id,
                by=viewer.user_id,
                at=now,
            )
            return Claim(added, is_new=True)
        await store.take_over(session, found.id, by=viewer.user_id, at=now)
        return Claim(found, is_new=True, was_begun=True)

    async def record_attempt(self, viewer: Viewer, discussion_id: int, channel_id: int) -> None:
        """Record where the thread will be created, in case the reply of Discord is lost."""
        async with self._database.write() as session:
            await store.set_thread(session, discussion_id, thread_id=None, channel_id=channel_id)

    async def record_thread(
        self, viewer: Viewer, discussion_id: int, thread_id: int, channel_id: int
    ) -> None:
        """Record the thread, before anything is posted in it."""
        async with self._database.write() as session:
            await store.set_thread(
                session, discussion_id, thread_id=thread_id, channel_id=channel_id
            )

    async def opened(self, viewer: Viewer, discussion_id: int, subject: str) -> Discussion:
        """Mark a discussion as open, after all its messages are posted. `subject` is for the log.

        UserError if the thread was closed meanwhile.
        """
        async with self._database.write() as session:
            is_open = await store.mark_open(session, discussion_id)
            found = await store.get(session, discussion_id)
            if not is_open or found is None:
                raise UserError("The thread was closed or deleted while it was being opened.")
            entry = Entry(
                guild_id=viewer.guild_id,
                by=viewer.user_id,
                at=self._clock.now(),
                act="opened a discussion",
                subject=subject,
                url=found.url,
            )
            await modlog.record(session, entry)
        return found

    async def opening_failed(self, viewer: Viewer, discussion_id: int, *, is_refused: bool) -> None:
        """Opening failed. Anybody can continue at once. If Discord certainly refused (`is_refused`)
        and no thread is recorded, the discussion is deleted instead."""
        async with self._database.write() as session:
            if is_refused:
                await store.forget(session, discussion_id)
            await store.let_go(session, discussion_id)

    async def thread_changed(
        self, system: System, thread_id: int, *, archived: bool, locked: bool
    ) -> None:
        """Record the state of a thread in Discord, if it is that of a discussion."""
        await self._set(thread_id, state_of_thread(archived=archived, locked=locked))

    async def thread_deleted(self, system: System, thread_id: int) -> None:
        """Record that a thread was deleted, if it was that of a discussion."""
        await self._set(thread_id, DiscussionState.ENDED)

    async def channel_deleted(self, system: System, guild_id: int, channel_id: int) -> None:
        """Record that a channel was deleted with its threads."""
        async with self._database.write() as session:
            await store.end_in_channel(session, guild_id, channel_id)

    async def _set(self, thread_id: int, state: DiscussionState) -> None:
        found = await self.of_thread(SYSTEM, thread_id)
        if found is None or found.state is state:
            return
        if found.state is DiscussionState.OPENING and state is DiscussionState.OPEN:
            return
        try:
            async with self._database.write() as session:
                await store.set_state(session, found.id, state)
        except store.AlreadyOpenError:
            # An old thread was reopened while a newer one is open. The newer one counts.
            return

    async def of_thread(self, viewer: Viewer | System, thread_id: int) -> Discussion | None:
        """The discussion in a thread; None if there is none that the viewer may know of."""
        async with self._database.read() as session:
            found = await store.of_thread(session, thread_id)
        return found if found and _may_know(viewer, found) else None

    async def open_on(self, viewer: Viewer, about: IssueRef) -> Discussion | None:
        """The open discussion of an issue; None if there is none that the viewer may know of."""
        async with self._database.read() as session:
            found = await store.newest(session, viewer.guild_id, about, (DiscussionState.OPEN,))
        return found if found and _may_know(viewer, found) else None

    async def opened_since(self, viewer: Viewer, since: datetime) -> list[Discussion]:
        """The discussions that were opened after `since` and are still open.

        Those that the viewer may not know of are left out.
        """
        async with self._database.read() as session:
            found = await store.opened_since(session, viewer.guild_id, since)
        return [one for one in found if _may_know(viewer, one)]

    async def find_for_news(
        self, system: System, guild_id: int, about: IssueRef
    ) -> Discussion | None:
        """The discussion to post news of an issue in: the open one, else the newest resting one.
        None if it has no thread."""
        async with self._database.read() as session:
            found = await store.newest(session, guild_id, about, store.LIVE)
            found = found or await store.newest(session, guild_id, about, ALIVE)
        return found if found and found.thread_id else None


def _may_know(viewer: Viewer | System, found: Discussion) -> bool:
    return viewer.is_in(found.guild_id) and viewer.may_view(found.channel_id)


def _open_one(found: Discussion | None, now: datetime) -> Discussion | None:
    """The discussion if it is open; UserError while somebody is opening it."""
    if found is None or found.is_abandoned(now):
        return None
    if found.state is DiscussionState.OPEN:
        return found
    raise UserError(
        f"Somebody is opening a discussion of this issue in <#{found.channel_id}> right now. If it "
        "is not there in two minutes, run the command again."
    )
