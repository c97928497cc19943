"""Posts the messages of polls, and keeps them up to date."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Protocol
from weakref import WeakValueDictionary

import discord

from bot.access import SYSTEM, System, Viewer
from bot.polls.model import PollState
from bot.ui.delivery import BROKEN_LINE, cannot_post, is_final, post_once
from bot.ui.pictures import attached, attachments
from bot.ui.viewer import audience_id
from cogs.polls import views
from cogs.polls.pictures import drawings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from discord.ui import LayoutView

    from bot.client import SummitBot
    from bot.polls.model import Poll
    from bot.polls.visibility import Report
    from bot.ui.cards import Picture

log = logging.getLogger(__name__)

SECONDS_BETWEEN_EDITS = 3.0
SECONDS_TO_STOP = 5.0
LONGEST_PAUSE = 300.0


class Render(Protocol):
    """Makes a message from a report and the pictures that are attached to it."""

    def __call__(self, report: Report, pictures: Sequence[Picture] = ()) -> LayoutView: ...


class PollPublisher:
    """Posts polls, and edits each one's message at most every few seconds, however many vote.

    The first vote after a quiet time shows at once; those that follow share the next edit.
    """

    def __init__(self, bot: SummitBot) -> None:
        self._bot = bot
        self._edited: dict[int, float] = {}
        self._again: set[int] = set()
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._hurry = asyncio.Event()

    def touch(self, poll_ids: set[int]) -> None:
        """Update the messages of these polls soon: ballots changed, or they are out of date."""
        for poll_id in poll_ids:
            if poll_id in self._tasks:
                self._again.add(poll_id)
            else:
                self._tasks[poll_id] = asyncio.create_task(
                    self._refresh(poll_id), name=f"poll-message-{poll_id}"
                )

    async def stop(self) -> None:
        """Update all messages that wait for their turn, and stop."""
        self._hurry.set()
        if self._tasks:
            await asyncio.wait(list(self._tasks.values()), timeout=SECONDS_TO_STOP)

    async def show(self, poll_id: int) -> bool:
        """Update a poll's message now; False if Discord refuses that for good.

        A message that is gone needs nothing more; what may pass is raised, to be tried again.
        """
        # One edit after the other, each with what is stored when its turn comes: an edit that
        # Discord held up must not land on top of a newer one.
        turn = self._turns.setdefault(poll_id, asyncio.Lock())
        async with turn:
            report = await self._bot.services.polls.public(SYSTEM, poll_id)
            if report is None or (message_id := report.poll.message_id) is None:
                return True
            poll = report.poll
            place = self._bot.get_partial_messageable(poll.channel_id, guild_id=poll.guild_id)
            view, files = await self.rendered(SYSTEM, report)
            try:
                await place.get_partial_message(message_id).edit(view=view, attachments=files)
            except discord.HTTPException as error:
                if not is_final(error):
                    raise
                log.warning("The message of poll %d cannot be updated: %s", poll_id, error.text)
                if not isinstance(error, discord.NotFound):
                    return False
            await self._bot.services.polls.messages.shown(SYSTEM, poll)
            return True

    async def post(self, poll: Poll) -> Poll:
        """Post a new poll's message. If that fails, the poll is deleted and the error raised."""
        place = self._bot.get_partial_messageable(poll.channel_id, guild_id=poll.guild_id)
        try:
            report = await self._bot.services.polls.show(SYSTEM, poll.id)
            view, _ = await self.rendered(SYSTEM, report)
            message = await post_once(place, nonce=f"poll-{poll.id}", view=view)
        except Exception as error:
            await self._bot.services.polls.discard(SYSTEM, poll.id)
            if isinstance(error, discord.HTTPException):
                raise cannot_post(poll.channel_id, error) from error
            raise
        guild = self._bot.get_guild(poll.guild_id)
        audience = audience_id(guild, poll.channel_id)
        posted = await self._bot.services.polls.posted(SYSTEM, poll.id, message.id, audience)
        # Somebody may have voted, or the poll may have ended, before its place was recorded.
        now = await self._bot.services.polls.show(SYSTEM, poll.id)
        if (now.ballots, now.poll.lifecycle.state) != (report.ballots, report.poll.lifecycle.state):
            self.touch({poll.id})
        return posted

    async def rendered(
        self,
        viewer: Viewer | System,
        report: Report,
        render: Render = views.message,
        *,
        live: bool = False,
    ) -> tuple[LayoutView, list[discord.File]]:
        """A poll as a message with its attachments: closed polls with results have charts.

        With `live` an open forecast poll has one too: how its crowd has moved so far.
        """
        history = None
        if live or report.poll.lifecycle.state is PollState.CLOSED:
            history = await self._bot.services.histories.of(viewer, report)
        pictures = await self._bot.pictures.of(drawings(report, history))
        return render(report, attached(pictures)), attachments(pictures)

    async def _refresh(self, poll_id: int) -> None:
        pause = SECONDS_BETWEEN_EDITS
        while True:
            await self._pause(poll_id, pause)
            self._again.discard(poll_id)
            self._edited[poll_id] = self._now()
            try:
                await self.show(poll_id)
                pause = SECONDS_BETWEEN_EDITS
            except (discord.HTTPException, *BROKEN_LINE):
                log.warning("Poll %d could not be shown", poll_id, exc_info=True)
                self._again.add(poll_id)
                pause = min(pause * 2, LONGEST_PAUSE)
            except Exception:
                log.exception("Poll %d could not be shown", poll_id)
            if poll_id not in self._again or self._hurry.is_set():
                # Nothing is awaited from here to the end, so that no touch can be missed.
                del self._tasks[poll_id]
                return

    async def _pause(self, poll_id: int, seconds: float) -> None:
        since = self._now() - self._edited.get(poll_id, float("-inf"))
        if since < seconds:
            await self._bot.services.clock.rest(self._hurry, seconds - since)

    def _now(self) -> float:
        return self._bot.services.clock.now().timestamp()
