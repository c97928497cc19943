"""Asks Discord what would happen if an announcement were posted now."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import discord

from bot.access import SYSTEM
from bot.announcements.model import PostingConditions
from bot.announcements.rules import posting_warnings
from bot.errors import UserError
from bot.ui.permissions import is_astray, lacking, needed_to_write
from bot.ui.viewer import readers_of

if TYPE_CHECKING:
    from bot.announcements.model import Announcement, AnnouncementDetails
    from bot.polls.model import Poll
    from bot.ui.interaction import BaseBot, Interaction

log = logging.getLogger(__name__)

SECONDS_TO_COUNT = 5.0
UNKNOWN = "Discord does not tell me enough about this server right now. Try again in a minute."


async def conditions_for(
    interaction: Interaction, announcement: Announcement, attached: Poll | None
) -> PostingConditions:
    """The conditions for the person behind the interaction; UserError if they are unknown.

    `attached` is the attached poll. Acknowledge the interaction first: this can take seconds.
    """
    guild, member = interaction.guild, interaction.user
    if guild is None or not isinstance(member, discord.Member):
        raise UserError(UNKNOWN)
    return await _conditions(interaction.client, guild, announcement, attached, member)


async def _conditions(
    bot: BaseBot,
    guild: discord.Guild,
    announcement: Announcement,
    attached: Poll | None,
    author: discord.Member | None = None,
) -> PostingConditions:
    """The conditions in a server; without an `author` nobody's own permissions are checked."""
    plan = announcement.plan
    channel = guild.get_channel_or_thread(plan.channel_id)
    role = guild.get_role(plan.role_id) if plan.role_id is not None else None
    reach, members = await _counts(bot, guild, role) if role else (None, None)
    if channel is None or is_astray(channel):
        return PostingConditions(channel_exists=False, role_exists=role is not None)
    mine = channel.permissions_for(guild.me)
    theirs = channel.permissions_for(author) if author else discord.Permissions.all()
    mentionable = role is not None and role.mentionable
    # Members subscribed to these roles, so every moderator may ping them.
    subscribed = (await bot.services.subscriptions.roles(SYSTEM, guild.id)).values()
    return PostingConditions(
        author_may_write=not lacking(theirs, needed_to_write(channel)),
        author_may_ping=mentionable or theirs.mention_everyone or plan.role_id in subscribed,
        bot_may_write=not lacking(mine, needed_to_write(channel)),
        bot_may_attach=mine.attach_files,
        bot_may_ping=mentionable or mine.mention_everyone,
        bot_may_read_history=mine.read_message_history,
        is_news=is_news(channel),
        poll_is_visible=attached is None
        or readers_of(guild, plan.channel_id)(attached.audience_id),
        role_exists=role is not None,
        reach=reach,
        members=members,
    )


async def expected_conditions(
    bot: BaseBot, details: AnnouncementDetails
) -> tuple[PostingConditions | None, list[str]]:
    """The conditions, None for an unknown server, and the warnings for any moderator."""
    announcement, attached = details.announcement, details.attached
    guild = bot.get_guild(announcement.guild_id)
    if guild is None:
        return None, []
    found = await _conditions(bot, guild, announcement, attached)
    settings = bot.services.settings.of(guild.id)
    return found, posting_warnings(
        announcement, found, settings, attached, bot.services.clock.now()
    )


def is_news(channel: object) -> bool:
    """Whether other servers can follow the channel."""
    return isinstance(channel, discord.TextChannel) and channel.is_news()


async def _counts(
    bot: BaseBot, guild: discord.Guild, role: discord.Role
) -> tuple[int | None, int | None]:
    """How many members a role and the server have; None where Discord does not say.

    The bot keeps no list of members. Counting those of a role needs Manage Roles.
    """
    members, reach = guild.member_count, None
    try:
        async with asyncio.timeout(SECONDS_TO_COUNT):
            fetched = await bot.fetch_guild(guild.id, with_counts=True)
            members = fetched.approximate_member_count or members
            if not role.is_default():
                reach = (await guild.role_member_counts()).get(role, 0)
    except (discord.HTTPException, TimeoutError) as error:
        log.info("The members of role %d could not be counted: %s", role.id, error)
    return members if role.is_default() else reach, members
