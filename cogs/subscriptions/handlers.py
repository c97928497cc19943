"""Handlers of the buttons to subscribe, and the roles behind them."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import discord

from bot.errors import UserError
from bot.ui.cards import lines_view
from bot.ui.delivery import cannot_post, post_once
from bot.ui.dispatch import on_click
from bot.ui.failures import tell
from bot.ui.permissions import lacking_to_write
from bot.ui.subscriptions import PREVIEW
from bot.ui.viewer import viewer_of
from cogs.subscriptions import custom_ids, strings
from cogs.subscriptions.views import panel_view, preview_view

if TYPE_CHECKING:
    from bot.access import Viewer
    from bot.subscriptions.model import Topic
    from bot.ui.interaction import BaseBot, Interaction

TOO_MANY_ROLES = 30005
"""Discord's error code for a server that cannot have more roles."""


@on_click(custom_ids.TOGGLE)
async def toggle(interaction: Interaction, topic: Topic) -> None:
    """Give the member the role of a topic, or take it."""
    guild, member = interaction.guild, interaction.user
    if guild is None or not isinstance(member, discord.Member):
        raise UserError("This works only in a server, not in direct messages.")
    await interaction.response.defer(ephemeral=True, thinking=True)
    role_id = await role_for(interaction.client, viewer_of(interaction), guild, topic)
    is_wanted = all(role.id != role_id for role in member.roles)
    role = discord.Object(role_id)
    try:
        if is_wanted:
            await member.add_roles(role, reason=strings.REASON_ON)
        else:
            await member.remove_roles(role, reason=strings.REASON_OFF)
    except discord.Forbidden as error:
        raise UserError(strings.TOO_HIGH.format(role=role_id)) from error
    except discord.NotFound as error:
        # If the role is gone, so is the subscription: unsubscribing has worked.
        if is_wanted:
            raise UserError(strings.VANISHED) from error
    sentence = strings.ON if is_wanted else strings.OFF
    await interaction.followup.send(
        sentence.format(label=strings.LABELS[topic], role=role_id), ephemeral=True
    )


@on_click(PREVIEW)
async def show_preview(interaction: Interaction) -> None:
    """Show a moderator the panel before it is posted in this channel."""
    view = preview_view(_allowed_channel(interaction))
    await interaction.response.send_message(view=view, ephemeral=True)


@on_click(custom_ids.POST)
async def post_panel(interaction: Interaction) -> None:
    """Post the panel in this channel."""
    bot, channel_id = interaction.client, _allowed_channel(interaction)
    await interaction.response.defer()
    channel = bot.get_partial_messageable(channel_id, guild_id=interaction.guild_id)
    # Pressing twice under one preview must not post two panels.
    preview = interaction.message.id if interaction.message else interaction.id
    try:
        posted = await post_once(channel, nonce=f"panel-{preview}", view=panel_view())
    except discord.HTTPException as error:
        raise cannot_post(channel_id, error) from error
    await bot.services.subscriptions.offered(viewer_of(interaction), posted.jump_url)
    done = strings.POSTED.format(url=posted.jump_url)
    try:
        await interaction.edit_original_response(view=lines_view(done))
    except discord.HTTPException:
        # The preview was dismissed meanwhile. The moderator still needs to know of the post.
        await tell(interaction, done)


def _allowed_channel(interaction: Interaction) -> int:
    """The channel of the interaction; UserError unless the member may post the panel there."""
    channel_id = interaction.channel_id or 0
    lacking = lacking_to_write(interaction, channel_id)
    interaction.client.services.subscriptions.allow_offering(
        viewer_of(interaction), channel_id, lacking=lacking
    )
    return channel_id


async def role_for(bot: BaseBot, viewer: Viewer, guild: discord.Guild, topic: Topic) -> int:
    """The id of a topic's role. Creates the role if there is none or it was deleted.

    UserError if the bot may not create it.
    """
    known = (await bot.services.subscriptions.roles(viewer, guild.id)).get(topic)
    if known is not None and await _exists(guild, known):
        return known
    if not guild.me.guild_permissions.manage_roles:
        raise UserError(strings.MAY_NOT)
    try:
        created = await guild.create_role(
            name=strings.ROLE_NAMES[topic],
            permissions=discord.Permissions.none(),
            hoist=False,
            mentionable=False,
            reason=strings.REASON_MADE,
        )
    except discord.Forbidden as error:
        raise UserError(strings.MAY_NOT) from error
    except discord.HTTPException as error:
        if error.code == TOO_MANY_ROLES:
            raise UserError(strings.TOO_MANY) from error
        raise
    kept = await bot.services.subscriptions.keep(viewer, topic, created.id, lost=known)
    if kept != created.id:
        # Somebody else pressed at the same time, and their role was stored first.
        with suppress(discord.NotFound):
            await created.delete(reason=strings.REASON_LOST)
    return kept


async def _exists(guild: discord.Guild, role_id: int) -> bool:
    if guild.get_role(role_id) is not None:
        return True
    try:
        # Another process may have created it a moment ago.
        await guild.fetch_role(role_id)
    except discord.NotFound:
        return False
    return True
