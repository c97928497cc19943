"""The /discuss command; keeps what it opened in step with Discord and with the polls."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.discussions.model import TELL_JOB, IssueRef
from bot.knowledge.index import Kind
from bot.polls.resolution import Confirmation
from bot.ui.caller import caller_of
from bot.ui.choices import choices
from bot.ui.defaults import library_of, locale_of
from bot.ui.once import tell_once
from bot.ui.sight import audience, shown_in
from cogs.discussions import strings as words
from cogs.discussions.opening import Wish, discussed, name_of, open_discussion
from cogs.discussions.threads import home_of, lacking_to_open, require_permissions
from cogs.knowledge.reading import Reader
from cogs.polls import resolution_views
from cogs.polls import strings as poll_words

if TYPE_CHECKING:
    from bot.client import SummitBot
    from bot.discussions.model import Discussion
    from bot.discussions.service import News
    from bot.jobs.model import Job
    from bot.polls.model import OutcomeRef
    from bot.ui.items import Interaction

log = logging.getLogger(__name__)


class Discussions(commands.Cog):
    """Opens threads on issues, and tells them what became of the polls on those."""

    def __init__(self, bot: SummitBot) -> None:
        self.bot = bot

    async def cog_load(self) -> None:
        self.bot.scheduler.handle(TELL_JOB, self._tell, given_up=self._not_told)

    @app_commands.command(description="Open a thread on an issue, with where every side stands.")
    @app_commands.guild_only()
    @app_commands.describe(
        issue="What to discuss", channel="A text channel or a forum (this channel if left out)"
    )
    async def discuss(
        self,
        interaction: Interaction,
        issue: str,
        channel: discord.TextChannel | discord.ForumChannel | None = None,
    ) -> None:
        await interaction.response.defer(ephemeral=True)
        caller = caller_of(interaction)
        self.bot.discussions.allow(caller)
        library = library_of(interaction)
        ref = library.find(Kind.ISSUE, issue)
        locale = locale_of(interaction, private=False)
        reader = Reader(library, library.pack(ref.summit), locale)
        # Before it is asked whether one may be opened here: none has to be where there is one.
        found = await discussed(self.bot, caller, IssueRef(ref.summit, ref.id))
        is_new = False
        if found is None:
            home = home_of(interaction, channel)
            require_permissions(home)
            lacking, sight = lacking_to_open(interaction, home), shown_in(interaction, home.id)
            wish = Wish(caller, reader, ref.id, home, lacking, sight)
            found, is_new = await open_discussion(self.bot, wish)
        sentence = words.OPENED if is_new else words.OPEN_ALREADY
        await interaction.followup.send(
            sentence.format(url=found.url, issue=name_of(reader, ref.id)), ephemeral=True
        )

    @discuss.autocomplete("issue")
    async def _issues(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        locale = locale_of(interaction, private=True)
        return choices(library_of(interaction).search(Kind.ISSUE, typed, locale=locale))

    @commands.Cog.listener()
    async def on_raw_thread_update(self, event: discord.RawThreadUpdateEvent) -> None:
        now = event.data["thread_metadata"]
        await self.bot.discussions.seen(
            event.thread_id, archived=now["archived"], locked=now.get("locked", False)
        )

    @commands.Cog.listener()
    async def on_raw_thread_delete(self, event: discord.RawThreadDeleteEvent) -> None:
        await self.bot.discussions.gone(event.thread_id)

    @commands.Cog.listener()
    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        await self.bot.discussions.channel_gone(channel.guild.id, channel.id)

    async def _tell(self, job: Job) -> None:
        """Tell those who discuss an issue what was done to a poll on it."""
        told = await self._to_tell(job)
        if told is None:
            return
        news, found = told
        effect, poll = Confirmation(news.action, news.poll, {}), news.poll
        if effect.is_undone:
            return
        report = await self.bot.polls.public(poll.id)
        # A poll that was posted in the thread itself is told of where it stands.
        if report is None or found.thread_id in (None, poll.channel_id):
            return
        await self.bot.wait_until_ready()
        guild = self.bot.get_guild(poll.guild_id)
        # The thread is read by those who read its channel. It is not asked itself: one at rest the
        # bot does not know.
        if guild is None or not audience(guild, found.channel_id).sees(poll.audience_id):
            # Not all who discuss the issue may know of the poll.
            return
        place = self.bot.get_partial_messageable(found.thread_id, guild_id=poll.guild_id)
        view = resolution_views.action_post(effect, report)
        try:
            nonce = f"discuss-tell-{news.action.id}"
            await tell_once(self.bot, place, job, nonce=nonce, view=view)
        except discord.NotFound:
            await self.bot.discussions.gone(found.thread_id)
        except discord.Forbidden as error:
            log.warning("Discussion %d cannot be told of a poll: %s", found.id, error.text)

    async def _not_told(self, job: Job, _: Exception) -> None:
        told = await self._to_tell(job)
        if told is not None:
            news, found = told
            problem = poll_words.NOT_DISCUSSED.format(channel=found.thread_id)
            await self.bot.polls.messages.failed(news.poll.id, poll_words.COULD_NOT_SHOW, problem)

    async def _to_tell(self, job: Job) -> tuple[News, Discussion] | None:
        """What was done to a poll, and the discussion that is to hear of it, if there is one."""
        news = await self.bot.discussions.news(int(job.key))
        about = (
            self._issue_of(news.poll.question.about) if news and news.poll.question.about else None
        )
        if news is None or about is None:
            return None
        found = await self.bot.discussions.to_tell(news.poll.guild_id, about)
        return (news, found) if found is not None else None

    def _issue_of(self, about: OutcomeRef) -> IssueRef | None:
        """The issue that an outcome belongs to, while the packs have it."""
        for pack in self.bot.library.packs:
            if pack.id == about.summit and about.outcome in pack.outcomes:
                return IssueRef(pack.id, pack.outcomes[about.outcome].issue)
        return None
