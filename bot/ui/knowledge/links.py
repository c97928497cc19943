"""Buttons, menus and options of commands that lead to things in a pack."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import discord
from discord import app_commands, ui

from bot.knowledge.library import Hit
from bot.text import shorten
from bot.ui.cards import Link
from bot.ui.custom_ids import PAGE, CustomId, Int, Text

CARD_KEY = Text(
    r"[a-z]+:[\w-]{8}(?:\.[\w-]{8}){0,2}", longest="glossary:" + ".".join(3 * ["x" * 8])
)
"""The key of a card's address."""
OPEN = CustomId("know:go:v1", key=CARD_KEY, page=PAGE)
PICK = CustomId("know:pick:v1", slot=Int(most=9))
"""A menu whose options are keys. `slot` only tells the menus of one message apart."""

MENU_LIMIT = 25
LABEL_LIMIT = 40
OPTION_LIMIT = 100
PLACEHOLDER_LIMIT = 150


@dataclass(frozen=True, slots=True)
class Menu:
    """A select menu of cards. `more` leads to the whole list when there is no room for it."""

    placeholder: str
    links: tuple[Link, ...]
    more: Link | None = None


def choices(hits: Iterable[Hit]) -> list[app_commands.Choice[str]]:
    """Hits of a search for autocomplete. A choice that is picked comes back as `Ref.value`."""
    return [app_commands.Choice(name=hit.label, value=hit.ref.value) for hit in hits]


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
