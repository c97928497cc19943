"""Asks moderators for approval, and tells them what needs them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import discord

from bot.announcements.model import (
    APPROVAL_EXPIRY_JOB,
    REPORT_PROBLEM_JOB,
    REQUEST_APPROVAL_JOB,
    AnnouncementState,
    ApprovalRequest,
)
from bot.jobs.model import TOLD_ANEW_AFTER
from bot.ui.notices import tell_moderators
from bot.ui.once import tell_once
from bot.ui.permissions import is_for_moderators
from cogs.announcements import prospects, requests
from cogs.announcements import strings as words
from cogs.announcements.poster import files

if TYPE_CHECKING:
    from collections.abc import Callable

    from discord.ui import LayoutView

    from bot.announcements.model import Announcement
    from bot.client import SummitBot
    from bot.jobs.model import Job
    from cogs.announcements.poster import Poster

log = logging.getLogger(__name__)

LOGGED = (AnnouncementState.FAILED, AnnouncementState.POSTED)
"""Where something is amiss with these, the log says so."""


class Notices:
    """Messages about announcements, for moderators."""

    def __init__(self, bot: SummitBot, poster: Poster) -> None:
        self._bot = bot
        self._poster = poster
        self._record = bot.announcements.delivery

    def take_on(self) -> None:
        """Have the scheduler bring the jobs here."""
        self._bot.scheduler.handle(REQUEST_APPROVAL_JOB, self._ask, given_up=self._not_asked)
        self._bot.scheduler.handle(REPORT_PROBLEM_JOB, self._tell, anew_after=TOLD_ANEW_AFTER)
        self._bot.scheduler.handle(APPROVAL_EXPIRY_JOB, self._lapse)

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
            await self._record.request_posted(announcement, None)
        if waits:
            await self._request(job, announcement)

    async def _request(self, job: Job, announcement: Announcement) -> None:
        await self._bot.wait_until_ready()
        log_channel = self._bot.servers.of(announcement.guild_id).log_channel
        for channel_id in dict.fromkeys((log_channel, announcement.origin_id)):
            if channel_id is None:
                continue
            place = self._bot.get_partial_messageable(channel_id, guild_id=announcement.guild_id)
            view, attached = await self._asking(announcement, channel_id)
            try:
                message = await tell_once(
                    self._bot,
                    place,
                    job,
                    nonce=f"ask-{announcement.id}-{job.stamp}",
                    view=view,
                    files=attached,
                )
            except (discord.NotFound, discord.Forbidden) as error:
                log.warning("Channel %d takes no request: %s", channel_id, error.text)
                continue
            made = ApprovalRequest(channel_id, message.id, announcement.revision)
            await self._record.request_posted(announcement, made)
            return
        await self._record.request_failed(announcement, words.NOBODY_ASKED)

    async def _asking(
        self, announcement: Announcement, channel_id: int
    ) -> tuple[LayoutView, Callable[[], list[discord.File]]]:
        """The request as a channel may show it, and what is attached to it."""
        if self._is_public(announcement.guild_id, channel_id):
            return requests.pointer(announcement), list
        shown = await self._poster.shown(announcement)
        found, concerns = await prospects.expected(self._bot, shown)
        return requests.request(shown, found, concerns), lambda: files(shown)

    def _is_public(self, guild_id: int, channel_id: int) -> bool:
        """Whether members may read a channel who are no moderators."""
        moderator_role = self._bot.servers.of(guild_id).moderator_role
        guild = self._bot.get_guild(guild_id)
        return not is_for_moderators(guild, channel_id, moderator_role)

    async def _lapse(self, job: Job) -> None:
        """The time of one that waits for approval has come."""
        await self._record.approval_expired(int(job.key), words.LAPSED)

    async def _not_asked(self, job: Job, _: Exception) -> None:
        announcement = await self._record.get(int(job.key))
        if announcement is not None:
            await self._record.request_failed(announcement, words.ASKING_FAILED)

    async def _end(self, announcement: Announcement, request: ApprovalRequest) -> None:
        place = self._bot.get_partial_messageable(
            request.channel_id, guild_id=announcement.guild_id
        )
        try:
            await place.get_partial_message(request.message_id).edit(
                view=requests.ended(
                    announcement,
                    request,
                    in_public=self._is_public(announcement.guild_id, request.channel_id),
                ),
                attachments=[],
                allowed_mentions=discord.AllowedMentions.none(),
            )
        except (discord.NotFound, discord.Forbidden) as error:
            log.warning("A request for approval cannot be ended: %s", error.text)

    async def _tell(self, job: Job) -> None:
        """Tell what needs somebody, and what to do, where the log does not: to the author, or
        else where the announcement was written."""
        announcement = await self._record.get(int(job.key))
        if announcement is None or announcement.problem is None:
            return
        guild_id, origin_id = announcement.guild_id, announcement.origin_id
        in_public = self._is_public(guild_id, origin_id)
        await tell_moderators(
            self._bot,
            job,
            guild_id=guild_id,
            person_id=announcement.author_id,
            channel_id=origin_id,
            nonce=f"tell-{announcement.id}",
            text="\n".join(requests.told(announcement)),
            in_channel="\n".join(requests.told(announcement, in_public=in_public)),
            is_logged=announcement.state in LOGGED,
        )
