"""The /forecast commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord import app_commands
from discord.ext import commands

from bot.ui.viewer import viewer_of
from cogs.forecasts import handlers, strings

if TYPE_CHECKING:
    from bot.client import SummitBot
    from bot.ui.interaction import Interaction


@app_commands.guild_only()
class Forecasts(
    commands.GroupCog,
    group_name="forecast",
    group_description="See how your forecasts and the server's held.",
):
    """Shows how forecasts held."""

    def __init__(self, bot: SummitBot) -> None:
        self.bot = bot

    @app_commands.command(
        name="mine", description="Your forecasts and scores. Only you can see them."
    )
    async def mine(self, interaction: Interaction) -> None:
        await interaction.response.defer(ephemeral=True)
        answer = await handlers.mine(interaction)
        await interaction.edit_original_response(view=answer.view, attachments=answer.files)

    @app_commands.command(name="leaderboard", description="Who forecasts best in this server.")
    async def leaderboard(self, interaction: Interaction) -> None:
        viewer = viewer_of(interaction)
        board = await self.bot.services.forecasts.leaderboard(viewer)
        answer = handlers.leaderboard(board, private=False)
        await interaction.response.send_message(view=answer.view)
        if board.rows and board.own is None:
            await interaction.followup.send(strings.NO_PLACE, ephemeral=True)

    @app_commands.command(
        name="calibration", description="Whether what the crowd calls 70% happens in 70% of cases."
    )
    async def calibration(self, interaction: Interaction) -> None:
        await interaction.response.defer()
        answer = await handlers.calibration(interaction)
        await interaction.edit_original_response(view=answer.view, attachments=answer.files)

    @app_commands.command(
        name="surprises", description="What happened that this server did not expect."
    )
    async def surprises(self, interaction: Interaction) -> None:
        answer = await handlers.surprises(interaction, private=False)
        await interaction.response.send_message(view=answer.view)
