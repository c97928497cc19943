"""Keeps a server's data for a while after the bot has left it, and tidies up every day."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from discord.ext import commands

from bot.access import SYSTEM
from bot.retention.service import DELETE_JOB, TIDY_JOB, TRIED_ANEW_AFTER, CalledOffError

if TYPE_CHECKING:
    import discord

    from bot.client import SummitBot
    from bot.jobs.model import Job

log = logging.getLogger(__name__)


class Keeping(commands.Cog):
    """Plans and does the deletion. A server that is only unavailable has not been left."""

    def __init__(self, bot: SummitBot) -> None:
        self.bot = bot

    async def cog_load(self) -> None:
        self.bot.services.scheduler.handle(DELETE_JOB, self._delete, anew_after=TRIED_ANEW_AFTER)
        self.bot.services.scheduler.handle(TIDY_JOB, self._tidy, anew_after=TRIED_ANEW_AFTER)

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        await self.bot.services.retention.compare(SYSTEM, {guild.id for guild in self.bot.guilds})

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        await self.bot.services.retention.returned(SYSTEM, guild.id)

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        await self.bot.services.retention.left(SYSTEM, guild.id)

    async def _delete(self, job: Job) -> None:
        """Delete a server's data, unless the bot turns out to be in that server."""
        guild_id = int(job.key)
        # Which servers the bot is in is known only once it is connected.
        await self.bot.wait_until_ready()
        if self.bot.get_guild(guild_id) is not None:
            await self.bot.services.retention.returned(SYSTEM, guild_id)
            return
        try:
            await self.bot.services.retention.delete_server(SYSTEM, job)
        except CalledOffError:
            log.info("The bot came back to a server whose data was being deleted")
            # The deletion may have got to the settings already.
            await self.bot.services.settings.load(SYSTEM)
        else:
            self.bot.services.settings.forget(SYSTEM, guild_id)

    async def _tidy(self, _: Job) -> None:
        await self.bot.services.retention.tidy(SYSTEM)
