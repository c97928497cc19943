"""Posts what moderators did into the log channels."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import discord
from discord.ext import commands

from bot.modlog.model import TELL_JOB
from cogs.modlog.cards import line

if TYPE_CHECKING:
    from bot.client import SummitBot
    from bot.timed.model import Job

log = logging.getLogger(__name__)


class Modlog(commands.Cog):
    """Tells each log channel what was done, once, in the order it was done."""

    def __init__(self, bot: SummitBot) -> None:
        self.bot = bot

    async def cog_load(self) -> None:
        self.bot.scheduler.handle(TELL_JOB, self._tell)

    async def _tell(self, job: Job) -> None:
        entry = await self.bot.modlog.get(int(job.key))
        if entry is None:
            return
        channel_id = self.bot.servers.of(entry.guild_id).log_channel
        if channel_id is None:
            return
        place = self.bot.get_partial_messageable(channel_id, guild_id=entry.guild_id)
        try:
            await place.send(view=line(entry), nonce=f"modlog-{job.key}")
        except (discord.NotFound, discord.Forbidden) as error:
            log.warning("The log channel %d cannot be written to: %s", channel_id, error.text)
