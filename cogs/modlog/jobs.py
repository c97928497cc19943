"""Posts entries of the moderation log in the log channels."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import discord
from discord.ext import commands

from bot.access import SYSTEM
from bot.jobs.model import TOLD_ANEW_AFTER
from bot.modlog.model import POST_JOB
from bot.ui.delivery import NONCE_IS_KNOWN_FOR, find_or_post
from cogs.modlog.views import line

if TYPE_CHECKING:
    from bot.client import SummitBot
    from bot.jobs.model import Job
    from bot.modlog.model import ClaimedEntry

log = logging.getLogger(__name__)


class Modlog(commands.Cog):
    """Posts each entry once, in the order in which things were done.

    Each entry has a job, and each job posts all unposted entries of its server, oldest first. Jobs
    run side by side and are retried at different times, so posting only the own entry would mix up
    the order.
    """

    def __init__(self, bot: SummitBot) -> None:
        self.bot = bot

    async def cog_load(self) -> None:
        self.bot.services.scheduler.handle(POST_JOB, self._post_all, anew_after=TOLD_ANEW_AFTER)

    async def _post_all(self, job: Job) -> None:
        entry = await self.bot.services.modlog.get(SYSTEM, int(job.key))
        if entry is None:
            return
        while claimed := await self.bot.services.modlog.claim_next(SYSTEM, entry.guild_id):
            if not await self._post(claimed):
                return

    async def _post(self, claimed: ClaimedEntry) -> bool:
        """Whether the entry was posted. If the bot cannot write in the channel, the entry waits for
        the next one, and `/settings` shows that. Other errors are raised."""
        entry, nonce = claimed.entry, f"modlog-{claimed.id}"
        place = self.bot.get_partial_messageable(claimed.channel_id, guild_id=entry.guild_id)
        # Another process may have posted it and died before recording that.
        may_be_there = self.bot.services.clock.now() - entry.at > NONCE_IS_KNOWN_FOR
        since = entry.at if may_be_there else None
        try:
            await find_or_post(self.bot, place, since=since, nonce=nonce, view=line(entry))
        except (discord.NotFound, discord.Forbidden) as error:
            log.warning("The log channel %d cannot be written to: %s", place.id, error.text)
            await self.bot.services.modlog.release(SYSTEM, claimed.id)
            return False
        except BaseException:
            await self.bot.services.modlog.release(SYSTEM, claimed.id)
            raise
        await self.bot.services.modlog.mark_posted(SYSTEM, claimed.id)
        return True
