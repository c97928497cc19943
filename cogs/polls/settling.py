"""Closing, extending, resolving and annulling: asked, confirmed, then told where the poll was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands, ui

from bot.errors import UserError
from bot.knowledge.names import Kind, Ref
from bot.labels import SILENT, UNCLEAR
from bot.polls.model import ActionKind, Proposal, Verdict, answers_of
from bot.polls.resolution import REASON_LIMIT, answer_key, read_result
from bot.times import read_moment
from bot.ui.caller import caller_of
from bot.ui.defaults import locale_of
from bot.ui.items import Form, IdButton
from cogs.polls import choices, rulings
from cogs.polls.base import PollCommands

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.polls.model import Poll
    from bot.ui.items import Interaction

FEWEST_READOUTS, MOST_READOUTS = 2, 3
CONTRADICTED = (
    "Decides where the readouts contradict each other. The criteria say if one is enough."
)
ACTION = r"(?P<action_id>\d{1,18})"


class SettlingCommands(PollCommands):
    """The /poll commands that change a poll once it is posted."""

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
        # A span is added to the planned close; a point in time is what it says.
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
        name="unresolve", description="Undo a poll's resolution or annulment; scores go with it."
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
    async def _unruled(
        self, interaction: Interaction, typed: str
    ) -> list[app_commands.Choice[str]]:
        polls = [poll for poll in await self.listed(interaction) if poll.verdict is None]
        return choices.poll_choices(polls, typed)

    @unresolve_poll.autocomplete("poll")
    async def _ruled(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
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
        """Whose readouts settle a poll, the one that decides first; none where one settles it."""
        about = poll.question.about
        library = self.bot.library
        if about is None or Ref(Kind.OUTCOME, about.summit, about.outcome) not in library:
            return ()
        pack = library.pack(about.summit)
        outcome = pack.outcomes[about.outcome]
        if len(outcome.readouts) < FEWEST_READOUTS:
            return ()
        ids = sorted(outcome.readouts, key=lambda id_: id_ != outcome.decided_by)
        # What the readouts say is told to everybody.
        locale = locale_of(interaction, private=False)
        return [pack.actors[id_].name.read(locale) for id_ in ids]


class ResolveForm(Form):
    """Takes the evidence, a note, and what each readout says."""

    def __init__(
        self,
        poll: Poll,
        verdict: Verdict,
        value: int | None,
        readouts: Sequence[str],
        evidence: str | None,
    ) -> None:
        super().__init__(title="Resolve the poll")
        self.poll, self.verdict, self.value = poll, verdict, value
        self.evidence: ui.TextInput[Any] = ui.TextInput(
            default=evidence, placeholder="https://…", max_length=500
        )
        self.note: ui.TextInput[Any] = ui.TextInput(
            style=discord.TextStyle.paragraph, max_length=REASON_LIMIT
        )
        self.add_item(ui.Label(text="Evidence", component=self.evidence))
        self.add_item(
            ui.Label(
                text="Note",
                description="What happened and why that settles it. Everybody can read it.",
                component=self.note,
            )
        )
        # By keys, so that an answer that is called as one of the form's own is told from it.
        self.said = {answer_key(value): label for value, label in answers_of(poll)}
        self.said |= {UNCLEAR: UNCLEAR, SILENT: SILENT}
        self.readouts: list[tuple[str, ui.Select[Any]]] = []
        for number, who in enumerate(readouts[:3]):
            options = [
                discord.SelectOption(label=label, value=key) for key, label in self.said.items()
            ]
            menu: ui.Select[Any] = ui.Select(options=options)
            about = CONTRADICTED if number == 0 < len(readouts) - 1 else ""
            self.add_item(
                ui.Label(text=f"{who}'s readout says"[:45], description=about, component=menu)
            )
            self.readouts.append((who, menu))

    async def submit(self, interaction: Interaction) -> None:
        proposal = Proposal(
            ActionKind.RESOLVE,
            self.poll.id,
            self.note.value.strip(),
            evidence=self.evidence.value.strip(),
            verdict=self.verdict,
            value=self.value,
            readouts=tuple((who, self.said[menu.values[0]]) for who, menu in self.readouts),
        )
        await propose(interaction, proposal)


async def propose(interaction: Interaction, proposal: Proposal) -> None:
    """Put a proposal on record and ask, privately, for its confirmation."""
    found = await interaction.client.resolutions.propose(caller_of(interaction), proposal)
    await interaction.response.send_message(view=rulings.proposed(found), ephemeral=True)


class ActionButton(IdButton, template=r"poll:action"):
    """A button that needs to know nothing but its proposal."""

    feature = "poll"


class ConfirmButton(ActionButton, template=rf"poll:confirm:v1:{ACTION}"):
    """Does what was proposed."""

    label, action, style = "Confirm", "confirm", discord.ButtonStyle.danger

    async def act(self, interaction: Interaction) -> None:
        caller = caller_of(interaction)
        action = await interaction.client.resolutions.confirm(caller, self.about)
        await interaction.response.edit_message(view=rulings.confirmed(action))


class DropButton(ActionButton, template=rf"poll:drop:v1:{ACTION}"):
    """Forgets the proposal."""

    label, action = "Cancel", "drop"

    async def act(self, interaction: Interaction) -> None:
        await interaction.client.resolutions.cancel(caller_of(interaction), self.about)
        await interaction.response.edit_message(view=rulings.dropped())


ITEMS = (ConfirmButton, DropButton)
