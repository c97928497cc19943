"""The /help command, and the buttons that turn its pages."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING

import discord
from discord import app_commands, ui
from discord.ext import commands

from bot.ui.dispatch import on_click
from bot.ui.interaction import library_of, locale_of
from bot.ui.viewer import viewer_of
from cogs.help.custom_ids import TURN
from cogs.help.views import help_card, help_view

if TYPE_CHECKING:
    from bot.client import SummitBot
    from bot.ui.interaction import Interaction

log = logging.getLogger(__name__)


class Help(commands.Cog):
    """Shows members the commands that they may use.

    `ids` are the ids that Discord gave the commands, by name; empty until they are fetched.
    """

    def __init__(self, bot: SummitBot) -> None:
        self.bot = bot
        self.ids: Mapping[str, int] = {}

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        try:
            found = await self.bot.tree.fetch_commands()
        except discord.HTTPException:
            log.warning("Discord does not give the commands' ids: /help shows plain names.")
        else:
            self.ids = {command.name: command.id for command in found}

    @app_commands.command(description="What you can do here, and how to read a card.")
    async def help(self, interaction: Interaction) -> None:
        await interaction.response.send_message(view=self._view(interaction), ephemeral=True)

    @on_click(TURN)
    async def turn_page(self, interaction: Interaction, page: int) -> None:
        await interaction.response.edit_message(view=self._view(interaction, page))

    def _view(self, interaction: Interaction, page: int = 0) -> ui.LayoutView:
        summit = library_of(interaction).default
        name = summit.summit.name.read(locale_of(interaction, private=True))
        card = help_card(self.bot.tree, name, viewer_of(interaction), self.ids)
        return help_view(card, summit.id, page)
