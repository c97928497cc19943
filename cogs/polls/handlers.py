"""The controls under a poll. Their custom ids hold the poll's id and nothing else that matters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import discord
from discord import ui

from bot.polls.model import PollKind
from bot.polls.rules import approval, require_kind, require_open
from bot.ui.caller import caller_of
from bot.ui.items import Form, IdButton, PersistentButton, PersistentSelect
from bot.ui.sight import audience_id, sight_of
from cogs.polls import strings as words
from cogs.polls import views as cards

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from bot.ui.items import Interaction

POLL = r"(?P<poll_id>\d{1,18})"


class PollButton(IdButton, template=r"poll:button"):
    """A button that needs to know nothing but its poll."""

    feature = "poll"


class AnswerButton(PersistentButton, template=rf"poll:answer:v1:{POLL}:(?P<value>\d{{1,4}})"):
    """Votes for one answer: an option's position, or a probability in tenths of a percent."""

    def __init__(
        self,
        poll_id: int,
        value: int,
        label: str = "–",
        style: discord.ButtonStyle = discord.ButtonStyle.primary,
    ) -> None:
        self.poll_id, self.value = poll_id, value
        super().__init__(
            ui.Button(
                label=label,
                style=style,
                custom_id=f"poll:answer:v1:{poll_id}:{value}",
            )
        )

    @classmethod
    def parse(cls, **groups: str) -> Self:
        return cls(int(groups["poll_id"]), int(groups["value"]))

    async def act(self, interaction: Interaction) -> None:
        kinds = (PollKind.FORECAST, PollKind.CHOICE)
        await _cast(interaction, self.poll_id, self.value, *kinds)


class AnswerSelect(PersistentSelect, template=rf"poll:choose:v1:{POLL}"):
    """Votes for the option that is chosen from a menu."""

    def __init__(self, poll_id: int, labels: Sequence[str], menu: Any = None) -> None:
        self.poll_id = poll_id
        super().__init__(
            menu
            or ui.Select(
                placeholder="Choose your answer",
                custom_id=f"poll:choose:v1:{poll_id}",
                options=[
                    discord.SelectOption(label=label, value=str(position))
                    for position, label in enumerate(labels)
                ],
            )
        )

    @classmethod
    def parse(cls, menu: ui.Select[Any], /, **groups: str) -> Self:
        return cls(int(groups["poll_id"]), (), menu)

    async def act(self, interaction: Interaction, values: list[str]) -> None:
        # A forged choice that is no number is as good as one that no poll has.
        typed = values[0] if values else ""
        value = int(typed) if typed.isdecimal() and len(typed) < 3 else -1
        await _cast(interaction, self.poll_id, value, PollKind.CHOICE)


class ApproveSelect(PersistentSelect, template=rf"poll:approve:v1:{POLL}"):
    """Approves of the options that are chosen from a menu, and of no others.

    `standing` are the positions that are chosen to begin with.
    """

    def __init__(
        self,
        poll_id: int,
        labels: Sequence[str],
        menu: Any = None,
        standing: Collection[int] = (),
    ) -> None:
        self.poll_id = poll_id
        super().__init__(
            menu
            or ui.Select(
                placeholder="Choose all that you approve of",
                custom_id=f"poll:approve:v1:{poll_id}",
                max_values=len(labels),
                options=[
                    discord.SelectOption(
                        label=label, value=str(position), default=position in standing
                    )
                    for position, label in enumerate(labels)
                ],
            )
        )

    @classmethod
    def parse(cls, menu: ui.Select[Any], /, **groups: str) -> Self:
        return cls(int(groups["poll_id"]), (), menu)

    async def act(self, interaction: Interaction, values: list[str]) -> None:
        positions = [int(value) for value in values if value.isdecimal() and len(value) < 3]
        if len(positions) < len(values):
            positions = []
        if interaction.message is None or not interaction.message.flags.ephemeral:
            await _cast(interaction, self.poll_id, approval(positions), PollKind.APPROVAL)
            return
        # On a member's own ballot the menu shows what they chose, so it must stay true.
        polls, caller = interaction.client.polls, caller_of(interaction)
        await polls.cast(caller, self.poll_id, approval(positions), (PollKind.APPROVAL,))
        own = await polls.own(caller, self.poll_id)
        await interaction.response.edit_message(view=cards.own_ballot(own))


