"""The /settings command."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from discord import app_commands
from discord.ext import commands, tasks

from bot.access import SYSTEM
from bot.settings.model import Page
from bot.ui.audience import for_administrators
from bot.ui.viewer import viewer_of
from cogs.settings.pages import read_panel
from cogs.settings.views import panel_view

if TYPE_CHECKING:
    from bot.client import SummitBot
    from bot.ui.interaction import Interaction

log = logging.getLogger(__name__)

SECONDS_BETWEEN_LOADS = 60.0


class SettingsCog(commands.Cog):
    """Opens the panel. Where another process may change settings, reloads them every minute."""

    def __init__(self, bot: SummitBot) -> None:
        self.bot = bot

    async def cog_load(self) -> None:
        if self.bot.services.settings.is_shared:
            self._reload.start()

    async def cog_unload(self) -> None:
        self._reload.cancel()

    @for_administrators
    @app_commands.command(description="How the bot works in this server: one panel.")
    async def settings(self, interaction: Interaction) -> None:
        self.bot.services.settings.allow(viewer_of(interaction))
        view = panel_view(await read_panel(interaction, Page.PLACES))
        await interaction.response.send_message(view=view, ephemeral=True)

    @tasks.loop(seconds=SECONDS_BETWEEN_LOADS)
    async def _reload(self) -> None:
        try:
            await self.bot.services.settings.load(SYSTEM)
        except Exception:
            log.exception("The settings could not be reloaded")
