"""Keeps discussions in step with their threads in Discord, and posts news of polls in them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import discord
from discord.ext import commands

from bot.access import SYSTEM
from bot.discussions.model import IssueRef
from bot.polls.model import DISCUSS_JOB
from bot.polls.resolution import Confirmation
from bot.ui.delivery import tell_once
from bot.ui.polls.actions import action_post
from bot.ui.polls.strings import COULD_NOT_SHOW
from bot.ui.viewer import readers_of
from cogs.discussions import strings

if TYPE_CHECKING:
    from bot.client import SummitBot
    from bot.discussions.model import Discussion
    from bot.jobs.model import Job
    from bot.polls.model import OutcomeRef

log = logging.getLogger(__name__)


class DiscussionUpdates(commands.Cog):
    """Records changes of threads, and posts in discussions what was done to polls."""

    def __init__(self, bot: SummitBot) -> None:
        self.bot = bot

    async def cog_load(self) -> None:
        self.bot.services.scheduler.handle(
            DISCUSS_JOB, self._post_news, given_up=self._report_failure
        )

    @commands.Cog.listener()
    async def on_raw_thread_update(self, event: discord.RawThreadUpdateEvent) -> None:
        now = event.data["thread_metadata"]
        await self.bot.services.discussions.thread_changed(
            SYSTEM, event.thread_id, archived=now["archived"], locked=now.get("locked", False)
        )

    @commands.Cog.listener()
    async def on_raw_thread_delete(self, event: discord.RawThreadDeleteEvent) -> None:
        await self.bot.services.discussions.thread_deleted(SYSTEM, event.thread_id)

    @commands.Cog.listener()
    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        await self.bot.services.discussions.channel_deleted(SYSTEM, channel.guild.id, channel.id)

    async def _post_news(self, job: Job) -> None:
        """Post in the discussion of an issue what was done to a poll on it."""
        found = await self._find(job)
        if found is None:
            return
        news, discussion = found
        poll = news.poll
        if news.is_undone:
            return
        report = await self.bot.services.polls.public(SYSTEM, poll.id)
        # If the poll was posted in this thread, the news is already under the poll.
        if report is None or discussion.thread_id in (None, poll.channel_id):
            return
        await self.bot.wait_until_ready()
        guild = self.bot.get_guild(poll.guild_id)
        # Those who read the channel can read the thread. The bot does not know an archived thread,
        # so the channel is checked.
        if guild is None or not readers_of(guild, discussion.channel_id)(poll.audience_id):
            # Some of those who discuss the issue may not see the poll.
            return
        place = self.bot.get_partial_messageable(discussion.thread_id, guild_id=poll.guild_id)
        view = action_post(news, report)
        try:
            nonce = f"discuss-tell-{news.action.id}"
            await tell_once(self.bot, place, job, nonce=nonce, view=view)
        except discord.NotFound:
            await self.bot.services.discussions.thread_deleted(SYSTEM, discussion.thread_id)
        except discord.Forbidden as error:
            log.warning(
                "News of a poll cannot be posted in discussion %d: %s", discussion.id, error.text
            )

    async def _report_failure(self, job: Job, _: Exception) -> None:
        found = await self._find(job)
        if found is not None:
            news, discussion = found
            problem = strings.NEWS_NOT_POSTED.format(channel=discussion.thread_id)
            await self.bot.services.polls.messages.failed(
                SYSTEM, news.poll.id, COULD_NOT_SHOW, problem
            )

    async def _find(self, job: Job) -> tuple[Confirmation, Discussion] | None:
        """What was done to a poll, and the discussion to post it in, if there is one."""
        news = await self.bot.services.resolutions.news(SYSTEM, int(job.key))
        about = (
            self._issue_of(news.poll.question.about) if news and news.poll.question.about else None
        )
        if news is None or about is None:
            return None
        found = await self.bot.services.discussions.find_for_news(SYSTEM, news.poll.guild_id, about)
        return (news, found) if found is not None else None

    def _issue_of(self, about: OutcomeRef) -> IssueRef | None:
        """The issue of an outcome; None if the packs no longer have it."""
        for pack in self.bot.services.library.packs:
            if pack.id == about.summit and about.outcome in pack.outcomes:
                return IssueRef(pack.id, pack.outcomes[about.outcome].issue)
        return None
