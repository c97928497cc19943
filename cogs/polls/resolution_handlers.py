"""The form that resolves a poll, and the buttons that confirm or cancel an action."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord import ui

from bot.knowledge.model import SILENT, UNCLEAR
from bot.polls.model import ActionKind, Proposal, Verdict, answers_of
from bot.polls.resolution import REASON_LIMIT, answer_key
from bot.ui.dispatch import on_click
from bot.ui.forms import Form
from bot.ui.viewer import viewer_of
from cogs.polls import resolution_views as views
from cogs.polls.custom_ids import CANCEL, CONFIRM

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.polls.model import Poll
    from bot.ui.interaction import Interaction

MOST_READOUTS = 3
DECIDES = (
    "This one decides if the readouts contradict each other. The criteria say if one is enough."
)


class ResolveForm(Form):
    """Asks for the evidence, a note, and what each readout says."""

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
        # By keys, since an answer may have the same label as one of the form's own choices.
        self.said = {answer_key(value): label for value, label in answers_of(poll)}
        self.said |= {UNCLEAR: UNCLEAR, SILENT: SILENT}
        self.readouts: list[tuple[str, ui.Select[Any]]] = []
        for number, who in enumerate(readouts[:MOST_READOUTS]):
            options = [
                discord.SelectOption(label=label, value=key) for key, label in self.said.items()
            ]
            menu: ui.Select[Any] = ui.Select(options=options)
            about = DECIDES if number == 0 < len(readouts) - 1 else ""
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
    """Store a proposal and ask the moderator, privately, to confirm it."""
    found = await interaction.client.services.resolutions.propose(viewer_of(interaction), proposal)
    await interaction.response.send_message(view=views.proposal_card(found), ephemeral=True)


@on_click(CONFIRM)
async def confirm(interaction: Interaction, action_id: int) -> None:
    action = await interaction.client.services.resolutions.confirm(
        viewer_of(interaction), action_id
    )
    await interaction.response.edit_message(view=views.confirmed(action))


@on_click(CANCEL)
async def cancel(interaction: Interaction, action_id: int) -> None:
    await interaction.client.services.resolutions.cancel(viewer_of(interaction), action_id)
    await interaction.response.edit_message(view=views.cancelled())
