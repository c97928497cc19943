"""What the controls under a poll do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from discord import ui

from bot.access import SYSTEM
from bot.polls.model import PollKind
from bot.polls.rules import approval, require_kind, require_open
from bot.ui.dispatch import on_click, on_select
from bot.ui.forms import Form
from bot.ui.interaction import is_private
from bot.ui.viewer import audience_id, viewer_of
from cogs.polls import strings, views
from cogs.polls.custom_ids import (
    ANSWER,
    APPROVE,
    CHOOSE,
    CRITERIA,
    EXACT,
    LIST,
    OWN_BALLOT,
    REMIND,
    WITHDRAW,
)

if TYPE_CHECKING:
    from bot.ui.interaction import Interaction


@on_click(ANSWER)
async def answer(interaction: Interaction, poll_id: int, value: int) -> None:
    """Vote for one answer: an option's position, or a probability in tenths of a percent."""
    await _cast(interaction, poll_id, value, PollKind.FORECAST, PollKind.CHOICE)


@on_select(CHOOSE)
async def choose(interaction: Interaction, values: list[str], poll_id: int) -> None:
    """Vote for the option that is chosen from a menu."""
    positions = _positions(values)
    # No poll has an option -1: a forged choice is refused like an answer that the poll lacks.
    await _cast(interaction, poll_id, positions[0] if positions else -1, PollKind.CHOICE)


@on_select(APPROVE)
async def approve(interaction: Interaction, values: list[str], poll_id: int) -> None:
    """Approve of the options that are chosen from a menu, and of no others."""
    value = approval(_positions(values))
    if not is_private(interaction):
        await _cast(interaction, poll_id, value, PollKind.APPROVAL)
        return
    # On a member's own ballot the menu shows what they chose, so it must stay true.
    polls, viewer = interaction.client.services.polls, viewer_of(interaction)
    await polls.cast(viewer, poll_id, value, (PollKind.APPROVAL,))
    own = await polls.own(viewer, poll_id)
    await interaction.response.edit_message(view=views.own_ballot(own))


@on_click(EXACT)
async def ask_exact(interaction: Interaction, poll_id: int) -> None:
    """Open the form for a probability that no quick button has."""
    own = await interaction.client.services.polls.own(viewer_of(interaction), poll_id)
    require_kind(own.report.poll, (PollKind.FORECAST,))
    require_open(own.report.poll, interaction.client.services.clock.now())
    standing = f"{own.ballot.value / 10:g}" if own.ballot else None
    await interaction.response.send_modal(ExactForm(poll_id, standing))


class ExactForm(Form):
    """Takes a probability in percent."""

    def __init__(self, poll_id: int, standing: str | None = None) -> None:
        super().__init__(title="Your forecast")
        self.poll_id = poll_id
        self.percent: ui.TextInput[Any] = ui.TextInput(
            placeholder="for example 62.5", default=standing, max_length=10
        )
        self.add_item(
            ui.Label(
                text="How likely is it, in percent?",
                description="0 is impossible, 100 is certain. One decimal is fine.",
                component=self.percent,
            )
        )

    async def submit(self, interaction: Interaction) -> None:
        value = strings.read_percent(self.percent.value)
        await _cast(interaction, self.poll_id, value, PollKind.FORECAST)


@on_click(OWN_BALLOT)
async def show_own_ballot(interaction: Interaction, poll_id: int) -> None:
    """Show a member their own ballot, privately."""
    own = await interaction.client.services.polls.own(viewer_of(interaction), poll_id)
    await interaction.response.send_message(view=views.own_ballot(own), ephemeral=True)


@on_click(WITHDRAW)
async def withdraw(interaction: Interaction, poll_id: int) -> None:
    """Take a member's ballot back."""
    polls, viewer = interaction.client.services.polls, viewer_of(interaction)
    receipt = await polls.withdraw(viewer, poll_id)
    own = await polls.own(viewer, receipt.poll.hope_for or poll_id)
    await interaction.response.edit_message(view=views.own_ballot(own))


@on_click(CRITERIA)
async def show_criteria(interaction: Interaction, poll_id: int) -> None:
    """Say how the question will be settled."""
    report = await interaction.client.services.polls.show(viewer_of(interaction), poll_id)
    criteria = report.poll.question.criteria or "The moderator did not say how this is settled."
    await interaction.response.send_message(f"**How it is settled**\n{criteria}", ephemeral=True)


@on_click(REMIND)
async def remind(interaction: Interaction, poll_id: int, wanted: bool) -> None:
    """Remind a member before the poll closes, or no longer."""
    own = await interaction.client.services.polls.remind(viewer_of(interaction), poll_id, wanted)
    await interaction.response.edit_message(view=views.own_ballot(own))


@on_click(LIST)
async def turn_list(interaction: Interaction, page: int) -> None:
    """Turn to a page of the server's polls."""
    found = await interaction.client.services.polls.listed(viewer_of(interaction))
    await interaction.response.edit_message(view=views.listing(found, page))


def _positions(values: list[str]) -> list[int]:
    """The options that were chosen; none if any choice was forged and is no option's position."""
    chosen = [int(value) for value in values if value.isdecimal() and len(value) < 3]
    return chosen if len(chosen) == len(values) else []


async def _cast(interaction: Interaction, poll_id: int, value: int, *kinds: PollKind) -> None:
    """Cast a ballot by a control that polls of these kinds have."""
    polls = interaction.client.services.polls
    stored = await polls.cast(viewer_of(interaction), poll_id, value, kinds)
    await interaction.response.send_message(strings.receipt(stored), ephemeral=True)
    if stored.poll.message_id is None and not stored.poll.hope_for and interaction.message:
        # The bot died after it posted the poll and before it recorded where.
        audience = audience_id(interaction.guild, stored.poll.channel_id)
        await polls.posted(SYSTEM, poll_id, interaction.message.id, audience)
