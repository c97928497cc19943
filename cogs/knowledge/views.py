"""The messages that show knowledge cards: a value in, a message out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import discord
from discord import ui

from bot.knowledge.library import Library, Ref
from bot.text import shorten
from bot.ui.cards import Control, Link, MessageView, card_view, pager
from cogs.knowledge import strings as words
from cogs.knowledge.custom_ids import HIDE, OPEN, PICK, SHARE, TURN
from cogs.knowledge.places import Place
from cogs.knowledge.reading import MENU_LIMIT, Menu, Sheet

LABEL_LIMIT = 40
OPTION_LIMIT = 100
PLACEHOLDER_LIMIT = 150
BUTTONS_A_ROW = 5


def sheet_view(sheet: Sheet, place: Place, *, private: bool, shared: bool = False) -> ui.LayoutView:
    """A sheet, open at the place's page, with its controls."""
    shown = sheet.card.page(place.page)
    menus = [menu for menu in (Menu(sheet.page_menu, shown.links), *sheet.menus) if menu.links]
    rows: list[Sequence[Control]] = [(pick_menu(slot, menu),) for slot, menu in enumerate(menus)]
    buttons = list({link.key: link for link in sheet.buttons if link.key != place.key}.values())
    rows.append([open_button(link.key, link.label) for link in buttons[:BUTTONS_A_ROW]])

    custom_id, label = (SHARE, words.SHARE) if private else (HIDE, words.KEEP_PRIVATE)
    tool: ui.Button[Any] = ui.Button(
        label=words.SHARED if shared else label,
        disabled=shared,
        custom_id=custom_id(key=place.key, page=shown.number),
    )
    return card_view(sheet.card, shown.number, rows, pager(TURN, key=place.key), (tool,))


def did_you_mean(
    library: Library, sentence: str, nearest: Sequence[tuple[Ref, Place]]
) -> ui.LayoutView:
    """A refusal, with buttons that open the places that may have been meant."""
    view = MessageView()
    view.add_item(ui.TextDisplay(sentence))
    buttons = {place.key: open_button(place.key, library.name(ref)) for ref, place in nearest}
    if buttons:
        view.add_item(ui.ActionRow(*buttons.values()))
    return view


def open_button(key: str, label: str) -> ui.Button[Any]:
    """A button that opens the card with this key."""
    return ui.Button(label=shorten(label, LABEL_LIMIT), custom_id=OPEN(key=key, page=0))


def pick_menu(slot: int, menu: Menu) -> ui.Select[Any]:
    """A menu that opens the card that is chosen. `slot` differs between menus of one message."""
    return ui.Select(
        placeholder=shorten(menu.placeholder, PLACEHOLDER_LIMIT),
        custom_id=PICK(slot=slot),
        options=list(_options(menu)),
    )


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
