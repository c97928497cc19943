"""Asks moderators for approval, and tells them what needs them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import discord

from bot.announcements.jobs import ASK_JOB, TELL_JOB
from bot.announcements.model import AnnouncementState, Request
from bot.ui.notices import tell_moderators
from bot.ui.once import tell_once
from cogs.announcements import requests, words
from cogs.announcements.poster import files

if TYPE_CHECKING:
    from bot.announcements.model import Announcement
    from bot.client import SummitBot
    from bot.timed.model import Job
    from cogs.announcements.poster import Poster

log = logging.getLogger(__name__)


class Notices:
    """Messages about announcements, for moderators."""

    def __init__(self, bot: SummitBot, poster: Poster) -> None:
        self._bot = bot
        self._poster = poster
        self._record = bot.announcements.posting

    def take_on(self) -> None:
        """Have the scheduler bring the jobs here."""
        self._bot.scheduler.handle(ASK_JOB, self._ask)
        self._bot.scheduler.handle(TELL_JOB, self._tell)

    async def _ask(self, job: Job) -> None:
        """Have other moderators asked for approval, and earlier requests say they are over."""
        announcement = await self._record.get(int(job.key))
        if announcement is None:
            return
        waits = announcement.state is AnnouncementState.WAITING
        request = announcement.request
        if request is not None:
            if waits and request.revision == announcement.revision:
                return
            await self._end(announcement, request)
            await self._record.asked(announcement, None)
        if waits:
            await self._request(job, announcement)

    async def _request(self, job: Job, announcement: Announcement) -> None:
        shown = await self._poster.shown(announcement)
        log_channel = self._bot.servers.of(announcement.guild_id).log_channel
        for channel_id in dict.fromkeys((log_channel, announcement.origin_id)):
            if channel_id is None:
                continue
            place = self._bot.get_partial_messageable(channel_id, guild_id=announcement.guild_id)
            try:
                message = await tell_once(
                    self._bot,
                    place,
                    job,
                    nonce=f"ask-{announcement.id}-{_asked_at(job)}",
                    view=requests.request(shown),
                    files=lambda: files(shown),
                )
            except (discord.NotFound, discord.Forbidden) as error:
                log.warning("Channel %d takes no request: %s", channel_id, error.text)
                continue
            made = Request(channel_id, message.id, announcement.revision)
            await self._record.asked(announcement, made)
            return
        await self._record.nobody_asked(announcement, words.NOBODY_ASKED)

    async def _end(self, announcement: Announcement, request: Request) -> None:
        place = self._bot.get_partial_messageable(
            request.channel_id, guild_id=announcement.guild_id
        )
        try:
            await place.get_partial_message(request.message_id).edit(
                view=requests.ended(announcement, request),
                attachments=[],
                allowed_mentions=discord.AllowedMentions.none(),
            )
        except (discord.NotFound, discord.Forbidden) as error:
            log.warning("A request for approval cannot be ended: %s", error.text)

    async def _tell(self, job: Job) -> None:
        """Tell what went wrong, and what to do, where the log does not: to the author, or else
        where the announcement was written."""
        announcement = await self._record.get(int(job.key))
        if announcement is None or announcement.problem is None:
            return
        await tell_moderators(
            self._bot,
            job,
            guild_id=announcement.guild_id,
            person_id=announcement.author_id,
            channel_id=announcement.origin_id,
            nonce=f"tell-{announcement.id}",
            text="\n".join(requests.told(announcement)),
        )


def _asked_at(job: Job) -> int:
    """What tells one notice of an announcement from a later one of the same version: when it was
    asked for, which stays as it is however often it is tried."""
    return int(job.due_at.timestamp())
