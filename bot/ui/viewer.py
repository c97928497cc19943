"""Who presses, types or clicks, as the services know them."""

from functools import partial
from typing import Any

import discord

from bot.access import Viewer
from bot.errors import UserError
from bot.ui.permissions import may_view


def viewer_of(interaction: discord.Interaction[Any]) -> Viewer:
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
    settings = interaction.client.services.settings.of(interaction.guild_id)
    administers = allowed.manage_guild or allowed.administrator
    return Viewer(
        user_id=interaction.user.id,
        guild_id=interaction.guild_id,
        manage_server=administers,
        manage_messages=allowed.manage_messages or allowed.administrator,
        administrator=allowed.administrator,
        roles=frozenset(role.id for role in roles),
        moderator_role=settings.moderator_role,
        may_view=partial(_may_view, interaction, if_unknown=administers),
    )


def _may_view(interaction: discord.Interaction[Any], channel_id: int, *, if_unknown: bool) -> bool:
    """Whether the member behind an interaction may view a channel, as in `may_view`: where they
    are they do."""
    guild, member = interaction.guild, interaction.user
    if channel_id == interaction.channel_id:
        return True
    if guild is None or not isinstance(member, discord.Member):
        return if_unknown
    return may_view(guild, channel_id, member, if_unknown=if_unknown)
