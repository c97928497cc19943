"""The /poll commands."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands
from discord.utils import format_dt

from bot.knowledge.names import Kind
from bot.polls.model import HideResults, Terms, question_about
from bot.polls.service import CLOSE_JOB, REMIND_JOB, OpenRequest
from bot.polls.settling import TELL_JOB
from bot.ui.caller import caller_of
from bot.ui.choices import choices as offered
from bot.ui.defaults import library_of, locale_of
from bot.when import read_moment
from cogs.polls import cards, choices
from cogs.polls.base import role_limit
from cogs.polls.board import PollBoard
from cogs.polls.creating import CreatingCommands
from cogs.polls.exporting import ExportingCommands
from cogs.polls.settling import SettlingCommands

if TYPE_CHECKING:
    from bot.client import SummitBot
    from bot.timed.model import Job
    from bot.ui.items import Interaction

log = logging.getLogger(__name__)

USUAL_SPAN = "7 days"


@app_commands.guild_only()
class Polls(
    CreatingCommands,
    SettlingCommands,
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

    async def cog_load(self) -> None:
        self.polls.watch(self.board.touch)
        self.bot.scheduler.handle(CLOSE_JOB, self._close_due)
        self.bot.scheduler.handle(TELL_JOB, self.tell_action)
        self.bot.scheduler.handle(REMIND_JOB, self._remind, given_up=self._not_reminded)

    async def cog_unload(self) -> None:
        await self.board.stop()

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        await self.polls.discard_unposted()
        # Votes may have come in just before the bot stopped, and their messages lag behind.
        self.board.touch({poll.id for poll in await self.polls.open_ones()})

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
        request = OpenRequest(
            channel_id=interaction.channel_id or 0,
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
        )
        poll = await self.polls.open(caller, request)
        posted = await self.post(poll)
        closes = format_dt(posted.closes_at, "R")
        await interaction.followup.send(
            f"[The poll]({posted.url}) is open and closes {closes}.", ephemeral=True
        )

    @app_commands.command(name="show", description="Show how a poll stands.")
    @app_commands.describe(poll="Which poll")
    async def show_poll(self, interaction: Interaction, poll: str) -> None:
        poll_id = await self.chosen(interaction, poll)
        report = await self.polls.show(caller_of(interaction).guild_id, poll_id)
        await interaction.response.defer()
        view, files = await self.board.rendered(report, cards.snapshot, live=True)
        await interaction.edit_original_response(view=view, attachments=files)

    @app_commands.command(name="list", description="List this server's polls.")
    async def list_polls(self, interaction: Interaction) -> None:
        found = await self.polls.listed(caller_of(interaction).guild_id)
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

    async def _remind(self, job: Job) -> None:
        """Write to those who asked for it and have not voted; who cannot be written to is left."""
        found = await self.polls.to_remind(int(job.key))
        if found is None:
            return
        poll, members = found
        failed: Exception | None = None
        for user_id in members:
            try:
                place = await self.bot.create_dm(discord.Object(user_id))
                await place.send(view=cards.reminder(poll), nonce=f"r{poll.id}-{user_id:x}")
            except discord.Forbidden:
                log.info("A member who asked to be reminded of poll %d takes no messages", poll.id)
            except discord.HTTPException as error:
                failed = error
                continue
            await self.polls.reminded(poll.id, user_id)
        if failed:
            raise failed

    async def _not_reminded(self, job: Job, _: Exception) -> None:
        await self.polls.not_reminded(int(job.key))

    async def _close_due(self, job: Job) -> None:
        late = job.is_late(self.bot.clock.now())
        poll = await self.polls.close_due(int(job.key), late=late)
        if poll is not None:
            await self.board.show(poll.id)
