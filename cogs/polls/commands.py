"""The /poll commands."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands
from discord.utils import format_dt

from bot.access import SYSTEM
from bot.errors import UserError
from bot.knowledge.library import Kind, Ref
from bot.polls.model import ActionKind, HideResults, Proposal, Terms, Verdict, question_about
from bot.polls.resolution import REASON_LIMIT, read_result
from bot.polls.service import OpenRequest
from bot.times import read_moment
from bot.ui.audience import for_moderators
from bot.ui.interaction import library_of, locale_of
from bot.ui.knowledge.links import choices as offered
from bot.ui.permissions import lacking_to_write
from bot.ui.viewer import viewer_for_reply, viewer_of
from cogs.polls import choices, views
from cogs.polls.draft_handlers import PollForm, role_limit
from cogs.polls.jobs import PollJobs
from cogs.polls.resolution_handlers import ResolveForm, propose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.client import SummitBot
    from bot.polls.model import Poll
    from bot.ui.interaction import Interaction
    from cogs.polls.poll_messages import PollPublisher

FEWEST_READOUTS = 2
"""From this many readouts on, a moderator says what each of them says."""
USUAL_SPAN = "7 days"


@app_commands.guild_only()
class Polls(
    commands.GroupCog,
    group_name="poll",
    group_description="Ask the server, and see what it says.",
):
    """Opens, shows and closes polls; keeps their messages up to date."""

    def __init__(self, bot: SummitBot, publisher: PollPublisher) -> None:
        self.bot = bot
        self.polls = bot.services.polls
        self.publisher = publisher
        self.jobs = PollJobs(bot, self.publisher)

    async def cog_load(self) -> None:
        self.polls.watch(self.publisher.touch)
        self.jobs.register()

    async def cog_unload(self) -> None:
        await self.publisher.stop()

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        await self.polls.discard_unposted(SYSTEM)
        await self.polls.messages.restart_jobs(SYSTEM)
        self.publisher.touch(await self.polls.messages.to_refresh(SYSTEM))

    @for_moderators
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
            app_commands.Choice(name="Until a member has voted", value=HideResults.UNTIL_BALLOT),
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
        viewer = viewer_of(interaction)
        self.polls.allow_opening(viewer)
        now = self.bot.services.clock.now()
        library = library_of(interaction)
        ref = library.find(Kind.OUTCOME, outcome)
        outcome_found = library.pack(ref.summit).outcomes[ref.id]
        locale = locale_of(interaction, private=False)
        channel_id = interaction.channel_id or 0
        request = OpenRequest(
            channel_id=channel_id,
            question=question_about(ref.summit, outcome_found, locale),
            lasts=read_moment(
                closes_in, now=now, zone=self.bot.services.settings.of(viewer.guild_id).tz
            )
            - now,
            terms=Terms(
                anonymous=anonymous,
                hide_results=HideResults(hide_results),
                role_id=role_limit(role),
                asks_hope=hope,
                min_forecasters=self.bot.services.settings.of(viewer.guild_id).min_forecasters,
            ),
            lacking=lacking_to_write(interaction, channel_id),
        )
        poll = await self.polls.open(viewer, request)
        posted = await self.publisher.post(poll)
        closes = format_dt(posted.lifecycle.closes_at, "R")
        await interaction.followup.send(
            f"[The poll]({posted.url}) is open and closes {closes}.", ephemeral=True
        )

    @for_moderators
    @app_commands.command(name="create", description="Ask the server a question of your own.")
    async def create_poll(self, interaction: Interaction) -> None:
        viewer = viewer_of(interaction)
        self.bot.services.drafts.allow(viewer)
        settings = self.bot.services.settings.of(viewer.guild_id)
        await interaction.response.send_modal(PollForm(interaction.guild, settings))

    @app_commands.command(name="show", description="Show how a poll stands.")
    @app_commands.describe(poll="Which poll")
    async def show_poll(self, interaction: Interaction, poll: str) -> None:
        report = await self.polls.show(
            viewer_of(interaction), await choices.poll_id_of(interaction, poll)
        )
        # If not everybody here may view its channel, only the person who asks sees it.
        viewer = viewer_for_reply(interaction, private=False)
        is_public = viewer.may_view(report.poll.audience_id)
        await interaction.response.defer(ephemeral=not is_public)
        view, files = await self.publisher.rendered(
            viewer_of(interaction), report, views.snapshot, live=True
        )
        await interaction.edit_original_response(view=view, attachments=files)

    @app_commands.command(name="list", description="List this server's polls.")
    async def list_polls(self, interaction: Interaction) -> None:
        found = await self.polls.listed(viewer_of(interaction))
        await interaction.response.send_message(view=views.listing(found, 0), ephemeral=True)

    @for_moderators
    @app_commands.command(name="close", description="Close a poll now and post its result.")
    @app_commands.describe(poll="Which poll")
    async def close_poll(self, interaction: Interaction, poll: str) -> None:
        await self._propose(interaction, poll, ActionKind.CLOSE)

    @for_moderators
    @app_commands.command(name="extend", description="Let a poll close later than planned.")
    @app_commands.describe(poll="Which poll", by="How much longer, such as 2 days or 12h")
    async def extend_poll(self, interaction: Interaction, poll: str, by: str) -> None:
        viewer = viewer_of(interaction)
        self.bot.services.resolutions.allow(viewer)
        found = await choices.poll_of(interaction, poll)
        # A span counts from the planned close; a point in time is taken as it is.
        wanted = read_moment(
            by,
            now=self.bot.services.clock.now(),
            zone=self.bot.services.settings.of(viewer.guild_id).tz,
            spans_from=found.lifecycle.closes_at,
        )
        await propose(interaction, Proposal(ActionKind.EXTEND, found.id, closes_at=wanted))

    @for_moderators
    @app_commands.command(name="resolve", description="Say what really happened, with evidence.")
    @app_commands.describe(
        poll="Which poll",
        result="What happened: one of the poll's answers, or ambiguous",
        evidence="A link that shows it",
    )
    async def resolve_poll(
        self, interaction: Interaction, poll: str, result: str, evidence: str | None = None
    ) -> None:
        self.bot.services.resolutions.allow(viewer_of(interaction))
        found = await choices.poll_of(interaction, poll)
        verdict, value = read_result(found, result)
        form = ResolveForm(found, verdict, value, self._readouts(found, interaction), evidence)
        await interaction.response.send_modal(form)

    @for_moderators
    @app_commands.command(name="annul", description="Annul a poll whose question was broken.")
    @app_commands.describe(poll="Which poll", reason="Why, for everybody to read")
    async def annul_poll(
        self,
        interaction: Interaction,
        poll: str,
        reason: app_commands.Range[str, 1, REASON_LIMIT],
    ) -> None:
        await self._propose(interaction, poll, ActionKind.ANNUL, reason)

    @for_moderators
    @app_commands.command(
        name="unresolve",
        description="Undo a poll's resolution or annulment and remove its scores.",
    )
    @app_commands.describe(poll="Which poll", reason="Why, for everybody to read")
    async def unresolve_poll(
        self,
        interaction: Interaction,
        poll: str,
        reason: app_commands.Range[str, 1, REASON_LIMIT],
    ) -> None:
        await self._propose(interaction, poll, ActionKind.UNRESOLVE, reason)

    @for_moderators
    @app_commands.command(name="export", description="Get a poll's data as CSV and JSON, in a zip.")
    @app_commands.describe(poll="Which poll")
    async def export_poll(self, interaction: Interaction, poll: str) -> None:
        await interaction.response.defer(ephemeral=True)
        exported = await self.bot.services.exports.export(
            viewer_of(interaction),
            (await choices.poll_of(interaction, poll)).id,
            limit=interaction.filesize_limit,
        )
        file = discord.File(BytesIO(exported.content), exported.name)
        await interaction.edit_original_response(
            view=views.export_card(exported, file), attachments=[file]
        )

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
    @export_poll.autocomplete("poll")
    async def _any_polls(
        self, interaction: Interaction, typed: str
    ) -> list[app_commands.Choice[str]]:
        return choices.poll_choices(await choices.listed(interaction), typed)

    @close_poll.autocomplete("poll")
    @extend_poll.autocomplete("poll")
    async def _open(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        found = await self.polls.open_ones(viewer_of(interaction))
        return choices.poll_choices(found, typed)

    @annul_poll.autocomplete("poll")
    @resolve_poll.autocomplete("poll")
    async def _unresolved(
        self, interaction: Interaction, typed: str
    ) -> list[app_commands.Choice[str]]:
        polls = [poll for poll in await choices.listed(interaction) if poll.verdict is None]
        return choices.poll_choices(polls, typed)

    @unresolve_poll.autocomplete("poll")
    async def _resolved(
        self, interaction: Interaction, typed: str
    ) -> list[app_commands.Choice[str]]:
        polls = [poll for poll in await choices.listed(interaction) if poll.verdict is not None]
        return choices.poll_choices(polls, typed)

    @extend_poll.autocomplete("by")
    async def _longer(self, _: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return choices.span_choices(typed)

    @resolve_poll.autocomplete("result")
    async def _results(
        self, interaction: Interaction, typed: str
    ) -> list[app_commands.Choice[str]]:
        try:
            found = await choices.poll_of(interaction, interaction.namespace.poll or "")
        except UserError:
            return []
        return choices.result_choices(found, typed)

    async def _propose(
        self, interaction: Interaction, poll: str, kind: ActionKind, reason: str = ""
    ) -> None:
        self.bot.services.resolutions.allow(viewer_of(interaction))
        poll_id = (await choices.poll_of(interaction, poll)).id
        verdict = Verdict.ANNULLED if kind is ActionKind.ANNUL else None
        await propose(interaction, Proposal(kind, poll_id, reason, verdict=verdict))

    def _readouts(self, poll: Poll, interaction: Interaction) -> Sequence[str]:
        """Whose readouts settle a poll, the decisive one first; none if there is only one."""
        about = poll.question.about
        library = self.bot.services.library
        if about is None or Ref(Kind.OUTCOME, about.summit, about.outcome) not in library:
            return ()
        pack = library.pack(about.summit)
        outcome = pack.outcomes[about.outcome]
        if len(outcome.readouts) < FEWEST_READOUTS:
            return ()
        ids = sorted(outcome.readouts, key=lambda id_: id_ != outcome.decided_by)
        # Everybody can read what the readouts say.
        locale = locale_of(interaction, private=False)
        return [pack.actors[id_].name.read(locale) for id_ in ids]
