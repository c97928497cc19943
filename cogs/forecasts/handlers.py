"""The answers of the /forecast commands, and the buttons that turn their pages."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Self

from discord import ui

from bot.charts.cache import attached, attachments
from bot.ui.caller import caller_of, is_owner, is_private
from bot.ui.card import Card, card_view, turning
from bot.ui.items import PersistentButton
from bot.ui.sight import shown_to
from cogs.forecasts import views

if TYPE_CHECKING:
    from collections.abc import Sequence

    import discord

    from bot.polls.scoring.calibration import Bin
    from bot.polls.scoring.service import Leaderboard
    from bot.ui.card import Pager
    from bot.ui.items import Interaction


class Name(StrEnum):
    """The cards that may have several pages."""

    MINE = "mine"
    LEADERBOARD = "leaderboard"
    SURPRISES = "surprises"


@dataclass(frozen=True, slots=True)
class Answer:
    """A message: its view and the files that the view shows."""

    view: ui.LayoutView
    files: list[discord.File] = field(default_factory=list)


class PageButton(
    PersistentButton,
    template=rf"forecast:(?P<name>{'|'.join(Name)}):v1:(?P<page>-?\d{{1,6}})",
):
    """Turns the page of a card; somebody else's card stays, and the page opens privately."""

    def __init__(self, name: Name, page: int, label: str = "–", *, disabled: bool = False) -> None:
        self.name, self.page = name, page
        custom_id = f"forecast:{name}:v1:{page}"
        super().__init__(ui.Button(label=label, disabled=disabled, custom_id=custom_id))

    @classmethod
    def parse(cls, **groups: str) -> Self:
        return cls(Name(groups["name"]), int(groups["page"]))

    async def act(self, interaction: Interaction) -> None:
        private = is_private(interaction)
        if private or (is_owner(interaction) and self.name is not Name.MINE):
            answer = await page_of(interaction, self.name, self.page, private=private)
            await interaction.response.edit_message(view=answer.view, attachments=answer.files)
            return
        answer = await page_of(interaction, self.name, self.page, private=True)
        await interaction.response.send_message(
            view=answer.view, files=answer.files, ephemeral=True
        )


def pager(name: Name) -> Pager:
    """Makes the page buttons of a card."""

    def button(label: str, page: int, *, disabled: bool) -> PageButton:
        return PageButton(name, page, label, disabled=disabled)

    return button


async def page_of(interaction: Interaction, name: Name, page: int, *, private: bool) -> Answer:
    """One page of a card as it is now, for whoever pressed the button."""
    match name:
        case Name.MINE:
            return await mine(interaction, page)
        case Name.LEADERBOARD:
            board = await interaction.client.forecasts.leaderboard(caller_of(interaction))
            return leaderboard(board, page, private=private)
        case Name.SURPRISES:
            return await surprises(interaction, page, private=private)


async def mine(interaction: Interaction, page: int = 0) -> Answer:
    record = await interaction.client.forecasts.mine(caller_of(interaction))
    card = views.mine(record, interaction.client.clock.now())
    if page > 0:
        return Answer(card_view(card, page, pager=pager(Name.MINE)))
    card, files = await _drawn(interaction, card, "Your calibration", record.bins)
    return Answer(card_view(card, pager=pager(Name.MINE)), files)


def leaderboard(board: Leaderboard, page: int = 0, *, private: bool) -> Answer:
    """Only a `private` answer tells readers that they are not ranked."""
    number, total = views.page_numbers(board, page)
    card = views.leaderboard(board, number, private=private)
    row = turning(number, total, pager(Name.LEADERBOARD))
    return Answer(card_view(card, rows=(row,)))


async def calibration(interaction: Interaction, guild_id: int) -> Answer:
    record = await interaction.client.forecasts.calibration(guild_id)
    card = views.calibration(record)
    card, files = await _drawn(interaction, card, card.title, record.bins)
    return Answer(card_view(card), files)


async def surprises(interaction: Interaction, page: int = 0, *, private: bool) -> Answer:
    guild_id, sight = caller_of(interaction).guild_id, shown_to(interaction, private=private)
    found = await interaction.client.forecasts.surprises(guild_id, sight)
    return Answer(card_view(views.surprises(found), page, pager=pager(Name.SURPRISES)))


async def _drawn(
    interaction: Interaction, card: Card, title: str, bins: Sequence[Bin]
) -> tuple[Card, list[discord.File]]:
    """The card with a picture of the bins, if they hold enough forecasts."""
    drawing = views.calibration_drawing(title, bins)
    pictures = await interaction.client.pictures.of([drawing] if drawing else [])
    return replace(card, pictures=attached(pictures)), attachments(pictures)
