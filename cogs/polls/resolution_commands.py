"""The /poll commands that change a posted poll: close, extend, resolve, annul, unresolve."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord import app_commands

from bot.errors import UserError
from bot.knowledge.names import Kind, Ref
from bot.polls.model import ActionKind, Proposal, Verdict
from bot.polls.resolution import REASON_LIMIT, read_result
from bot.times import read_moment
from bot.ui.caller import caller_of
from bot.ui.defaults import locale_of
from cogs.polls import choices
from cogs.polls.base import PollCommands
from cogs.polls.resolution_handlers import ResolveForm, propose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.polls.model import Poll
    from bot.ui.items import Interaction

FEWEST_READOUTS = 2
"""From this many readouts on, a moderator says what each of them says."""


class ResolutionCommands(PollCommands):
    """The /poll commands that change a posted poll."""

    @app_commands.command(name="close", description="Close a poll now and post its result.")
    @app_commands.describe(poll="Which poll")
    async def close_poll(self, interaction: Interaction, poll: str) -> None:
        await self._propose(interaction, poll, ActionKind.CLOSE)

    @app_commands.command(name="extend", description="Let a poll close later than planned.")
    @app_commands.describe(poll="Which poll", by="How much longer, such as 2 days or 12h")
    async def extend_poll(self, interaction: Interaction, poll: str, by: str) -> None:
        caller = caller_of(interaction)
        self.bot.resolutions.allow(caller)
        report = await self.chosen(interaction, poll)
        # A span counts from the planned close; a point in time is taken as it is.
        wanted = read_moment(
            by,
            now=self.bot.clock.now(),
            zone=self.bot.servers.of(caller.guild_id).tz,
            spans_from=report.poll.lifecycle.closes_at,
        )
        await propose(interaction, Proposal(ActionKind.EXTEND, report.poll.id, closes_at=wanted))

    @app_commands.command(name="resolve", description="Say what really happened, with evidence.")
    @app_commands.describe(
        poll="Which poll",
        result="What happened: one of the poll's answers, or ambiguous",
        evidence="A link that shows it",
    )
    async def resolve_poll(
        self, interaction: Interaction, poll: str, result: str, evidence: str | None = None
    ) -> None:
        self.bot.resolutions.allow(caller_of(interaction))
        found = (await self.chosen(interaction, poll)).poll
        verdict, value = read_result(found, result)
        form = ResolveForm(found, verdict, value, self._readouts(found, interaction), evidence)
        await interaction.response.send_modal(form)

    @app_commands.command(name="annul", description="Annul a poll whose question was broken.")
    @app_commands.describe(poll="Which poll", reason="Why, for everybody to read")
    async def annul_poll(
        self,
        interaction: Interaction,
        poll: str,
        reason: app_commands.Range[str, 1, REASON_LIMIT],
    ) -> None:
        await self._propose(interaction, poll, ActionKind.ANNUL, reason)

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

    @close_poll.autocomplete("poll")
    @extend_poll.autocomplete("poll")
    async def _open(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await self.open_poll_choices(interaction, typed)

    @annul_poll.autocomplete("poll")
    @resolve_poll.autocomplete("poll")
    async def _unresolved(
        self, interaction: Interaction, typed: str
    ) -> list[app_commands.Choice[str]]:
        polls = [poll for poll in await self.listed(interaction) if poll.verdict is None]
        return choices.poll_choices(polls, typed)

    @unresolve_poll.autocomplete("poll")
    async def _resolved(
        self, interaction: Interaction, typed: str
    ) -> list[app_commands.Choice[str]]:
        polls = [poll for poll in await self.listed(interaction) if poll.verdict is not None]
        return choices.poll_choices(polls, typed)

    @extend_poll.autocomplete("by")
    async def _longer(self, _: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return choices.span_choices(typed)

    @resolve_poll.autocomplete("result")
    async def _results(
        self, interaction: Interaction, typed: str
    ) -> list[app_commands.Choice[str]]:
        polls = await self.listed(interaction)
        try:
            poll_id = choices.chosen_poll(polls, interaction.namespace.poll or "")
        except UserError:
            return []
        found = next((poll for poll in polls if poll.id == poll_id), None)
        return choices.result_choices(found, typed) if found else []

    async def _propose(
        self, interaction: Interaction, poll: str, kind: ActionKind, reason: str = ""
    ) -> None:
        self.bot.resolutions.allow(caller_of(interaction))
        poll_id = (await self.chosen(interaction, poll)).poll.id
        verdict = Verdict.ANNULLED if kind is ActionKind.ANNUL else None
        await propose(interaction, Proposal(kind, poll_id, reason, verdict=verdict))

    def _readouts(self, poll: Poll, interaction: Interaction) -> Sequence[str]:
        """Whose readouts settle a poll, the decisive one first; none if there is only one."""
        about = poll.question.about
        library = self.bot.library
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
