"""The /announce commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.ui.caller import caller_of
from cogs.announcements.items import AnnouncementForm

if TYPE_CHECKING:
    from bot.client import SummitBot
    from bot.ui.items import Interaction


@app_commands.guild_only()
class Announcements(
    commands.GroupCog, group_name="announce", group_description="Tell the server something."
):
    """Drafts announcements; the buttons under the preview post or drop them."""

    def __init__(self, bot: SummitBot) -> None:
        self.bot = bot

    @app_commands.command(
        name="post", description="Write an announcement and see it before it is posted."
    )
    async def post(self, interaction: Interaction) -> None:
        self.bot.announcements.allow(caller_of(interaction))
        here = interaction.channel
        usual = here if isinstance(here, discord.TextChannel) else None
        await interaction.response.send_modal(AnnouncementForm(usual))