class ExactButton(PollButton, template=rf"poll:exact:v1:{POLL}"):
    """Opens the form for a probability that no quick button has."""

    label, action = "Exact …", "exact"

    async def act(self, interaction: Interaction) -> None:
        own = await interaction.client.polls.own(caller_of(interaction), self.about)
        require_kind(own.report.poll, (PollKind.FORECAST,))
        require_open(own.report.poll, interaction.client.clock.now())
        standing = f"{own.ballot.value / 10:g}" if own.ballot else None
        await interaction.response.send_modal(ExactForm(self.about, standing))


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
        value = words.read_percent(self.percent.value)
        await _cast(interaction, self.poll_id, value, PollKind.FORECAST)


class OwnBallotButton(PollButton, template=rf"poll:own:v1:{POLL}"):
    """Shows a member their own ballot, privately."""

    label, action = "Your ballot", "own"

    async def act(self, interaction: Interaction) -> None:
        own = await interaction.client.polls.own(caller_of(interaction), self.about)
        await interaction.response.send_message(view=cards.own_ballot(own), ephemeral=True)


class WithdrawButton(PollButton, template=rf"poll:withdraw:v1:{POLL}"):
    """Takes a member's ballot back."""

    label, action, style = "Withdraw", "withdraw", discord.ButtonStyle.danger

    async def act(self, interaction: Interaction) -> None:
        polls, caller = interaction.client.polls, caller_of(interaction)
        receipt = await polls.withdraw(caller, self.about)
        own = await polls.own(caller, receipt.poll.hope_for or self.about)
        await interaction.response.edit_message(view=cards.own_ballot(own))


class CriteriaButton(PollButton, template=rf"poll:criteria:v1:{POLL}"):
    """Tells how the question will be settled."""

    label, action = "How it is settled", "criteria"

    async def act(self, interaction: Interaction) -> None:
        guild_id = caller_of(interaction).guild_id
        report = await interaction.client.polls.show(guild_id, self.about)
        told = report.poll.question.criteria or "Whoever asked did not say how this is settled."
        await interaction.response.send_message(f"**How it is settled**\n{told}", ephemeral=True)


class RemindButton(PersistentButton, template=rf"poll:remind:v1:{POLL}:(?P<wanted>[01])"):
    """Asks to be reminded before the poll closes, or takes that back."""

    def __init__(self, poll_id: int, wanted: bool) -> None:
        self.poll_id, self.wanted = poll_id, wanted
        super().__init__(
            ui.Button(
                label="Remind me before it closes" if wanted else "Do not remind me",
                custom_id=f"poll:remind:v1:{poll_id}:{wanted:d}",
            )
        )

    @classmethod
    def parse(cls, **groups: str) -> Self:
        return cls(int(groups["poll_id"]), groups["wanted"] == "1")

    async def act(self, interaction: Interaction) -> None:
        polls, caller = interaction.client.polls, caller_of(interaction)
        own = await polls.remind(caller, self.poll_id, self.wanted)
        await interaction.response.edit_message(view=cards.own_ballot(own))


class ListButton(PersistentButton, template=r"poll:list:v1:(?P<page>-?\d{1,4})"):
    """Turns to a page of the server's polls."""

    def __init__(self, label: str, page: int, *, disabled: bool = False) -> None:
        self.page = page
        custom_id = f"poll:list:v1:{page}"
        super().__init__(ui.Button(label=label, disabled=disabled, custom_id=custom_id))

    @classmethod
    def parse(cls, **groups: str) -> Self:
        return cls("", int(groups["page"]))

    async def act(self, interaction: Interaction) -> None:
        guild_id = caller_of(interaction).guild_id
        found = await interaction.client.polls.listed(guild_id, sight_of(interaction))
        await interaction.response.edit_message(view=cards.listing(found, self.page))


async def _cast(interaction: Interaction, poll_id: int, value: int, *kinds: PollKind) -> None:
    """Cast a ballot by a control that polls of these kinds have."""
    polls = interaction.client.polls
    stored = await polls.cast(caller_of(interaction), poll_id, value, kinds)
    await interaction.response.send_message(words.receipt(stored), ephemeral=True)
    if stored.poll.message_id is None and not stored.poll.hope_for and interaction.message:
        # The bot died between posting the poll and recording where.
        audience = audience_id(interaction.guild, stored.poll.channel_id)
        await polls.posted(poll_id, interaction.message.id, audience)


ALL = (
    AnswerButton,
    AnswerSelect,
    ApproveSelect,
    ExactButton,
    OwnBallotButton,
    WithdrawButton,
    CriteriaButton,
    RemindButton,
    ListButton,
)
