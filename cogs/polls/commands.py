"""The /poll commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands
from discord.utils import format_dt

from bot.knowledge.names import Kind
from bot.polls.model import HideResults, Terms, question_about
from bot.polls.service import OpenRequest
from bot.times import read_moment
from bot.ui.caller import caller_of
from bot.ui.choices import choices as offered
from bot.ui.defaults import library_of, locale_of
from bot.ui.permissions import lacking_to_write
from bot.ui.sight import shown_to, sight_of
from cogs.polls import choices
from cogs.polls import views as cards
from cogs.polls.base import role_limit
from cogs.polls.board import PollBoard
from cogs.polls.creating import CreatingCommands
from cogs.polls.exporting import ExportingCommands
from cogs.polls.jobs import Duties
from cogs.polls.resolution_commands import ResolutionCommands

if TYPE_CHECKING:
    from bot.client import SummitBot
    from bot.ui.items import Interaction

USUAL_SPAN = "7 days"


@app_commands.guild_only()
class Polls(
    CreatingCommands,
    ResolutionCommands,
    ExportingCommands,
    commands.GroupCog,
    group_name="poll",
    group_description="Ask the server, and see what it says.",
):
    """Opens, shows and closes polls; keeps their messages up to date."""

    def __init__(self, bot: SummitBot) -> None:
        self.bot = bot
        self.polls = bot.polls
        self.board = PollBoard(bot)
        self.duties = Duties(bot, self.board)

    async def cog_load(self) -> None:
        self.polls.watch(self.board.touch)
        self.duties.take_on()

    async def cog_unload(self) -> None:
        await self.board.stop()

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        await self.polls.discard_unposted()
        await self.polls.messages.try_anew()
        self.board.touch(await self.polls.messages.to_refresh())

    @app_commands.command(name="open", description="Post a poll on one of the summit's outcomes.")
    @app_commands.describe(
        outcome="What the poll asks about",
        closes_in="How long it stays open, such as 3 days or 12h (7 days if left out)",
        anonymous="Store votes without the voters' ids",
        hide_results="Until when only the number of votes is shown",
        hope="Also ask what members hope for (forecasts only)",
        role="Only members with this role may vote",
    )
    @app_commands.choices(
        hide_results=[
            app_commands.Choice(name="Never: show results as they come", value=HideResults.NEVER),
            app_commands.Choice(name="Until the poll closes", value=HideResults.UNTIL_CLOSE),
            app_commands.Choice(name="Until one has voted", value=HideResults.UNTIL_BALLOT),
        ]
    )
    async def open_poll(
        self,
        interaction: Interaction,
        outcome: str,
        closes_in: str = USUAL_SPAN,
        anonymous: bool = False,
        hide_results: str = HideResults.NEVER,
        hope: bool = False,
        role: discord.Role | None = None,
    ) -> None:
        await interaction.response.defer(ephemeral=True)
        caller = caller_of(interaction)
        self.polls.allow_opening(caller)
        now = self.bot.clock.now()
        library = library_of(interaction)
        ref = library.find(Kind.OUTCOME, outcome)
        outcome_found = library.pack(ref.summit).outcomes[ref.id]
        locale = locale_of(interaction, private=False)
        channel_id = interaction.channel_id or 0
        request = OpenRequest(
            channel_id=channel_id,
            question=question_about(ref.summit, outcome_found, locale),
            lasts=read_moment(closes_in, now=now, zone=self.bot.servers.of(caller.guild_id).tz)
            - now,
            terms=Terms(
                anonymous=anonymous,
                hide_results=HideResults(hide_results),
                role_id=role_limit(role),
                asks_hope=hope,
                min_forecasters=self.bot.servers.of(caller.guild_id).min_forecasters,
            ),
            lacking=lacking_to_write(interaction, channel_id),
        )
        poll = await self.polls.open(caller, request)
        posted = await self.post(poll)
        closes = format_dt(posted.lifecycle.closes_at, "R")
        await interaction.followup.send(
            f"[The poll]({posted.url}) is open and closes {closes}.", ephemeral=True
        )

    @app_commands.command(name="show", description="Show how a poll stands.")
    @app_commands.describe(poll="Which poll")
    async def show_poll(self, interaction: Interaction, poll: str) -> None:
        report = await self.chosen(interaction, poll)
        # Of a poll that not all here may know of only the one who asks is told.
        told = shown_to(interaction, private=False).sees(report.poll.audience_id)
        await interaction.response.defer(ephemeral=not told)
        view, files = await self.board.rendered(report, cards.snapshot, live=True)
        await interaction.edit_original_response(view=view, attachments=files)

    @app_commands.command(name="list", description="List this server's polls.")
    async def list_polls(self, interaction: Interaction) -> None:
        guild_id = caller_of(interaction).guild_id
        found = await self.polls.listed(guild_id, sight_of(interaction))
        await interaction.response.send_message(view=cards.listing(found, 0), ephemeral=True)

    @open_poll.autocomplete("outcome")
    async def _outcomes(
        self, interaction: Interaction, typed: str
    ) -> list[app_commands.Choice[str]]:
        locale = locale_of(interaction, private=True)
        return offered(library_of(interaction).search(Kind.OUTCOME, typed, locale=locale))

    @open_poll.autocomplete("closes_in")
    async def _spans(self, _: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return choices.span_choices(typed)

    @show_poll.autocomplete("poll")
    async def _all(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await self.any_poll(interaction, typed)
