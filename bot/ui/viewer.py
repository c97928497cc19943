"""Who uses a command or button, and which channels they and all readers of the answer may view."""

from __future__ import annotations

from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any

import discord

from bot.access import Viewer
from bot.errors import UserError
from bot.ui.permissions import Channel, is_astray, may_view, views

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MOST_ROLES = 10


def viewer_of(interaction: discord.Interaction[Any]) -> Viewer:
    """The member behind an interaction; UserError outside a server.

    Their rights are those that their roles give in the whole server. A member who may manage
    messages in one channel only is no moderator.
    """
    if interaction.guild_id is None:
        raise UserError("This works in a server only, not in direct messages.")
    member = interaction.user
    allowed, roles = discord.Permissions.none(), list[discord.Role]()
    if isinstance(member, discord.Member):
        allowed, roles = member.guild_permissions, member.roles
    settings = interaction.client.services.settings.of(interaction.guild_id)
    return Viewer(
        user_id=interaction.user.id,
        guild_id=interaction.guild_id,
        views=_views_of(interaction),
        manage_server=allowed.manage_guild or allowed.administrator,
        manage_messages=allowed.manage_messages or allowed.administrator,
        administrator=allowed.administrator,
        roles=frozenset(role.id for role in roles),
        moderator_role=settings.moderator_role,
    )


def viewer_for_reply(interaction: discord.Interaction[Any], *, private: bool) -> Viewer:
    """The member behind an interaction, together with all readers if the reply is public."""
    if private or interaction.channel_id is None:
        return viewer_of(interaction)
    return viewer_among_readers(interaction, interaction.channel_id)


def viewer_among_readers(interaction: discord.Interaction[Any], channel_id: int) -> Viewer:
    """The member behind an interaction, together with all readers of a channel."""
    viewer, guild = viewer_of(interaction), interaction.guild
    return viewer.together_with(readers_of(guild, channel_id)) if guild else viewer


def readers_of(guild: discord.Guild, channel_id: int) -> Callable[[int], bool]:
    """A function that says of another channel, by its id, whether all readers of this one may view
    it.

    Readers are known by their roles. If there are too many roles, it says what the whole server
    may view. It says no for a channel that the bot does not know.
    """
    here = {channel_id, audience_id(guild, channel_id)}
    roles = cache(lambda: _reading_roles(guild, channel_id))

    @cache
    def may_all_view(other_id: int) -> bool:
        return other_id in here or all(may_view(guild, other_id, role) for role in roles())

    return may_all_view


def audience_id(guild: discord.Guild | None, channel_id: int) -> int:
    """The channel whose readers can read this one: for a public thread that is its parent."""
    channel = guild.get_channel_or_thread(channel_id) if guild else None
    if isinstance(channel, discord.Thread) and not channel.is_private():
        return channel.parent_id
    return channel_id


def _views_of(interaction: discord.Interaction[Any]) -> Callable[[int], bool | None]:
    """A function that says of a channel, by its id, whether the member may view it.

    It gives None for a channel that the bot does not know.

    They may view the channel that they are in.
    """
    guild, member, here_id = interaction.guild, interaction.user, interaction.channel_id

    @cache
    def views_channel(channel_id: int) -> bool | None:
        if channel_id == here_id:
            return True
        if guild is None or not isinstance(member, discord.Member):
            return None
        if here_id is not None and channel_id == audience_id(guild, here_id):
            return True
        channel = guild.get_channel_or_thread(channel_id)
        return None if channel is None or is_astray(channel) else views(channel, member)

    return views_channel


def _reading_roles(guild: discord.Guild, channel_id: int) -> list[discord.Role]:
    """The roles that let members read a channel; only the role of everybody if that is enough."""
    everybody = [guild.default_role]
    channel: Channel | None = guild.get_channel_or_thread(channel_id)
    if isinstance(channel, discord.Thread):
        channel = channel.parent
    if channel is None or views(channel, guild.default_role):
        return everybody
    added = [who for who, allowed in channel.overwrites.items() if allowed.view_channel]
    if not all(isinstance(who, discord.Role) or who.id == guild.me.id for who in added):
        return everybody
    roles = list(islice(_roles_that_view(guild, channel), MOST_ROLES + 1))
    return roles if 0 < len(roles) <= MOST_ROLES else everybody


def _roles_that_view(
    guild: discord.Guild, channel: discord.abc.GuildChannel
) -> Iterator[discord.Role]:
    """The roles that let members read a channel, without those that let them read every channel."""
    for role in guild.roles:
        if role.permissions.administrator or role.is_bot_managed():
            continue
        if views(channel, role):
            yield role
