"""Timed work of announcements: posting, publishing, marking, approval and reports of problems."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import discord

from bot.access import SYSTEM
from bot.announcements.model import (
    APPROVAL_EXPIRY_JOB,
    MARK_CORRECTED_JOB,
    POST_JOB,
    PUBLISH_JOB,
    REPORT_PROBLEM_JOB,
    REQUEST_APPROVAL_JOB,
    AnnouncementState,
    ApprovalRequest,
)
from bot.jobs.model import TOLD_ANEW_AFTER
from bot.ui.delivery import is_final, tell_moderators, tell_once
from bot.ui.permissions import is_for_moderators
from cogs.announcements import strings, views
from cogs.announcements.conditions import expected_conditions, is_news

if TYPE_CHECKING:
    from collections.abc import Callable

    from discord.ui import LayoutView

    from bot.announcements.model import Announcement
    from bot.client import SummitBot
    from bot.jobs.model import Job
    from cogs.announcements.delivery import Delivery

log = logging.getLogger(__name__)

ALREADY_PUBLISHED = 40033
"""Discord's code for a message that was published before."""
LOGGED = (AnnouncementState.FAILED, AnnouncementState.POSTED)
"""The log channel reports a problem of announcements in these states."""


class AnnouncementJobs:
    """Does what the scheduler brings when it is due."""

    def __init__(self, bot: SummitBot, delivery: Delivery) -> None:
        self._bot = bot
        self._record = bot.services.announcements.delivery
        self._delivery = delivery

    def register(self) -> None:
        """Have the scheduler call these methods."""
        handle = self._bot.services.scheduler.handle
        handle(POST_JOB, self._post, given_up=self._post_given_up)
        handle(PUBLISH_JOB, self._publish, given_up=self._publish_given_up)
        handle(MARK_CORRECTED_JOB, self._mark_corrected, given_up=self._mark_given_up)
        handle(REQUEST_APPROVAL_JOB, self._request_approval, given_up=self._request_given_up)
        handle(APPROVAL_EXPIRY_JOB, self._expire_approval)
        handle(REPORT_PROBLEM_JOB, self._report_problem, anew_after=TOLD_ANEW_AFTER)

    async def _post(self, job: Job) -> None:
        await self._delivery.post(int(job.key))

    async def _post_given_up(self, job: Job, _: Exception) -> None:
        announcement = await self._record.get(SYSTEM, int(job.key))
        if announcement is not None and not await self._delivery.look_again(announcement):
            await self._record.failed(SYSTEM, announcement.id, strings.given_up(announcement))

    async def _publish(self, job: Job) -> None:
        """Publish a posted announcement to the servers that follow its channel."""
        announcement = await self._record.get(SYSTEM, int(job.key))
        if announcement is None or announcement.message_id is None:
            return
        await self._bot.wait_until_ready()
        channel = self._bot.get_channel(announcement.plan.channel_id)
        if channel is None:
            raise LookupError(f"The channel of announcement {announcement.id} is not there (yet).")
        if not is_news(channel):
            await self._report_unpublished(announcement.id, strings.NOT_NEWS)
            return
        try:
            await self._message(announcement, announcement.message_id).publish()
        except discord.HTTPException as error:
            if error.code == ALREADY_PUBLISHED:
                return
            if not is_final(error):
                raise
            await self._publish_given_up(job, error)

    async def _publish_given_up(self, job: Job, failure: Exception) -> None:
        await self._report_unpublished(int(job.key), strings.unpublished(failure))

    async def _report_unpublished(self, announcement_id: int, problem: str) -> None:
        act = "could not publish an announcement"
        await self._record.follow_up_failed(SYSTEM, announcement_id, act, problem)

    async def _mark_corrected(self, job: Job) -> None:
        """Add links to the corrections of an announcement to its message."""
        seen = None
        while True:
            announcement = await self._record.get(SYSTEM, int(job.key))
            if announcement is None or announcement.message_id is None:
                return
            details = await self._delivery.details(announcement)
            # A correction may be posted during the edit, so check again after it.
            if details.corrections == seen:
                return
            seen = details.corrections
            try:
                await self._message(announcement, announcement.message_id).edit(
                    view=views.message(details, marked=True),
                    attachments=views.files(details),
                    allowed_mentions=views.allowed_mentions(details.announcement),
                )
            except discord.NotFound:
                # The message was deleted, so there is nothing to mark.
                log.info("Announcement %d is not there to be marked", announcement.id)
                return
            except discord.HTTPException as error:
                if not is_final(error):
                    raise
                await self._mark_given_up(job, error)
                return

    async def _mark_given_up(self, job: Job, failure: Exception) -> None:
        announcement = await self._record.get(SYSTEM, int(job.key))
        if announcement is not None:
            details = await self._delivery.details(announcement)
            act = "could not mark an announcement as corrected"
            problem = strings.unmarked(details, failure)
            await self._record.follow_up_failed(SYSTEM, announcement.id, act, problem)

    async def _request_approval(self, job: Job) -> None:
        """Ask other moderators for approval, and end an earlier request."""
        announcement = await self._record.get(SYSTEM, int(job.key))
        if announcement is None:
            return
        waits = announcement.state is AnnouncementState.WAITING
        request = announcement.request
        if request is not None:
            if waits and request.revision == announcement.revision:
                return
            await self._end_request(announcement, request)
            await self._record.request_posted(SYSTEM, announcement, None)
        if waits:
            await self._post_request(job, announcement)

    async def _post_request(self, job: Job, announcement: Announcement) -> None:
        """Ask in the log channel, or else where the announcement was written."""
        await self._bot.wait_until_ready()
        log_channel = self._bot.services.settings.of(announcement.guild_id).log_channel
        for channel_id in dict.fromkeys((log_channel, announcement.origin_id)):
            if channel_id is None:
                continue
            view, attached = await self._request_message(announcement, channel_id)
            try:
                message = await tell_once(
                    self._bot,
                    self._bot.get_partial_messageable(channel_id, guild_id=announcement.guild_id),
                    job,
                    nonce=f"ask-{announcement.id}-{job.stamp}",
                    view=view,
                    files=attached,
                )
            except (discord.NotFound, discord.Forbidden) as error:
                log.warning("Channel %d takes no request: %s", channel_id, error.text)
                continue
            made = ApprovalRequest(channel_id, message.id, announcement.revision)
            await self._record.request_posted(SYSTEM, announcement, made)
            return
        await self._record.request_failed(SYSTEM, announcement, strings.NO_CHANNEL_TO_ASK_IN)

    async def _request_message(
        self, announcement: Announcement, channel_id: int
    ) -> tuple[LayoutView, Callable[[], list[discord.File]]]:
        """The request as this channel may show it, and its attachments."""
        if self._is_public(announcement.guild_id, channel_id):
            return views.public_approval_request(announcement), list
        details = await self._delivery.details(announcement)
        found, warnings = await expected_conditions(self._bot, details)
        view = views.approval_request(details, found, warnings)
        return view, lambda: views.files(details)

    def _is_public(self, guild_id: int, channel_id: int) -> bool:
        """Whether members who are not moderators may read a channel."""
        moderator_role = self._bot.services.settings.of(guild_id).moderator_role
        guild = self._bot.get_guild(guild_id)
        return not is_for_moderators(guild, channel_id, moderator_role)

    async def _request_given_up(self, job: Job, _: Exception) -> None:
        announcement = await self._record.get(SYSTEM, int(job.key))
        if announcement is not None:
            await self._record.request_failed(SYSTEM, announcement, strings.REQUEST_FAILED)

    async def _end_request(self, announcement: Announcement, request: ApprovalRequest) -> None:
        channel = self._bot.get_partial_messageable(
            request.channel_id, guild_id=announcement.guild_id
        )
        in_public = self._is_public(announcement.guild_id, request.channel_id)
        try:
            await channel.get_partial_message(request.message_id).edit(
                view=views.ended_request(announcement, request, in_public=in_public),
                attachments=[],
                allowed_mentions=discord.AllowedMentions.none(),
            )
        except (discord.NotFound, discord.Forbidden) as error:
            log.warning("A request for approval cannot be ended: %s", error.text)

    async def _expire_approval(self, job: Job) -> None:
        await self._record.approval_expired(SYSTEM, int(job.key), strings.APPROVAL_EXPIRED)

    async def _report_problem(self, job: Job) -> None:
        """Tell the author, or else the channel where it was written, unless the log does."""
        announcement = await self._record.get(SYSTEM, int(job.key))
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
            text="\n".join(strings.problem_lines(announcement)),
            in_channel="\n".join(strings.problem_lines(announcement, in_public=in_public)),
            is_logged=announcement.state in LOGGED,
        )

    def _message(self, announcement: Announcement, message_id: int) -> discord.PartialMessage:
        return self._delivery.channel_of(announcement).get_partial_message(message_id)
