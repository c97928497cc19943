"""The panel to subscribe by, its buttons, and the roles behind them."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

import discord
from discord import ui

from bot.errors import UserError
from bot.subscriptions.model import Topic
from bot.ui.caller import caller_of
from bot.ui.card import ACCENT
from bot.ui.guard import tell
from bot.ui.items import PersistentButton
from bot.ui.once import post_once
from bot.ui.permissions import lacking_to_write
from bot.ui.posting import cannot_post, lines_view
from cogs.subscriptions import strings as words

if TYPE_CHECKING:
    from bot.client import SummitBot
    from bot.ui.items import Interaction

log = logging.getLogger(__name__)

TOPICS = "|".join(Topic)
TOO_MANY_ROLES = 30005
"""Discord's code for a server that has as many roles as it can have."""


class ToggleButton(PersistentButton, template=rf"subscribe:toggle:v1:(?P<topic>{TOPICS})"):
    """Gives the presser the role of a topic, or takes it."""

    def __init__(self, topic: Topic) -> None:
        self.topic = topic
        super().__init__(
            ui.Button(label=words.LABELS[topic], custom_id=f"subscribe:toggle:v1:{topic}")
        )

    @classmethod
    def parse(cls, **groups: str) -> Self:
        return cls(Topic(groups["topic"]))

    async def act(self, interaction: Interaction) -> None:
        guild, member = interaction.guild, interaction.user
        if guild is None or not isinstance(member, discord.Member):
            raise UserError("This works in a server only, not in direct messages.")
        await interaction.response.defer(ephemeral=True, thinking=True)
        role_id = await role_for(interaction.client, guild, self.topic)
        wanted = all(role.id != role_id for role in member.roles)
        role = discord.Object(role_id)
        try:
            if wanted:
                await member.add_roles(role, reason=words.REASON_ON)
            else:
                await member.remove_roles(role, reason=words.REASON_OFF)
        except discord.Forbidden as error:
            raise UserError(words.TOO_HIGH.format(role=role_id)) from error
        except discord.NotFound as error:
            # With the role the subscription is gone, which is what was wanted of stopping.
            if wanted:
                raise UserError(words.VANISHED) from error
        sentence = words.ON if wanted else words.OFF
        await interaction.followup.send(
            sentence.format(label=words.LABELS[self.topic], role=role_id), ephemeral=True
        )


class PanelButton(PersistentButton, template=r"subscribe:panel:v1"):
    """Shows the panel to a moderator before it is posted in the channel where this is pressed."""

    def __init__(self) -> None:
        super().__init__(ui.Button(label=words.OFFER, custom_id="subscribe:panel:v1"))

    @classmethod
    def parse(cls, **groups: str) -> Self:
        return cls()

    async def act(self, interaction: Interaction) -> None:
        channel_id = _allowed_in(interaction)
        view = panel()
        box: ui.Container[ui.LayoutView] = ui.Container()
        box.add_item(ui.TextDisplay(words.PREVIEW.format(channel=channel_id)))
        box.add_item(ui.ActionRow(PostPanelButton()))
        view.add_item(box)
        await interaction.response.send_message(view=view, ephemeral=True)


class PostPanelButton(PersistentButton, template=r"subscribe:post:v1"):
    """Posts the panel in the channel where it is pressed."""

    def __init__(self) -> None:
        super().__init__(
            ui.Button(
                label=words.POST, style=discord.ButtonStyle.success, custom_id="subscribe:post:v1"
            )
        )

    @classmethod
    def parse(cls, **groups: str) -> Self:
        return cls()

    async def act(self, interaction: Interaction) -> None:
        bot, channel_id = interaction.client, _allowed_in(interaction)
        await interaction.response.defer()
        place = bot.get_partial_messageable(channel_id, guild_id=interaction.guild_id)
        # A preview is one panel: whoever presses twice must not post two.
        preview = interaction.message.id if interaction.message else interaction.id
        try:
            posted = await post_once(place, nonce=f"panel-{preview}", view=panel())
        except discord.HTTPException as error:
            raise cannot_post(channel_id, error) from error
        await bot.subscriptions.offered(caller_of(interaction), posted.jump_url)
        done = words.POSTED.format(url=posted.jump_url)
        try:
            await interaction.edit_original_response(view=lines_view(done))
        except discord.HTTPException:
            # The preview was dismissed meanwhile; that it is posted must be said all the same.
            await tell(interaction, done)


def _allowed_in(interaction: Interaction) -> int:
    """The channel of the interaction; UserError unless its member may post the panel there."""
    channel_id = interaction.channel_id or 0
    lacking = lacking_to_write(interaction, channel_id)
    interaction.client.subscriptions.allow_offering(
        caller_of(interaction), channel_id, lacking=lacking
    )
    return channel_id


ITEMS = (ToggleButton, PanelButton, PostPanelButton)


def panel() -> ui.LayoutView:
    """What members subscribe by. Pure."""
    lines = [f"**{words.LABELS[topic]}**: {words.MEANINGS[topic]}" for topic in Topic]
    box: ui.Container[ui.LayoutView] = ui.Container(accent_colour=ACCENT)
    box.add_item(ui.TextDisplay("\n".join((words.PANEL, *lines))))
    row: ui.ActionRow[Any] = ui.ActionRow(*(ToggleButton(topic) for topic in Topic))
    box.add_item(row)
    box.add_item(ui.TextDisplay(f"-# {words.PANEL_NOTE}"))
    view = ui.LayoutView(timeout=None)
    view.add_item(box)
    return view


async def role_for(bot: SummitBot, guild: discord.Guild, topic: Topic) -> int:
    """The id of a topic's role, which is made if there is none or it was deleted.

    UserError if the bot may not make it.
    """
    known = (await bot.subscriptions.roles(guild.id)).get(topic)
    if known is not None and await _is_there(guild, known):
        return known
    if not guild.me.guild_permissions.manage_roles:
        raise UserError(words.MAY_NOT)
    try:
        made = await guild.create_role(
            name=words.ROLE_NAMES[topic],
            permissions=discord.Permissions.none(),
            hoist=False,
            mentionable=False,
            reason=words.REASON_MADE,
        )
    except discord.Forbidden as error:
        raise UserError(words.MAY_NOT) from error
    except discord.HTTPException as error:
        if error.code == TOO_MANY_ROLES:
            raise UserError(words.TOO_MANY) from error
        raise
    kept = await bot.subscriptions.keep(guild.id, topic, made.id, lost=known)
    if kept != made.id:
        # Somebody else pressed at the same time and their role was stored first.
        with suppress(discord.NotFound):
            await made.delete(reason=words.REASON_LOST)
    return kept


async def _is_there(guild: discord.Guild, role_id: int) -> bool:
    if guild.get_role(role_id) is not None:
        return True
    try:
        # Another process may have made it a moment ago.
        await guild.fetch_role(role_id)
    except discord.NotFound:
        return False
    return True
