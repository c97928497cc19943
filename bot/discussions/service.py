"""What can be done with discussions. Who may do it is decided here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.access import Caller, require_in_channel, require_moderator
from bot.clock import Clock
from bot.db.engine import Database
from bot.discussions import store as discussions
from bot.discussions.model import (
    Claim,
    Discussion,
    DiscussionState,
    IssueRef,
    state_of_thread,
)
from bot.errors import UserError
from bot.modlog import store as modlog
from bot.modlog.model import Entry
from bot.polls import resolution_store as actions
from bot.polls import store as polls
from bot.polls.model import Action, Poll

ALIVE = (DiscussionState.OPENING, DiscussionState.OPEN, DiscussionState.RESTING)


@dataclass(frozen=True, slots=True)
class News:
    """What was done to a poll, for those who discuss its issue."""

    action: Action
    poll: Poll


class DiscussionService:
    """Discussions of all servers. One is only ever found in its own server."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def allow(self, caller: Caller) -> None:
        """UserError unless the caller may open discussions."""
        require_moderator(caller, "Opening a discussion")

    async def led_to(self, caller: Caller, about: IssueRef) -> Discussion | None:
        """The open discussion of an issue, for whoever would open one wherever they may.

        UserError while somebody else is opening one.
        """
        self.allow(caller)
        async with self._database.read() as session:
            found = await discussions.newest(session, caller.guild_id, about, discussions.LIVE)
        return _open_one(found, self._clock.now())

    async def claim(
        self, caller: Caller, about: IssueRef, channel_id: int, *, lacking: Sequence[str]
    ) -> Claim:
        """Take the opening of a discussion upon the caller, unless there is one already.

        `lacking` are the permissions that the caller lacks to open one in the channel, as Discord
        names them. UserError if there are any and none is open, and while somebody else is opening
        one. One whose opening was cut short is taken over.
        """
        self.allow(caller)
        try:
            async with self._database.write() as session:
                return await self._claimed(session, caller, about, channel_id, lacking)
        except discussions.AlreadyOpenError:
            # Somebody else was faster by a moment; now there is one to be found.
            async with self._database.write() as session:
                return await self._claimed(session, caller, about, channel_id, lacking)

    async def _claimed(
        self,
        session: AsyncSession,
        caller: Caller,
        about: IssueRef,
        channel_id: int,
        lacking: Sequence[str],
    ) -> Claim:
        now = self._clock.now()
        found = await discussions.newest(
            session, caller.guild_id, about, discussions.LIVE, lock=True
        )
        if open_one := _open_one(found, now):
            return Claim(open_one, is_new=False)
        require_in_channel(channel_id, lacking, "open a discussion")
        if found is None:
            added = await discussions.add(
                session,
                guild_id=caller.guild_id,
                about=about,
                channel_id=channel_id,
                by=caller.user_id,
                at=now,
            )
            return Claim(added, is_new=True)
        await discussions.take_over(session, found.id, by=caller.user_id, at=now)
        return Claim(found, is_new=True, was_begun=True)

    async def to_be_made_in(self, discussion_id: int, channel_id: int) -> None:
        """Record where the thread is to be made, in case whether it was is never known."""
        async with self._database.write() as session:
            await discussions.set_thread(
                session, discussion_id, thread_id=None, channel_id=channel_id
            )

    async def thread_made(self, discussion_id: int, thread_id: int, channel_id: int) -> None:
        """Record the thread, before anything is said in it."""
        async with self._database.write() as session:
            await discussions.set_thread(
                session, discussion_id, thread_id=thread_id, channel_id=channel_id
            )

    async def opened(self, caller: Caller, discussion_id: int, subject: str) -> Discussion:
        """Everything is said in the thread; `subject` is the issue's name, for the record.

        UserError if the thread was closed meanwhile.
        """
        async with self._database.write() as session:
            is_open = await discussions.mark_open(session, discussion_id)
            found = await discussions.get(session, discussion_id)
            if not is_open or found is None:
                raise UserError("The thread was closed or deleted while it was being opened.")
            entry = Entry(
                guild_id=caller.guild_id,
                by=caller.user_id,
                at=self._clock.now(),
                act="opened a discussion",
                subject=subject,
                url=found.url,
            )
            await modlog.record(session, entry)
        return found

    async def not_opened(self, discussion_id: int, *, is_refused: bool) -> None:
        """Opening failed. What may have a thread can be gone on with at once; where none is
        recorded and Discord has certainly refused to make one, the discussion is forgotten."""
        async with self._database.write() as session:
            if is_refused:
                await discussions.forget(session, discussion_id)
            await discussions.let_go(session, discussion_id)

    async def seen(self, thread_id: int, *, archived: bool, locked: bool) -> None:
        """A thread, perhaps one of ours, is so on Discord."""
        await self._set(thread_id, state_of_thread(archived=archived, locked=locked))

    async def gone(self, thread_id: int) -> None:
        """A thread, perhaps one of ours, was deleted."""
        await self._set(thread_id, DiscussionState.ENDED)

    async def channel_gone(self, guild_id: int, channel_id: int) -> None:
        """A channel was deleted, and its threads with it."""
        async with self._database.write() as session:
            await discussions.end_in_channel(session, guild_id, channel_id)

    async def _set(self, thread_id: int, state: DiscussionState) -> None:
        found = await self.of_thread(thread_id)
        if found is None or found.state is state:
            return
        if found.state is DiscussionState.OPENING and state is DiscussionState.OPEN:
            return
        try:
            async with self._database.write() as session:
                await discussions.set_state(session, found.id, state)
        except discussions.AlreadyOpenError:
            # An old thread woke up while a newer one is open: the newer one stays the one.
            return

    async def of_thread(self, thread_id: int) -> Discussion | None:
        async with self._database.read() as session:
            return await discussions.of_thread(session, thread_id)

    async def open_on(self, guild_id: int, about: IssueRef) -> Discussion | None:
        """The open discussion of an issue in a server, if there is one."""
        async with self._database.read() as session:
            return await discussions.newest(session, guild_id, about, (DiscussionState.OPEN,))

    async def opened_since(self, guild_id: int, since: datetime) -> list[Discussion]:
        """A server's discussions that were opened after `since` and are still open."""
        async with self._database.read() as session:
            return await discussions.opened_since(session, guild_id, since)

    async def news(self, action_id: int) -> News | None:
        """What a confirmed action was, and the poll as it is since; None if either is gone."""
        async with self._database.read() as session:
            action = await actions.get(session, action_id)
            poll = await polls.get(session, action.proposal.poll_id) if action else None
        return News(action, poll) if action and poll else None

    async def to_tell(self, guild_id: int, about: IssueRef) -> Discussion | None:
        """The discussion of an issue that is to hear of news: the open one, else the last one
        that has gone quiet. None if it has no thread."""
        async with self._database.read() as session:
            found = await discussions.newest(session, guild_id, about, discussions.LIVE)
            found = found or await discussions.newest(session, guild_id, about, ALIVE)
        return found if found and found.thread_id else None


def _open_one(found: Discussion | None, now: datetime) -> Discussion | None:
    """An issue's live discussion if it is open. UserError while somebody is opening it."""
    if found is None or found.is_abandoned(now):
        return None
    if found.state is DiscussionState.OPEN:
        return found
    raise UserError(
        f"A discussion of this issue is being opened in <#{found.channel_id}> at this moment. If "
        "it is not there in two minutes, run the command again."
    )
