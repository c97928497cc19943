"""What somebody may do in a channel, with the names that Discord's settings use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.ui.interaction import Interaction

Channel = discord.abc.GuildChannel | discord.Thread
VIEW = {"view_channel": "View Channel"}
WRITE = {**VIEW, "send_messages": "Send Messages"}
WRITE_IN_THREAD = {**VIEW, "send_messages_in_threads": "Send Messages in Threads"}


def is_astray(channel: object) -> bool:
    """Whether this is a thread of a channel that the bot does not know.

    Nobody can say then what anybody may do in it.
    """
    return isinstance(channel, discord.Thread) and channel.parent is None


def views(channel: Channel, who: discord.Member | discord.Role) -> bool:
    """Whether somebody may view a channel. The bot does not know who is in a private thread."""
    if is_astray(channel):
        return False
    allowed = channel.permissions_for(who)
    if isinstance(channel, discord.Thread) and channel.is_private():
        return allowed.view_channel and allowed.manage_threads
    return allowed.view_channel


def may_view(guild: discord.Guild, channel_id: int, who: discord.Member | discord.Role) -> bool:
    """Whether somebody may view a channel or thread; no if the bot does not know it."""
    channel = guild.get_channel_or_thread(channel_id)
    return channel is not None and views(channel, who)


def is_for_moderators(
    guild: discord.Guild | None, channel_id: int, moderator_role: int | None
) -> bool:
    """Whether only moderators can read a channel.

    No for a private thread, because the bot does not know who is in it.
    """
    channel = guild.get_channel_or_thread(channel_id) if guild else None
    if isinstance(channel, discord.Thread):
        channel = None if channel.is_private() else channel.parent
    if guild is None or channel is None:
        return False
    added = {who.id for who in channel.overwrites if not isinstance(who, discord.Role)}
    if added - {guild.me.id}:
        return False
    return all(
        _moderates(role) or role.id == moderator_role or role.is_bot_managed()
        for role in guild.roles
        if views(channel, role)
    )


def _moderates(role: discord.Role) -> bool:
    may = role.permissions
    return may.administrator or may.manage_guild or may.manage_messages


def lacking(allowed: discord.Permissions, needed: Mapping[str, str]) -> list[str]:
    """The names of the permissions that are needed and missing, as Discord shows them."""
    return [label for name, label in needed.items() if not getattr(allowed, name)]


def needed_to_write(channel: Channel) -> Mapping[str, str]:
    """The permissions that are needed to write in a channel or thread."""
    return WRITE_IN_THREAD if isinstance(channel, discord.Thread) else WRITE


def lacking_to_write(interaction: Interaction, channel_id: int) -> list[str]:
    """What the member behind an interaction lacks to write in a channel or thread of the server.

    Nothing in a channel that the bot does not know or in a thread of one: there Discord refuses the
    post itself.
    """
    channel: object = interaction.channel
    if channel_id != interaction.channel_id and interaction.guild is not None:
        channel = interaction.guild.get_channel_or_thread(channel_id)
    member = interaction.user
    if not isinstance(member, discord.Member) or is_astray(channel):
        return []
    if isinstance(channel, Channel):
        return lacking(channel.permissions_for(member), needed_to_write(channel))
    return []
