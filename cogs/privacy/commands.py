"""The /privacy commands."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.privacy.model import as_json
from bot.ui.viewer import viewer_of
from cogs.privacy import views

if TYPE_CHECKING:
    from bot.client import SummitBot
    from bot.ui.interaction import Interaction


@app_commands.guild_only()
class Privacy(
    commands.GroupCog, group_name="privacy", group_description="What is stored about you."
):
    """Gives members what is stored about them, and deletes it."""

    def __init__(self, bot: SummitBot) -> None:
        self.bot = bot

    @app_commands.command(
        name="export", description="Get all that is stored about you in this server, as a file."
    )
    async def export(self, interaction: Interaction) -> None:
        await interaction.response.defer(ephemeral=True)
        stored = await self.bot.services.privacy.export(viewer_of(interaction))
        content = io.BytesIO(as_json(stored, self.bot.services.clock.now()))
        await interaction.followup.send(
            view=views.exported(stored),
            file=discord.File(content, views.FILE_NAME),
            ephemeral=True,
        )

    @app_commands.command(
        name="delete", description="Delete what is stored about you in this server."
    )
    async def delete(self, interaction: Interaction) -> None:
        await interaction.response.defer(ephemeral=True)
        stored = await self.bot.services.privacy.before_deleting(viewer_of(interaction))
        await interaction.followup.send(view=views.to_confirm(stored), ephemeral=True)
