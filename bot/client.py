"""The Discord client: how it starts, what it does with interactions, how it stops."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.access import SYSTEM
from bot.ui.dispatch import Controls
from bot.ui.failures import answer_failure, answer_unclaimed, claim, is_claimed, tell
from bot.ui.interaction import BaseBot
from bot.ui.pictures import Pictures

if TYPE_CHECKING:
    from bot.services import Services

log = logging.getLogger(__name__)

EXTENSIONS = (
    "cogs.knowledge",
    "cogs.polls",
    "cogs.forecasts",
    "cogs.announcements",
    "cogs.discussions",
    "cogs.subscriptions",
    "cogs.modlog",
    "cogs.settings",
    "cogs.privacy",
    "cogs.help",
)
GRACE_SECONDS = 10.0


class Tree(app_commands.CommandTree["SummitBot"]):
    """The slash commands. It answers the errors that they raise."""

    async def interaction_check(self, interaction: discord.Interaction[SummitBot], /) -> bool:
        claim(interaction)
        if not interaction.client.stopping:
            return True
        if interaction.type is not discord.InteractionType.autocomplete:
            await tell(interaction, "The bot is restarting. Please try again in a minute.")
        return False

    async def on_error(
        self, interaction: discord.Interaction[SummitBot], error: app_commands.AppCommandError, /
    ) -> None:
        cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
        if interaction.type is discord.InteractionType.autocomplete:
            log.error("Autocomplete failed", exc_info=cause)
            return
        await answer_failure(interaction, cause)


class SummitBot(BaseBot):
    """The bot. It holds the services that the cogs use."""

    def __init__(self, services: Services) -> None:
        intents = discord.Intents.none()
        intents.guilds = True
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            intents=intents,
            tree_cls=Tree,
            allowed_mentions=discord.AllowedMentions.none(),
            allowed_contexts=app_commands.AppCommandContext(guild=True),
            allowed_installs=app_commands.AppInstallationType(guild=True),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
        )
        self.services = services
        self.pictures = Pictures()
        self.stopping = False
        self.under_way = set()
        self.controls = Controls()

    async def setup_hook(self) -> None:
        await self.services.settings.load(SYSTEM)
        for extension in EXTENSIONS:
            await self.load_extension(extension)
        await self.tree.sync()
        self.services.scheduler.start()

    async def on_interaction(self, interaction: discord.Interaction[SummitBot]) -> None:
        pressed = interaction.type is discord.InteractionType.component
        if pressed and await self.controls.dispatch(interaction):
            return
        if not is_claimed(interaction):
            await answer_unclaimed(interaction)

    async def close(self) -> None:
        """Finish the interactions under way, then disconnect."""
        self.stopping = True
        await self.services.scheduler.stop()
        mine = asyncio.current_task()
        pending = {task for task in self.under_way if task is not mine}
        if pending:
            log.info("Stopping: %d interactions under way are finished first.", len(pending))
            await asyncio.wait(pending, timeout=GRACE_SECONDS)
        await super().close()
