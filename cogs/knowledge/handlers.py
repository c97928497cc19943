"""The controls on knowledge cards, and what they do in public and in private.

A card in the channel belongs to the one who asked for it: only they turn its pages in place.
Whoever else presses something gets a private card of their own, so that nobody's reading
disturbs another's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

import discord
from discord import ui

from bot.discussions.model import IssueRef
from bot.errors import UserError
from bot.knowledge.library import Kind, Library, Ref, UnknownNameError
from bot.text import shorten
from bot.ui.cards import Control, Link, card_view
from bot.ui.interaction import is_owner, is_private, library_of, locale_of
from bot.ui.items import PersistentButton, PersistentSelect
from bot.ui.viewer import viewer_for_reply, viewer_of
from cogs.knowledge import strings as words
from cogs.knowledge.places import KEY, Name, Place, read_place
from cogs.knowledge.reading import MENU_LIMIT, Menu, OpenPoll, Sheet
from cogs.knowledge.sheets import draw

if TYPE_CHECKING:
    from bot.ui.interaction import Interaction

BUTTON_FITS = 40
OPTION_LIMIT = 100
BUTTONS_A_ROW = 5
SHOW_POLLS = frozenset({Name.ISSUE, Name.OUTCOME})

Build = Callable[..., Place]


class Go(
    PersistentButton,
    template=rf"know:(?P<verb>go|page|share|hide):v1:(?P<key>{KEY}):(?P<page>-?\d{{1,5}})",
):
    """Does one of four things with a place: open it, turn to it, post it, take it out."""

    def __init__(
        self, verb: str, key: str, page: int | str = 0, *, label: str = "–", disabled: bool = False
    ) -> None:
        self.verb, self.key, self.page = verb, key, int(page)
        super().__init__(
            ui.Button(
                label=shorten(label, BUTTON_FITS),
                disabled=disabled,
                custom_id=f"know:{verb}:v1:{key}:{page}",
            )
        )

    @classmethod
    def parse(cls, **groups: str) -> Self:
        return cls(groups["verb"], groups["key"], groups["page"])

    async def act(self, interaction: Interaction) -> None:
        place = read_place(interaction.client.services.library, self.key, self.page)
        match self.verb:
            case "go":
                await go(interaction, place)
            case "page":
                await turn(interaction, place)
            case "share":
                await share(interaction, place)
            case "hide":
                await hide(interaction, place)


class Pick(PersistentSelect, template=r"know:pick:v1:(?P<slot>\d)"):
    """Opens the place that is chosen. The options carry the places."""

    def __init__(self, slot: int | str, menu: ui.Select[Any] | Menu) -> None:
        if isinstance(menu, Menu):
            menu = ui.Select(
                placeholder=shorten(menu.placeholder, 150),
                custom_id=f"know:pick:v1:{slot}",
                options=list(_options(menu)),
            )
        super().__init__(menu)

    @classmethod
    def parse(cls, item: ui.Select[Any], /, **groups: str) -> Self:
        return cls(groups["slot"], item)

    async def act(self, interaction: Interaction, values: list[str]) -> None:
        await go(interaction, read_place(interaction.client.services.library, values[0]))


ITEMS = (Go, Pick)


async def answer(interaction: Interaction, build: Build, *wanted: tuple[Kind, str]) -> None:
    """Answer a command in the channel with the place that its options name.

    A name that is not known is answered privately, with buttons to what may have been meant.
    """
    library = library_of(interaction)
    try:
        place = build(*library.find_together(*wanted))
    except UnknownNameError as error:
        view = _did_you_mean(library, str(error), list(_repaired(library, error, build, wanted)))
        await interaction.response.send_message(view=view, ephemeral=True)
        return
    await publish(interaction, place)


async def publish(interaction: Interaction, place: Place) -> None:
    """Answer a command in the channel."""
    await interaction.response.send_message(view=await _view(interaction, place, private=False))


async def go(interaction: Interaction, place: Place) -> None:
    """Open a place: in the card itself if it is private, else in a private card of one's own."""
    view = await _view(interaction, place, private=True)
    if is_private(interaction):
        await interaction.response.edit_message(view=view)
    else:
        await interaction.response.send_message(view=view, ephemeral=True)


async def turn(interaction: Interaction, place: Place) -> None:
    """Turn a page: in the card itself for whom it belongs to."""
    if is_private(interaction) or not is_owner(interaction):
        await go(interaction, place)
        return
    await interaction.response.edit_message(view=await _view(interaction, place, private=False))


async def share(interaction: Interaction, place: Place) -> None:
    """Post a private card in the channel; the private one keeps its place."""
    await interaction.response.defer()
    await interaction.followup.send(view=await _view(interaction, place, private=False))
    await interaction.edit_original_response(
        view=await _view(interaction, place, private=True, shared=True)
    )


async def hide(interaction: Interaction, place: Place) -> None:
    """Take a card out of the channel and give it to the presser alone."""
    if not is_owner(interaction) and not viewer_of(interaction).is_moderator:
        raise UserError(words.NOT_YOURS)
    await interaction.response.defer()
    view = await _view(interaction, place, private=True)
    await interaction.followup.send(view=view, ephemeral=True)
    with suppress(discord.NotFound):
        await interaction.delete_original_response()


def sheet_view(sheet: Sheet, place: Place, *, private: bool, shared: bool = False) -> ui.LayoutView:
    """A sheet, open at the place's page, with its controls. Pure."""
    shown = sheet.card.page(place.page)
    menus = [menu for menu in (Menu(sheet.page_menu, shown.links), *sheet.menus) if menu.links]
    rows: list[Sequence[Control]] = [(Pick(slot, menu),) for slot, menu in enumerate(menus)]
    buttons = list({link.key: link for link in sheet.buttons if link.key != place.key}.values())
    rows.append([Go("go", link.key, label=link.label) for link in buttons[:BUTTONS_A_ROW]])

    def pager(label: str, page: int, *, disabled: bool) -> Go:
        return Go("page", place.key, page, label=label, disabled=disabled)

    verb, label = ("share", words.SHARE) if private else ("hide", words.KEEP_PRIVATE)
    tool = Go(
        verb, place.key, shown.number, label=words.SHARED if shared else label, disabled=shared
    )
    return card_view(sheet.card, shown.number, rows, pager, (tool,))


def _options(menu: Menu) -> Iterator[discord.SelectOption]:
    links = list({link.key: link for link in menu.links}.values())
    if len(links) > MENU_LIMIT:
        links = links[: MENU_LIMIT - 1] if menu.more else links[:MENU_LIMIT]
        if menu.more:
            links.append(Link(f"All {len(menu.links):,}…", menu.more.key))
    for link in links:
        yield discord.SelectOption(
            label=shorten(link.label, OPTION_LIMIT),
            value=link.key,
            description=shorten(link.description, OPTION_LIMIT) or None,
        )


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


def _did_you_mean(
    library: Library, sentence: str, nearest: Sequence[tuple[Ref, Place]]
) -> ui.LayoutView:
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.TextDisplay(sentence))
    buttons = {place.key: Go("go", place.key, label=library.name(ref)) for ref, place in nearest}
    if buttons:
        view.add_item(ui.ActionRow(*buttons.values()))
    return view


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
