"""What the controls on knowledge cards do, in public and in private.

A card in the channel belongs to the person who asked for it: only they turn its pages in place.
Anybody else who presses something gets a private card, so that members do not disturb each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

import discord
from discord import ui

from bot.discussions.model import IssueRef
from bot.errors import UserError
from bot.knowledge.library import Kind, Library, Ref, UnknownNameError
from bot.ui.dispatch import on_click, on_select
from bot.ui.interaction import is_owner, is_private, library_of, locale_of
from bot.ui.viewer import viewer_for_reply, viewer_of
from cogs.knowledge import strings as words
from cogs.knowledge.custom_ids import HIDE, OPEN, PICK, SHARE, TURN
from cogs.knowledge.places import Name, Place, read_place
from cogs.knowledge.reading import OpenPoll
from cogs.knowledge.sheets import draw
from cogs.knowledge.views import did_you_mean, sheet_view

if TYPE_CHECKING:
    from bot.ui.interaction import Interaction

SHOW_POLLS = frozenset({Name.ISSUE, Name.OUTCOME})

Build = Callable[..., Place]


async def answer(interaction: Interaction, build: Build, *wanted: tuple[Kind, str]) -> None:
    """Answer a command in the channel with the place that its options name.

    A name that is not known is answered privately, with buttons to what may have been meant.
    """
    library = library_of(interaction)
    try:
        place = build(*library.find_together(*wanted))
    except UnknownNameError as error:
        view = did_you_mean(library, str(error), list(_repaired(library, error, build, wanted)))
        await interaction.response.send_message(view=view, ephemeral=True)
        return
    await publish(interaction, place)


async def publish(interaction: Interaction, place: Place) -> None:
    """Answer a command in the channel."""
    await interaction.response.send_message(view=await _view(interaction, place, private=False))


@on_click(OPEN)
async def open_card(interaction: Interaction, key: str, page: int) -> None:
    """Open a card: in its own message if that is private, else in a new private message."""
    await _open(interaction, _place(interaction, key, page))


@on_select(PICK)
async def open_picked(interaction: Interaction, values: list[str], slot: int) -> None:
    """Open the card that was chosen in a menu."""
    await _open(interaction, _place(interaction, values[0] if values else ""))


@on_click(TURN)
async def turn_page(interaction: Interaction, key: str, page: int) -> None:
    """Turn a page: in its own message for the person who asked for the card."""
    place = _place(interaction, key, page)
    if is_private(interaction) or not is_owner(interaction):
        await _open(interaction, place)
        return
    await interaction.response.edit_message(view=await _view(interaction, place, private=False))


@on_click(SHARE)
async def share(interaction: Interaction, key: str, page: int) -> None:
    """Post a private card in the channel; the private one stays open."""
    place = _place(interaction, key, page)
    await interaction.response.defer()
    await interaction.followup.send(view=await _view(interaction, place, private=False))
    await interaction.edit_original_response(
        view=await _view(interaction, place, private=True, shared=True)
    )


@on_click(HIDE)
async def hide(interaction: Interaction, key: str, page: int) -> None:
    """Take a card out of the channel and show it privately to the person who pressed."""
    place = _place(interaction, key, page)
    if not is_owner(interaction) and not viewer_of(interaction).is_moderator:
        raise UserError(words.NOT_YOURS)
    await interaction.response.defer()
    view = await _view(interaction, place, private=True)
    await interaction.followup.send(view=view, ephemeral=True)
    with suppress(discord.NotFound):
        await interaction.delete_original_response()


def _place(interaction: Interaction, key: str, page: int = 0) -> Place:
    return read_place(interaction.client.services.library, key, page)


async def _open(interaction: Interaction, place: Place) -> None:
    view = await _view(interaction, place, private=True)
    if is_private(interaction):
        await interaction.response.edit_message(view=view)
    else:
        await interaction.response.send_message(view=view, ephemeral=True)


def _repaired(
    library: Library, error: UnknownNameError, build: Build, wanted: Sequence[tuple[Kind, str]]
) -> Iterator[tuple[Ref, Place]]:
    """The places that were asked for, with each of the nearest names in the unknown one's stead."""
    for ref in error.nearest:
        place = Place.of(ref)
        for index, (kind, _) in enumerate(wanted):
            if kind is ref.kind:
                mended = [*wanted[:index], (kind, ref.value), *wanted[index + 1 :]]
                with suppress(UserError):
                    place = build(*library.find_together(*mended))
                    break
        yield ref, place


async def _view(
    interaction: Interaction, place: Place, *, private: bool, shared: bool = False
) -> ui.LayoutView:
    """The place as this reader, or everybody in this server, is to see it."""
    locale = locale_of(interaction, private=private)
    polls = await _open_polls(interaction, place, private=private)
    discussion = await _discussion(interaction, place, private=private)
    sheet = draw(library_of(interaction), place, locale, polls, discussion)
    return sheet_view(sheet, place, private=private, shared=shared)


async def _open_polls(
    interaction: Interaction, place: Place, *, private: bool
) -> Sequence[OpenPoll]:
    """The polls that this server holds on the outcomes of the place's summit, as far as whoever
    reads the answer may know of them."""
    if place.name not in SHOW_POLLS or interaction.guild_id is None:
        return ()
    viewer = viewer_for_reply(interaction, private=private)
    return [
        OpenPoll(poll.question.about.outcome, poll.question.text, poll.url)
        for poll in await interaction.client.services.polls.open_ones(viewer)
        if poll.question.about is not None
        and poll.question.about.summit == place.summit
        and poll.url is not None
    ]


async def _discussion(interaction: Interaction, place: Place, *, private: bool) -> str | None:
    """A link to where this server discusses the place's issue, if all readers may know of it."""
    if place.name is not Name.ISSUE or interaction.guild_id is None:
        return None
    about = IssueRef(place.summit, place.refs[0].id)
    found = await interaction.client.services.discussions.open_on(
        viewer_for_reply(interaction, private=private), about
    )
    return found.url if found else None
