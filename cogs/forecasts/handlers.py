"""The answers of the /forecast commands, and the buttons that turn their pages."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bot.ui.cards import Card, card_view, pager, turning
from bot.ui.dispatch import on_click
from bot.ui.interaction import is_owner, is_private
from bot.ui.pictures import attached, attachments
from bot.ui.viewer import viewer_for_reply, viewer_of
from cogs.forecasts import views
from cogs.forecasts.custom_ids import LEADERBOARD, MINE, SURPRISES

if TYPE_CHECKING:
    from collections.abc import Sequence

    import discord
    from discord import ui

    from bot.polls.scoring.calibration import Bin
    from bot.polls.scoring.service import Leaderboard
    from bot.ui.interaction import Interaction


@dataclass(frozen=True, slots=True)
class Answer:
    """A message: its view and the files that the view shows."""

    view: ui.LayoutView
    files: list[discord.File] = field(default_factory=list)


@on_click(MINE)
async def turn_mine(interaction: Interaction, page: int) -> None:
    if is_private(interaction):
        await _replace(interaction, await mine(interaction, page))
    else:
        await _open(interaction, await mine(interaction, page))


@on_click(LEADERBOARD)
async def turn_leaderboard(interaction: Interaction, page: int) -> None:
    board = await interaction.client.services.forecasts.leaderboard(viewer_of(interaction))
    if _may_replace(interaction):
        private = is_private(interaction)
        await _replace(interaction, leaderboard(board, page, private=private))
    else:
        await _open(interaction, leaderboard(board, page, private=True))


@on_click(SURPRISES)
async def turn_surprises(interaction: Interaction, page: int) -> None:
    if _may_replace(interaction):
        private = is_private(interaction)
        await _replace(interaction, await surprises(interaction, page, private=private))
    else:
        await _open(interaction, await surprises(interaction, page, private=True))


def _may_replace(interaction: Interaction) -> bool:
    """Whether the card is the member's own; somebody else's card stays as it is."""
    return is_private(interaction) or is_owner(interaction)


async def _replace(interaction: Interaction, answer: Answer) -> None:
    await interaction.response.edit_message(view=answer.view, attachments=answer.files)


async def _open(interaction: Interaction, answer: Answer) -> None:
    """Show the page in a private message of its own."""
    await interaction.response.send_message(view=answer.view, files=answer.files, ephemeral=True)


async def mine(interaction: Interaction, page: int = 0) -> Answer:
    record = await interaction.client.services.forecasts.mine(viewer_of(interaction))
    card = views.mine(record, interaction.client.services.clock.now())
    if page > 0:
        return Answer(card_view(card, page, pager=pager(MINE)))
    card, files = await _drawn(interaction, card, "Your calibration", record.bins)
    return Answer(card_view(card, pager=pager(MINE)), files)


def leaderboard(board: Leaderboard, page: int = 0, *, private: bool) -> Answer:
    """Only a `private` answer tells readers that they are not ranked."""
    number, total = views.page_numbers(board, page)
    card = views.leaderboard(board, number, private=private)
    row = turning(number, total, pager(LEADERBOARD))
    return Answer(card_view(card, rows=(row,)))


async def calibration(interaction: Interaction) -> Answer:
    record = await interaction.client.services.forecasts.calibration(viewer_of(interaction))
    card = views.calibration(record)
    card, files = await _drawn(interaction, card, card.title, record.bins)
    return Answer(card_view(card), files)


async def surprises(interaction: Interaction, page: int = 0, *, private: bool) -> Answer:
    viewer = viewer_for_reply(interaction, private=private)
    found = await interaction.client.services.forecasts.surprises(viewer)
    return Answer(card_view(views.surprises(found), page, pager=pager(SURPRISES)))


async def _drawn(
    interaction: Interaction, card: Card, title: str, bins: Sequence[Bin]
) -> tuple[Card, list[discord.File]]:
    """The card with a picture of the bins, if they hold enough forecasts."""
    drawing = views.calibration_drawing(title, bins)
    pictures = await interaction.client.pictures.of([drawing] if drawing else [])
    return replace(card, pictures=attached(pictures)), attachments(pictures)
