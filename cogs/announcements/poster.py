"""Posts announcements, each once.

Before Discord hears of a message an attempt is on record; the message carries a nonce, by which
Discord knows a repetition for a few minutes, and a mark, by which the bot knows its own message
for ever. An attempt that may have got through is looked for before another is made.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING

import discord

from bot.announcements.model import Announcement, AnnouncementDetails
from bot.ui.once import (
    BROKEN_LINE,
    NONCE_IS_KNOWN_FOR,
    TooManyMessagesError,
    find_posted,
    post_once,
)
from bot.ui.permissions import is_astray
from bot.ui.posting import is_final
from cogs.announcements import strings as words
from cogs.announcements import views as cards

if TYPE_CHECKING:
    from datetime import datetime

    from bot.announcements.delivery import Attempt
    from bot.client import SummitBot
    from bot.polls.visibility import Report

log = logging.getLogger(__name__)


class CannotTellError(Exception):
    """Nobody but a person can say whether an announcement is posted."""


class Poster:
    """Turns a stored announcement into a message. Knows nothing of who asked for it."""

    def __init__(self, bot: SummitBot) -> None:
        self._bot = bot
        self._record = bot.announcements.delivery

    async def post(self, announcement_id: int) -> None:
        """Post an announcement whose time has come, unless it is posted or no longer wanted.

        What Discord refuses for good is put on record and told. Raises what may pass; the next
        call goes on from there.
        """
        attempt = await self._record.begin(announcement_id)
        if attempt is None:
            return
        announcement = attempt.announcement
        try:
            message_id = await self._earlier(attempt)
        except CannotTellError:
            await self._record.failed(announcement_id, words.cannot_tell(announcement))
            return
        if message_id is None and attempt.is_too_late:
            await self._record.failed(announcement_id, words.missed(announcement))
            return
        if message_id is None:
            try:
                message_id = await self._send(announcement)
            except discord.HTTPException as error:
                await self._refused(attempt, error)
                return
        await self._record.posted(announcement, message_id, self._amiss(announcement))

    async def look_again(self, announcement: Announcement) -> bool:
        """Whether one that was given up is in its channel all the same; then that is recorded."""
        if announcement.posting_since is None or not self._may_look_back(announcement):
            return False
        try:
            message_id = await self._find(announcement, announcement.posting_since)
        except (CannotTellError, discord.HTTPException, *BROKEN_LINE) as error:
            log.info("Announcement %d cannot be looked for: %s", announcement.id, error)
            return False
        if message_id is not None:
            await self._record.posted(announcement, message_id, self._amiss(announcement))
        return message_id is not None

    async def shown(self, announcement: Announcement) -> AnnouncementDetails:
        """What a reader sees of an announcement as things are now."""
        shown = await self._bot.announcements.details(announcement)
        announcement, plan = shown.announcement, shown.announcement.plan
        if self._lacks_role(announcement):
            announcement = replace(announcement, plan=replace(plan, role_id=None))
        return replace(shown, announcement=announcement, poll=await self.attached(announcement))

    async def attached(self, announcement: Announcement) -> Report | None:
        """The poll attached to an announcement, as everyone may see it."""
        poll_id = announcement.plan.poll_id
        return await self._bot.polls.public(poll_id) if poll_id is not None else None

    def _lacks_role(self, announcement: Announcement) -> bool:
        """Whether the role to ping was deleted."""
        guild, role_id = self._bot.get_guild(announcement.guild_id), announcement.plan.role_id
        return guild is not None and role_id is not None and guild.get_role(role_id) is None

    def _amiss(self, announcement: Announcement) -> str | None:
        """Why nobody is pinged where somebody should be, and what to do."""
        guild, role_id = self._bot.get_guild(announcement.guild_id), announcement.plan.role_id
        if guild is None or role_id is None:
            return None
        role = guild.get_role(role_id)
        if role is None:
            return words.ROLE_GONE
        channel = guild.get_channel_or_thread(announcement.plan.channel_id)
        if role.mentionable or channel is None or is_astray(channel):
            return None
        may_ping = channel.permissions_for(guild.me).mention_everyone
        return None if may_ping else words.may_not_ping(announcement)

    async def _send(self, announcement: Announcement) -> int:
        shown = await self.shown(announcement)
        message = await post_once(
            self._place(announcement),
            nonce=announcement.nonce,
            view=cards.message(shown, marked=True),
            files=lambda: files(shown),
            allowed_mentions=cards.pings(shown.announcement),
        )
        return message.id

    async def _refused(self, attempt: Attempt, error: discord.HTTPException) -> None:
        """Raises the error where trying again may help."""
        if is_final(error):
            await self._record.failed(
                attempt.announcement.id, words.refusal(attempt.announcement, error)
            )
            return
        if error.status < 500:
            await self._record.attempt_refused(attempt)
        raise error

    async def _earlier(self, attempt: Attempt) -> int | None:
        """The message that an earlier attempt has become, if there is one.

        CannotTellError where it cannot be looked for, or not far enough back.
        """
        if attempt.earlier is None:
            return None
        announcement = attempt.announcement
        if not self._may_look_back(announcement):
            if self._bot.clock.now() - attempt.earlier < NONCE_IS_KNOWN_FOR:
                return None
            raise CannotTellError
        return await self._find(announcement, attempt.earlier)

    async def _find(self, announcement: Announcement, since: datetime) -> int | None:
        """The announcement's message, if one was posted since then."""
        try:
            found = await find_posted(
                self._bot, self._place(announcement), cards.mark(announcement), since
            )
        except discord.NotFound:
            # The channel is gone, and with it whatever was in it.
            return None
        except TooManyMessagesError as error:
            raise CannotTellError from error
        return found.id if found else None

    def _may_look_back(self, announcement: Announcement) -> bool:
        """Discord shows an empty history, without a word, to those who may not read it."""
        guild = self._bot.get_guild(announcement.guild_id)
        if guild is None:
            return True
        channel = guild.get_channel_or_thread(announcement.plan.channel_id)
        if channel is None or is_astray(channel):
            return True
        allowed = channel.permissions_for(guild.me)
        return allowed.view_channel and allowed.read_message_history

    def _place(self, announcement: Announcement) -> discord.PartialMessageable:
        return self._bot.get_partial_messageable(
            announcement.plan.channel_id, guild_id=announcement.guild_id
        )


def files(shown: AnnouncementDetails) -> list[discord.File]:
    """The attachments that a message of an announcement refers to, fresh for one sending."""
    picture = shown.picture
    if picture is None:
        return []
    return [discord.File(BytesIO(picture.data), picture.filename, description=picture.alt or None)]
