"""What the modules of the /poll group share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord.ext import commands

from bot.ui.caller import caller_of
from cogs.polls import choices

if TYPE_CHECKING:
    from discord import app_commands

    from bot.client import SummitBot
    from bot.polls.model import Poll
    from bot.ui.items import Interaction
    from cogs.polls.board import PollBoard


class PollCommands(commands.Cog):
    """Finds the poll that an option names, among those of the server."""

    bot: SummitBot
    board: PollBoard

    async def listed(self, interaction: Interaction) -> list[Poll]:
        guild_id = caller_of(interaction).guild_id
        return [poll for poll, _ in await self.bot.polls.listed(guild_id)]

    async def chosen(self, interaction: Interaction, typed: str) -> int:
        """The id of the poll that was picked or typed; UserError if there is none."""
        return choices.chosen_poll(await self.listed(interaction), typed)

    async def any_poll(
        self, interaction: Interaction, typed: str
    ) -> list[app_commands.Choice[str]]:
        """Offers every poll of the server."""
        return choices.poll_choices(await self.listed(interaction), typed)

    async def open_poll_choices(
        self, interaction: Interaction, typed: str
    ) -> list[app_commands.Choice[str]]:
        """Offers the server's open polls."""
        found = await self.bot.polls.open_ones(caller_of(interaction).guild_id)
        return choices.poll_choices(found, typed)
