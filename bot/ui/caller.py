"""Who presses, types or clicks, as the services know them."""

from functools import partial
from typing import Any

import discord

from bot.access import Caller
from bot.errors import UserError
from bot.ui.permissions import views


def caller_of(interaction: discord.Interaction[Any]) -> Caller:
    """The member behind an interaction; UserError outside a server.

    What they may do is what their roles allow in the whole server: who tidies up one channel only
    moderates no server.
    """
    if interaction.guild_id is None:
        raise UserError("This works in a server only, not in direct messages.")
    member = interaction.user
    allowed, roles = discord.Permissions.none(), list[discord.Role]()
    if isinstance(member, discord.Member):
        allowed, roles = member.guild_permissions, member.roles
    settings = interaction.client.servers.of(interaction.guild_id)
    return Caller(
        user_id=interaction.user.id,
        guild_id=interaction.guild_id,
        manage_server=allowed.manage_guild or allowed.administrator,
        manage_messages=allowed.manage_messages or allowed.administrator,
        administrator=allowed.administrator,
        roles=frozenset(role.id for role in roles),
        moderator_role=settings.moderator_role,
        may_view=partial(_may_view, interaction),
    )


def _may_view(interaction: discord.Interaction[Any], channel_id: int) -> bool:
    """Whether the member behind an interaction may view a channel; of one that the bot does not
    know, such as a deleted one, it is taken that they may."""
    guild = interaction.guild
    channel = guild.get_channel_or_thread(channel_id) if guild else None
    if channel is None or not isinstance(interaction.user, discord.Member):
        return True
    return views(channel, interaction.user)


def is_private(interaction: discord.Interaction[Any]) -> bool:
    """Whether the message that a control stands under is seen by the presser alone."""
    return interaction.message is not None and interaction.message.flags.ephemeral


def is_owner(interaction: discord.Interaction[Any]) -> bool:
    """Whether the presser is who the message with the control was made for."""
    metadata = interaction.message.interaction_metadata if interaction.message else None
    return metadata is not None and metadata.user.id == interaction.user.id
