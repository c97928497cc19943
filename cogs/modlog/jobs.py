"""Posts what moderators did into the log channels."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import discord
from discord.ext import commands

from bot.jobs.model import TOLD_ANEW_AFTER
from bot.modlog.model import TELL_JOB
from bot.ui.once import NONCE_IS_KNOWN_FOR, find_or_post
from cogs.modlog.views import line

if TYPE_CHECKING:
    from bot.client import SummitBot
    from bot.jobs.model import Job
    from bot.modlog.model import Telling

log = logging.getLogger(__name__)


class Modlog(commands.Cog):
    """Tells each log channel what was done, once, in the order it was done.

    Each entry has a job, and each job tells all that its server has not been told, oldest first:
    jobs run side by side and are tried again at different times, so none may tell its own alone.
    """

    def __init__(self, bot: SummitBot) -> None:
        self.bot = bot

    async def cog_load(self) -> None:
        self.bot.scheduler.handle(TELL_JOB, self._tell, anew_after=TOLD_ANEW_AFTER)

    async def _tell(self, job: Job) -> None:
        entry = await self.bot.modlog.get(int(job.key))
        if entry is None:
            return
        while taken := await self.bot.modlog.take(entry.guild_id):
            if not await self._post(taken):
                return

    async def _post(self, taken: Telling) -> bool:
        """Whether an entry is posted. In a channel that cannot be written to it waits for the
        next entry, and `/settings` shows that; what fails otherwise is raised."""
        entry, nonce = taken.entry, f"modlog-{taken.id}"
        place = self.bot.get_partial_messageable(taken.channel_id, guild_id=entry.guild_id)
        # Whoever had it before may have posted it and died before that was recorded.
        may_be_there = self.bot.clock.now() - entry.at > NONCE_IS_KNOWN_FOR
        since = entry.at if may_be_there else None
        try:
            await find_or_post(self.bot, place, since=since, nonce=nonce, view=line(entry))
        except (discord.NotFound, discord.Forbidden) as error:
            log.warning("The log channel %d cannot be written to: %s", place.id, error.text)
            await self.bot.modlog.not_told(taken.id)
            return False
        except BaseException:
            await self.bot.modlog.not_told(taken.id)
            raise
        await self.bot.modlog.told(taken.id)
        return True
