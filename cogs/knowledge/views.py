"""The messages that show knowledge cards: a value in, a message out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from discord import ui

from bot.knowledge.library import Library, Ref
from bot.ui.cards import Card, Control, Link, MessageView, card_view, pager
from bot.ui.knowledge.addresses import CardAddress
from bot.ui.knowledge.links import Menu, open_button, pick_menu
from cogs.knowledge import strings
from cogs.knowledge.custom_ids import HIDE, SHARE, TURN

BUTTONS_A_ROW = 5


@dataclass(frozen=True, slots=True)
class LinkedCard:
    """A card with links to other cards.

    `page_menu` is the placeholder of a menu of the links of the page that is shown.
    """

    card: Card
    menus: tuple[Menu, ...] = ()
    buttons: tuple[Link, ...] = ()
    page_menu: str = ""


def knowledge_view(
    linked: LinkedCard, address: CardAddress, *, private: bool, shared: bool = False
) -> ui.LayoutView:
    """A card, open at the address's page, with its controls."""
    shown = linked.card.page(address.page)
    menus = [menu for menu in (Menu(linked.page_menu, shown.links), *linked.menus) if menu.links]
    rows: list[Sequence[Control]] = [(pick_menu(slot, menu),) for slot, menu in enumerate(menus)]
    buttons = list({link.key: link for link in linked.buttons if link.key != address.key}.values())
    rows.append([open_button(link.key, link.label) for link in buttons[:BUTTONS_A_ROW]])
    custom_id, label = (SHARE, strings.SHARE) if private else (HIDE, strings.KEEP_PRIVATE)
    tool: ui.Button[Any] = ui.Button(
        label=strings.SHARED if shared else label,
        disabled=shared,
        custom_id=custom_id(key=address.key, page=shown.number),
    )
    return card_view(linked.card, shown.number, rows, pager(TURN, key=address.key), (tool,))


def did_you_mean(
    library: Library, sentence: str, nearest: Sequence[tuple[Ref, CardAddress]]
) -> ui.LayoutView:
    """A refusal, with buttons that open the cards that may have been meant."""
    view = MessageView()
    view.add_item(ui.TextDisplay(sentence))
    buttons = {address.key: open_button(address.key, library.name(ref)) for ref, address in nearest}
    if buttons:
        view.add_item(ui.ActionRow(*buttons.values()))
    return view
