"""Posts announcements, each of them once.

`bot.announcements.delivery` stores each attempt before anything is sent. The message carries a
nonce, by which Discord recognises a repeated attempt for a few minutes, and a mark, by which the
bot finds its own message later. If an earlier attempt may have succeeded, the bot looks for its
message before it posts again.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

import discord

from bot.access import SYSTEM
from bot.announcements.model import TO_BE_POSTED, Announcement, AnnouncementDetails
from bot.ui.delivery import (
    BROKEN_LINE,
    NONCE_IS_KNOWN_FOR,
    TooManyMessagesError,
    find_posted,
    is_final,
    post_once,
)
from bot.ui.permissions import is_astray
from cogs.announcements import strings, views

if TYPE_CHECKING:
    from datetime import datetime

    from bot.announcements.delivery import Attempt
    from bot.client import SummitBot
    from bot.polls.visibility import Report

log = logging.getLogger(__name__)

# Shorter than a job's lease, so that no other process takes the job over.
SECONDS_TO_POST = 120.0


class CannotTellError(Exception):
    """The bot cannot find out whether an announcement is posted; a person has to look."""


class Delivery:
    """Turns a stored announcement into a message, and finds the message again."""

    def __init__(self, bot: SummitBot) -> None:
        self._bot = bot
        self._record = bot.services.announcements.delivery
        self._waiting: defaultdict[int, set[asyncio.Event]] = defaultdict(set)

    async def post(self, announcement_id: int) -> None:
        """Post an announcement that is due, unless it is posted or no longer wanted.

        A final refusal by Discord is stored and reported. Raises errors that may be temporary;
        the next call continues from there.
        """
        try:
            async with asyncio.timeout(SECONDS_TO_POST):
                await self._bot.wait_until_ready()
                await self._post(announcement_id)
        finally:
            for event in self._waiting.get(announcement_id, ()):
                event.set()

    async def wait_for_attempt(self, announcement: Announcement, seconds: float) -> None:
        """Wait until this process has tried to post it, at most for `seconds`."""
        event = asyncio.Event()
        self._waiting[announcement.id].add(event)
        try:
            now = await self._record.get(SYSTEM, announcement.id)
            if now is not None and now.state in TO_BE_POSTED:
                await self._bot.services.clock.rest(event, seconds)
        finally:
            self._waiting[announcement.id].discard(event)
            if not self._waiting[announcement.id]:
                del self._waiting[announcement.id]

    async def _post(self, announcement_id: int) -> None:
        attempt = await self._record.begin(SYSTEM, announcement_id)
        if attempt is None:
            return
        announcement = attempt.announcement
        try:
            message_id = await self._earlier(attempt)
        except CannotTellError:
            await self._record.failed(SYSTEM, announcement_id, strings.cannot_tell(announcement))
            return
        if message_id is None and attempt.is_too_late:
            await self._record.failed(SYSTEM, announcement_id, strings.missed(announcement))
            return
        if message_id is None:
            try:
                message_id = await self._send(announcement)
            except discord.HTTPException as error:
                await self._handle_refusal(attempt, error)
                return
        await self._record.posted(
            SYSTEM, announcement, message_id, self._ping_problem(announcement)
        )

    async def look_again(self, announcement: Announcement) -> bool:
        """Whether the message of a failed attempt is in the channel after all; stores it if so."""
        if announcement.posting_since is None or not self._may_read_history(announcement):
            return False
        try:
            message_id = await self._find(announcement, announcement.posting_since)
        except (CannotTellError, discord.HTTPException, *BROKEN_LINE) as error:
            log.info("Announcement %d cannot be looked for: %s", announcement.id, error)
            return False
        if message_id is not None:
            await self._record.posted(
                SYSTEM, announcement, message_id, self._ping_problem(announcement)
            )
        return message_id is not None

    async def details(self, announcement: Announcement) -> AnnouncementDetails:
        """What a reader sees of an announcement, with its poll as it stands now.

        A preview is read like this too, so that it shows exactly what will be posted.
        """
        details = await self._bot.services.announcements.details(SYSTEM, announcement)
        announcement, plan = details.announcement, details.announcement.plan
        if self._lacks_role(announcement):
            announcement = replace(announcement, plan=replace(plan, role_id=None))
        return replace(details, announcement=announcement, poll=await self.attached(announcement))

    async def attached(self, announcement: Announcement) -> Report | None:
        """The poll attached to an announcement, as everyone may see it."""
        poll_id = announcement.plan.poll_id
        return (
            await self._bot.services.polls.public(SYSTEM, poll_id) if poll_id is not None else None
        )

    def _lacks_role(self, announcement: Announcement) -> bool:
        """Whether the role to ping was deleted."""
        guild, role_id = self._bot.get_guild(announcement.guild_id), announcement.plan.role_id
        return guild is not None and role_id is not None and guild.get_role(role_id) is None

    def _ping_problem(self, announcement: Announcement) -> str | None:
        """Why the message pings nobody although it should, and what to do."""
        guild, role_id = self._bot.get_guild(announcement.guild_id), announcement.plan.role_id
        if guild is None or role_id is None:
            return None
        role = guild.get_role(role_id)
        if role is None:
            return strings.ROLE_GONE
        channel = guild.get_channel_or_thread(announcement.plan.channel_id)
        if role.mentionable or channel is None or is_astray(channel):
            return None
        may_ping = channel.permissions_for(guild.me).mention_everyone
        return None if may_ping else strings.may_not_ping(announcement)

    async def _send(self, announcement: Announcement) -> int:
        details = await self.details(announcement)
        message = await post_once(
            self.channel_of(announcement),
            nonce=announcement.nonce,
            view=views.message(details, marked=True),
            files=lambda: views.files(details),
            allowed_mentions=views.allowed_mentions(details.announcement),
        )
        return message.id

    async def _handle_refusal(self, attempt: Attempt, error: discord.HTTPException) -> None:
        """Store what Discord refused; raises the error if trying again may help."""
        if is_final(error):
            await self._record.failed(
                SYSTEM, attempt.announcement.id, strings.refusal(attempt.announcement, error)
            )
            return
        if error.status < 500:
            await self._record.attempt_refused(SYSTEM, attempt)
        raise error

    async def _earlier(self, attempt: Attempt) -> int | None:
        """The id of the message that an earlier attempt posted, if there is one.

        CannotTellError if the bot cannot look for it, or not far enough back.
        """
        if attempt.earlier is None:
            return None
        announcement = attempt.announcement
        if not self._may_read_history(announcement):
            if self._bot.services.clock.now() - attempt.earlier < NONCE_IS_KNOWN_FOR:
                return None
            raise CannotTellError
        return await self._find(announcement, attempt.earlier)

    async def _find(self, announcement: Announcement, since: datetime) -> int | None:
        """The id of the announcement's message, if one was posted after `since`."""
        try:
            found = await find_posted(
                self._bot, self.channel_of(announcement), views.mark(announcement), since
            )
        except discord.NotFound:
            # The channel was deleted with all its messages.
            return None
        except TooManyMessagesError as error:
            raise CannotTellError from error
        return found.id if found else None

    def _may_read_history(self, announcement: Announcement) -> bool:
        """Without the permission Discord shows an empty history instead of an error."""
        guild = self._bot.get_guild(announcement.guild_id)
        if guild is None:
            return True
        channel = guild.get_channel_or_thread(announcement.plan.channel_id)
        if channel is None or is_astray(channel):
            return True
        allowed = channel.permissions_for(guild.me)
        return allowed.view_channel and allowed.read_message_history

    def channel_of(self, announcement: Announcement) -> discord.PartialMessageable:
        return self._bot.get_partial_messageable(
            announcement.plan.channel_id, guild_id=announcement.guild_id
        )
