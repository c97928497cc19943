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
from bot.ui.knowledge.addresses import CardAddress, CardKind, read_key
from bot.ui.knowledge.links import OPEN, PICK
from bot.ui.knowledge.reader import OpenPoll
from bot.ui.viewer import viewer_for_reply, viewer_of
from cogs.knowledge import strings
from cogs.knowledge.cards import build_card
from cogs.knowledge.custom_ids import HIDE, SHARE, TURN
from cogs.knowledge.views import did_you_mean, knowledge_view

if TYPE_CHECKING:
    from bot.ui.interaction import Interaction

SHOW_POLLS = frozenset({CardKind.ISSUE, CardKind.OUTCOME})

Build = Callable[..., CardAddress]


async def answer(interaction: Interaction, build: Build, *wanted: tuple[Kind, str]) -> None:
    """Answer a command in the channel with the card that its options name.

    A name that is not known is answered privately, with buttons to what may have been meant.
    """
    library = library_of(interaction)
    try:
        address = build(*library.find_together(*wanted))
    except UnknownNameError as error:
        view = did_you_mean(library, str(error), list(_repaired(library, error, build, wanted)))
        await interaction.response.send_message(view=view, ephemeral=True)
        return
    await publish(interaction, address)


async def publish(interaction: Interaction, address: CardAddress) -> None:
    """Answer a command in the channel."""
    await interaction.response.send_message(view=await _view(interaction, address, private=False))


@on_click(OPEN)
async def open_card(interaction: Interaction, key: str, page: int) -> None:
    """Open a card: in its own message if that is private, else in a new private message."""
    await _open(interaction, _address(interaction, key, page))


@on_select(PICK)
async def open_picked(interaction: Interaction, values: list[str], slot: int) -> None:
    """Open the card that was chosen in a menu."""
    await _open(interaction, _address(interaction, values[0] if values else ""))


@on_click(TURN)
async def turn_page(interaction: Interaction, key: str, page: int) -> None:
    """Turn a page: in its own message for the person who asked for the card."""
    address = _address(interaction, key, page)
    if is_private(interaction) or not is_owner(interaction):
        await _open(interaction, address)
        return
    await interaction.response.edit_message(view=await _view(interaction, address, private=False))


@on_click(SHARE)
async def share(interaction: Interaction, key: str, page: int) -> None:
    """Post a private card in the channel; the private one stays open."""
    address = _address(interaction, key, page)
    await interaction.response.defer()
    await interaction.followup.send(view=await _view(interaction, address, private=False))
    await interaction.edit_original_response(
        view=await _view(interaction, address, private=True, shared=True)
    )


@on_click(HIDE)
async def hide(interaction: Interaction, key: str, page: int) -> None:
    """Take a card out of the channel and show it privately to the person who pressed."""
    address = _address(interaction, key, page)
    if not is_owner(interaction) and not viewer_of(interaction).is_moderator:
        raise UserError(strings.NOT_YOURS)
    await interaction.response.defer()
    view = await _view(interaction, address, private=True)
    await interaction.followup.send(view=view, ephemeral=True)
    with suppress(discord.NotFound):
        await interaction.delete_original_response()


def _address(interaction: Interaction, key: str, page: int = 0) -> CardAddress:
    return read_key(interaction.client.services.library, key, page)


async def _open(interaction: Interaction, address: CardAddress) -> None:
    view = await _view(interaction, address, private=True)
    if is_private(interaction):
        await interaction.response.edit_message(view=view)
    else:
        await interaction.response.send_message(view=view, ephemeral=True)


def _repaired(
    library: Library, error: UnknownNameError, build: Build, wanted: Sequence[tuple[Kind, str]]
) -> Iterator[tuple[Ref, CardAddress]]:
    """The addresses asked for, with each of the nearest names in place of the unknown one."""
    for ref in error.nearest:
        address = CardAddress.of(ref)
        for index, (kind, _) in enumerate(wanted):
            if kind is ref.kind:
                mended = [*wanted[:index], (kind, ref.value), *wanted[index + 1 :]]
                with suppress(UserError):
                    address = build(*library.find_together(*mended))
                    break
        yield ref, address


async def _view(
    interaction: Interaction, address: CardAddress, *, private: bool, shared: bool = False
) -> ui.LayoutView:
    """The message with a card, for this member or for everybody in the channel."""
    locale = locale_of(interaction, private=private)
    polls = await _open_polls(interaction, address, private=private)
    discussion = await _discussion(interaction, address, private=private)
    linked = build_card(library_of(interaction), address, locale, polls, discussion)
    return knowledge_view(linked, address, private=private, shared=shared)


async def _open_polls(
    interaction: Interaction, address: CardAddress, *, private: bool
) -> Sequence[OpenPoll]:
    """This server's open polls on outcomes of the card's summit that all readers may know of."""
    if address.kind not in SHOW_POLLS or interaction.guild_id is None:
        return ()
    viewer = viewer_for_reply(interaction, private=private)
    return [
        OpenPoll(poll.question.about.outcome, poll.question.text, poll.url)
        for poll in await interaction.client.services.polls.open_ones(viewer)
        if poll.question.about is not None
        and poll.question.about.summit == address.summit
        and poll.url is not None
    ]


async def _discussion(
    interaction: Interaction, address: CardAddress, *, private: bool
) -> str | None:
    """A link to where this server discusses the card's issue, if all readers may know of it."""
    if address.kind is not CardKind.ISSUE or interaction.guild_id is None:
        return None
    about = IssueRef(address.summit, address.refs[0].id)
    found = await interaction.client.services.discussions.open_on(
        viewer_for_reply(interaction, private=private), about
    )
    return found.url if found else None
