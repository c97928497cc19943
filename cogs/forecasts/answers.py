"""What the /forecast commands and the buttons under their cards answer with."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bot.charts.cache import attached, attachments
from bot.ui.caller import caller_of
from bot.ui.card import Card, card_view, turning
from bot.ui.sight import shown_to
from cogs.forecasts import handlers as items
from cogs.forecasts import views as cards
from cogs.forecasts.pictures import calibration_drawing

if TYPE_CHECKING:
    from collections.abc import Sequence

    import discord
    from discord import ui

    from bot.polls.scoring.calibration import Bin
    from bot.polls.scoring.service import Leaderboard
    from bot.ui.items import Interaction


@dataclass(frozen=True, slots=True)
class Answer:
    """A message: its view and the files that the view shows."""

    view: ui.LayoutView
    files: list[discord.File] = field(default_factory=list)


async def page_of(
    interaction: Interaction, name: items.Name, page: int, *, private: bool
) -> Answer:
    """One page of an answer, as it stands now, for whoever turned to it."""
    match name:
        case items.Name.MINE:
            return await mine(interaction, page)
        case items.Name.LEADERBOARD:
            board = await interaction.client.forecasts.leaderboard(caller_of(interaction))
            return leaderboard(board, page, private=private)
        case items.Name.SURPRISES:
            return await surprises(interaction, page, private=private)


async def mine(interaction: Interaction, page: int = 0) -> Answer:
    record = await interaction.client.forecasts.mine(caller_of(interaction))
    now = interaction.client.clock.now()
    card = cards.mine(record, now)
    if page > 0:
        return Answer(card_view(card, page, pager=items.pager(items.Name.MINE)))
    card, files = await _drawn(interaction, card, "Your calibration", record.bins)
    return Answer(card_view(card, pager=items.pager(items.Name.MINE)), files)


def leaderboard(board: Leaderboard, page: int = 0, *, private: bool) -> Answer:
    """`private` tells the reader too that they have no place; in public that is not said."""
    number, total = cards.board_page(board, page)
    card = cards.leaderboard(board, number, private=private)
    row = turning(number, total, items.pager(items.Name.LEADERBOARD))
    return Answer(card_view(card, rows=(row,)))


async def calibration(interaction: Interaction, guild_id: int) -> Answer:
    record = await interaction.client.forecasts.calibration(guild_id)
    card = cards.calibration(record)
    card, files = await _drawn(interaction, card, card.title, record.bins)
    return Answer(card_view(card), files)


async def surprises(interaction: Interaction, page: int = 0, *, private: bool) -> Answer:
    guild_id, sight = caller_of(interaction).guild_id, shown_to(interaction, private=private)
    found = await interaction.client.forecasts.surprises(guild_id, sight)
    return Answer(card_view(cards.surprises(found), page, pager=items.pager(items.Name.SURPRISES)))


async def _drawn(
    interaction: Interaction, card: Card, title: str, bins: Sequence[Bin]
) -> tuple[Card, list[discord.File]]:
    """The card with a picture of the bins, where they hold enough to draw."""
    drawing = calibration_drawing(title, bins)
    pictures = await interaction.client.pictures.of([drawing] if drawing else [])
    return replace(card, pictures=attached(pictures)), attachments(pictures)
