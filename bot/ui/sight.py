"""Which channels a person, or everybody who reads a channel, may view."""

from __future__ import annotations

from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any

import discord

from bot.polls.visibility import Sight
from bot.ui.permissions import Channel, may_view, views
from bot.ui.viewer import viewer_of

if TYPE_CHECKING:
    from collections.abc import Iterator

NOTHING = Sight(lambda _: False)
MOST_ROLES = 10


def sight_of(interaction: discord.Interaction[Any]) -> Sight:
    """What the member behind an interaction may view.

    Where the bot does not know a channel, whether they may cannot be told: moderators are then
    shown its polls, since they must be able to settle them, and others are not.
    """
    guild, member, here_id = interaction.guild, interaction.user, interaction.channel_id
    is_moderator = viewer_of(interaction).is_moderator
    if guild is None or not isinstance(member, discord.Member):
        return NOTHING
    here = {here_id, audience_id(guild, here_id)} if here_id else set[int]()

    @cache
    def sees(channel_id: int) -> bool:
        return channel_id in here or may_view(guild, channel_id, member, if_unknown=is_moderator)

    return Sight(sees)


def shown_to(interaction: discord.Interaction[Any], *, private: bool) -> Sight:
    """What an answer may tell of: to the member alone, or to all who read the channel as well."""
    if private or interaction.channel_id is None:
        return sight_of(interaction)
    return shown_in(interaction, interaction.channel_id)


def shown_in(interaction: discord.Interaction[Any], channel_id: int) -> Sight:
    """What the member behind an interaction and all who read a channel may view."""
    own, guild = sight_of(interaction), interaction.guild
    return own & audience(guild, channel_id) if guild else own


def audience(guild: discord.Guild, channel_id: int) -> Sight:
    """What everybody who reads a channel may view: the channel itself, and what all may view who
    may view it by their roles.

    Where that is too much to work out it is what the whole server may view.
    """
    here = {channel_id, audience_id(guild, channel_id)}
    readers = cache(lambda: _readers(guild, channel_id))

    @cache
    def sees(place_id: int) -> bool:
        return place_id in here or all(
            may_view(guild, place_id, reader, if_unknown=False) for reader in readers()
        )

    return Sight(sees)


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
    added = [who for who, allowed in channel.overwrites.items() if allowed.view_channel]
    if not all(isinstance(who, discord.Role) or who.id == guild.me.id for who in added):
        return everybody
    roles = list(islice(_reading(guild, channel), MOST_ROLES + 1))
    return roles if 0 < len(roles) <= MOST_ROLES else everybody


def _reading(guild: discord.Guild, channel: discord.abc.GuildChannel) -> Iterator[discord.Role]:
    """The roles that let members read a channel, but for those that let them read all."""
    for role in guild.roles:
        if role.permissions.administrator or role.is_bot_managed():
            continue
        if views(channel, role):
            yield role
