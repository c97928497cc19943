"""Which channels a person, or everybody who reads a channel, may view."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord

from bot.polls.sight import Sight
from bot.ui.caller import caller_of
from bot.ui.permissions import Channel, views

if TYPE_CHECKING:
    from collections.abc import Iterator

NOTHING = Sight(frozenset(), frozenset(), unknown=False)
MOST_ROLES = 10


def sight_of(interaction: discord.Interaction[Any]) -> Sight:
    """What the member behind an interaction may view.

    Where the bot does not know a channel, whether they may cannot be told: moderators are then
    shown its polls, since they must be able to settle them, and others are not.
    """
    guild, member = interaction.guild, interaction.user
    is_moderator = caller_of(interaction).is_moderator
    if guild is None or not isinstance(member, discord.Member):
        return NOTHING
    viewable = {channel.id for channel in _channels(guild) if views(channel, member)}
    if interaction.channel_id is not None:
        viewable |= {interaction.channel_id, audience_id(guild, interaction.channel_id)}
    return Sight(frozenset(viewable), _known(guild), is_moderator)


def shown_to(interaction: discord.Interaction[Any], *, private: bool) -> Sight:
    """What an answer may tell of: to the member alone, or to all who read the channel as well."""
    own = sight_of(interaction)
    if private or interaction.guild is None or interaction.channel_id is None:
        return own
    return own & audience(interaction.guild, interaction.channel_id)


def audience(guild: discord.Guild, channel_id: int) -> Sight:
    """What everybody who reads a channel may view: the channel itself, and what all may view who
    may view it by their roles.

    Where that is too much to work out it is what the whole server may view.
    """
    here = {channel_id, audience_id(guild, channel_id)}
    readers = _readers(guild, channel_id)
    viewable = {
        channel.id
        for channel in _channels(guild)
        if all(views(channel, reader) for reader in readers)
    }
    return Sight(frozenset(viewable | here), _known(guild), unknown=False)


def audience_id(guild: discord.Guild | None, channel_id: int) -> int:
    """The channel whose readers also read this one: of a thread that is not private its parent."""
    channel = guild.get_channel_or_thread(channel_id) if guild else None
    if isinstance(channel, discord.Thread) and not channel.is_private():
        return channel.parent_id
    return channel_id


def _readers(guild: discord.Guild, channel_id: int) -> list[discord.Role]:
    """The roles by which members read a channel; that of everybody where it suffices."""
    everybody = [guild.default_role]
    channel: Channel | None = guild.get_channel_or_thread(channel_id)
    if isinstance(channel, discord.Thread):
        channel = channel.parent
    if channel is None or views(channel, guild.default_role):
        return everybody
    added = [
        who
        for who, allowed in channel.overwrites.items()
        if allowed.view_channel and who.id != guild.me.id
    ]
    roles = [
        role
        for role in guild.roles
        if not role.permissions.administrator and not role.is_bot_managed() and views(channel, role)
    ]
    by_role = all(isinstance(who, discord.Role) for who in added)
    return roles if by_role and 0 < len(roles) <= MOST_ROLES else everybody


def _channels(guild: discord.Guild) -> Iterator[Channel]:
    """All that a poll can be in."""
    for channel in guild.channels:
        if not isinstance(channel, discord.CategoryChannel):
            yield channel
    yield from guild.threads


def _known(guild: discord.Guild) -> frozenset[int]:
    return frozenset(channel.id for channel in _channels(guild))
