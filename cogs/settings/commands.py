"""The /settings command."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from discord import app_commands
from discord.ext import commands, tasks

from bot.ui.caller import caller_of
from cogs.settings import views as cards
from cogs.settings.panel import Tab, read_panel

if TYPE_CHECKING:
    from bot.client import SummitBot
    from bot.ui.items import Interaction

log = logging.getLogger(__name__)

SECONDS_BETWEEN_LOADS = 60.0


class SettingsPanel(commands.Cog):
    """Opens the panel; where another process may change settings, learns of it in a minute."""

    def __init__(self, bot: SummitBot) -> None:
        self.bot = bot

    async def cog_load(self) -> None:
        if self.bot.servers.is_shared:
            self._load_again.start()

    async def cog_unload(self) -> None:
        self._load_again.cancel()

    @app_commands.command(description="How the bot works in this server: one panel.")
    @app_commands.default_permissions(manage_guild=True)
    async def settings(self, interaction: Interaction) -> None:
        self.bot.servers.allow(caller_of(interaction))
        view = cards.panel_view(await read_panel(interaction, Tab.PLACES))
        await interaction.response.send_message(view=view, ephemeral=True)

    @tasks.loop(seconds=SECONDS_BETWEEN_LOADS)
    async def _load_again(self) -> None:
        try:
            await self.bot.servers.load()
        except Exception:
            log.exception("The settings could not be loaded again")
