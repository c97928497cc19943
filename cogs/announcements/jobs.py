"""What the scheduler has done with announcements once it is time to post them."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from typing import TYPE_CHECKING

import discord

from bot.announcements.model import MARK_CORRECTED_JOB, POST_JOB, PUBLISH_JOB, TO_BE_POSTED
from bot.ui.posting import is_final
from cogs.announcements import strings as words
from cogs.announcements import views as cards
from cogs.announcements.poster import Poster, files
from cogs.announcements.prospects import is_news

if TYPE_CHECKING:
    from bot.announcements.model import Announcement
    from bot.client import SummitBot
    from bot.jobs.model import Job

log = logging.getLogger(__name__)

# Shorter than a job's lease, so that no other process takes the job over meanwhile.
SECONDS_TO_POST = 120.0
ALREADY_PUBLISHED = 40033


class Duties:
    """Posts, publishes and marks when it is time to."""

    def __init__(self, bot: SummitBot) -> None:
        self._bot = bot
        self._record = bot.announcements.delivery
        self.poster = Poster(bot)
        self._attempts: defaultdict[int, set[asyncio.Event]] = defaultdict(set)

    def take_on(self) -> None:
        """Have the scheduler bring the jobs here."""
        for kind, handler, given_up in (
            (POST_JOB, self._post, self._not_posted),
            (PUBLISH_JOB, self._publish, self._not_published),
            (MARK_CORRECTED_JOB, self._mark, self._not_marked),
        ):
            self._bot.scheduler.handle(kind, handler, given_up=given_up)

    async def attempted(self, announcement: Announcement, seconds: float) -> None:
        """Wait until this process has tried to post what is due at once, or for `seconds`."""
        event = asyncio.Event()
        self._attempts[announcement.id].add(event)
        try:
            now = await self._record.get(announcement.id)
            if now is not None and now.state in TO_BE_POSTED:
                await self._bot.clock.rest(event, seconds)
        finally:
            self._attempts[announcement.id].discard(event)
            if not self._attempts[announcement.id]:
                del self._attempts[announcement.id]

    async def _post(self, job: Job) -> None:
        announcement_id = int(job.key)
        try:
            async with asyncio.timeout(SECONDS_TO_POST):
                await self._bot.wait_until_ready()
                await self.poster.post(announcement_id)
        finally:
            for event in self._attempts.get(announcement_id, ()):
                event.set()

    async def _not_posted(self, job: Job, _: Exception) -> None:
        announcement = await self._record.get(int(job.key))
        if announcement is not None and not await self.poster.look_again(announcement):
            await self._record.failed(announcement.id, words.given_up(announcement))

    async def _publish(self, job: Job) -> None:
        announcement = await self._record.get(int(job.key))
        if announcement is None or announcement.message_id is None:
            return
        await self._bot.wait_until_ready()
        channel = self._bot.get_channel(announcement.plan.channel_id)
        if channel is None:
            raise LookupError(f"The channel of announcement {announcement.id} is not there (yet).")
        if not is_news(channel):
            await self._left_unpublished(announcement.id, words.NOT_NEWS)
            return
        try:
            await self._message(announcement, announcement.message_id).publish()
        except discord.HTTPException as error:
            if error.code == ALREADY_PUBLISHED:
                return
            if not is_final(error):
                raise
            await self._not_published(job, error)

    async def _not_published(self, job: Job, failure: Exception) -> None:
        await self._left_unpublished(int(job.key), words.unpublished(failure))

    async def _left_unpublished(self, announcement_id: int, problem: str) -> None:
        act = "could not publish an announcement"
        await self._record.follow_up_failed(announcement_id, act, problem)

    async def _mark(self, job: Job) -> None:
        """Have a posted announcement say what corrects it, also what does so meanwhile."""
        seen = None
        while True:
            announcement = await self._record.get(int(job.key))
            if announcement is None or announcement.message_id is None:
                return
            shown = await self.poster.shown(announcement)
            # Another correction may be marked at the same time, and its edit arrive before.
            if shown.corrections == seen:
                return
            seen = shown.corrections
            try:
                await self._message(announcement, announcement.message_id).edit(
                    view=cards.message(shown, marked=True),
                    attachments=files(shown),
                    allowed_mentions=cards.pings(shown.announcement),
                )
            except discord.NotFound:
                # It was deleted, so nobody reads what is wrong in it.
                log.info("Announcement %d is not there to be marked", announcement.id)
                return
            except discord.HTTPException as error:
                if not is_final(error):
                    raise
                await self._not_marked(job, error)
                return

    async def _not_marked(self, job: Job, failure: Exception) -> None:
        announcement = await self._record.get(int(job.key))
        if announcement is not None:
            shown = await self.poster.shown(announcement)
            act = "could not mark an announcement as corrected"
            await self._record.follow_up_failed(
                announcement.id, act, words.unmarked(shown, failure)
            )

    def _message(self, announcement: Announcement, message_id: int) -> discord.PartialMessage:
        place = self._bot.get_partial_messageable(
            announcement.plan.channel_id, guild_id=announcement.guild_id
        )
        return place.get_partial_message(message_id)
