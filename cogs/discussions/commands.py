"""The /discuss command."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.discussions.model import IssueRef
from bot.knowledge.library import Kind
from bot.ui.audience import for_moderators
from bot.ui.interaction import library_of, locale_of
from bot.ui.knowledge.links import choices
from bot.ui.knowledge.reader import PackReader
from bot.ui.viewer import viewer_among_readers, viewer_of
from cogs.discussions import strings
from cogs.discussions.opening import Request, find_open, name_of, open_discussion
from cogs.discussions.threads import home_of, lacking_to_open, require_permissions

if TYPE_CHECKING:
    from bot.client import SummitBot
    from bot.ui.interaction import Interaction


class DiscussionsCog(commands.Cog):
    """Opens threads about issues."""

    def __init__(self, bot: SummitBot) -> None:
        self.bot = bot

    @for_moderators
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
        viewer = viewer_of(interaction)
        self.bot.services.discussions.allow(viewer)
        library = library_of(interaction)
        ref = library.find(Kind.ISSUE, issue)
        locale = locale_of(interaction, private=False)
        reader = PackReader(library, library.pack(ref.summit), locale)
        # An open discussion is shown even where the member may not open one.
        found = await find_open(self.bot, viewer, IssueRef(ref.summit, ref.id))
        is_new = False
        if found is None:
            home = home_of(interaction, channel)
            require_permissions(home)
            lacking = lacking_to_open(interaction, home)
            readers = viewer_among_readers(interaction, home.id)
            request = Request(readers, reader, ref.id, home, lacking)
            found, is_new = await open_discussion(self.bot, request)
        sentence = strings.OPENED if is_new else strings.OPEN_ALREADY
        await interaction.followup.send(
            sentence.format(url=found.url, issue=name_of(reader, ref.id)), ephemeral=True
        )

    @discuss.autocomplete("issue")
    async def _issues(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        locale = locale_of(interaction, private=True)
        return choices(library_of(interaction).search(Kind.ISSUE, typed, locale=locale))
