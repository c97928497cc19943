"""Cards: text cut into pages that Discord accepts, and the messages that show them.

A message may have 40 components, 4,000 characters of text and 10,170 bytes (see `BYTE_LIMIT`). A
card is one container (heading, text, pictures, small print) with rows of controls below it. Only
its text can grow too long. Pages are short enough to read on a phone.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import discord

from bot.text import byte_length, shorten, split
from bot.ui.custom_ids import CustomId

TEXT_LIMIT = 3800
BYTE_LIMIT = 10_170
"""UTF-8 bytes of all texts of a message, plus `BYTES_A_TEXT` for each. Discord does not document
this limit and answers HTTP 500 beyond it; a full page in Korean or Chinese reaches it first."""
BYTES_A_TEXT = 12
TEXTS_A_PAGE = 3
"""A page has a heading, a body and small print."""
COMFORTABLE = 1700
"""Characters that fill about two screens of a phone."""
LINKS_A_PAGE = 25
NOTES_LIMIT = 900
TITLE_LIMIT = 300
SMALL_PRINT_LIMIT = 400
BIG_TITLE = 70
ALT_LIMIT = 1024
ACCENT = discord.Colour(0x2A9D8F)

Control = discord.ui.Item[Any]


@dataclass(frozen=True, slots=True)
class Link:
    """A link from a card to another one. `key` is the other one's key, for buttons and menus."""

    label: str
    key: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """Markdown that stays on one page if it fits.

    Consecutive blocks with the same heading are shown under one heading, which is repeated on a
    new page. `notes` are collected in the page's small print; `links` belong to the page.
    """

    text: str
    heading: str = ""
    notes: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """`url` may be `attachment://name`; `alt` describes the picture."""

    url: str
    alt: str


@dataclass(frozen=True, slots=True)
class Page:
    """What one page of a card shows. `number` counts from 0."""

    number: int
    total: int
    text: str
    small_print: str
    links: tuple[Link, ...]


@dataclass(frozen=True)
class Card:
    """A reply. Every page shows the small lines `subtitle` and `footer`.

    `room` is the number of characters that a page may have, at most `TEXT_LIMIT`.
    """

    title: str
    blocks: tuple[Block, ...] = ()
    subtitle: str = ""
    footer: str = ""
    notes_label: str = "Sources"
    pictures: tuple[Picture, ...] = ()
    accent: discord.Colour = ACCENT
    room: int = COMFORTABLE

    @property
    def head(self) -> str:
        """The heading and the line under it."""
        title = shorten(self.title, TITLE_LIMIT)
        mark = "##" if len(title) <= BIG_TITLE else "###"
        small = f"\n-# {shorten(self.subtitle, SMALL_PRINT_LIMIT)}" if self.subtitle else ""
        return f"{mark} {title}{small}"

    @cached_property
    def pages(self) -> tuple[Page, ...]:
        """At least one page, each within Discord's limits."""
        head = self.head
        room = self.room - len(head)
        byte_room = BYTE_LIMIT - TEXTS_A_PAGE * BYTES_A_TEXT - byte_length(head)
        groups: list[list[Block]] = [[]]
        for block in self._pieces(TEXT_LIMIT - len(head), byte_room):
            group = groups[-1]
            if group and not self._fits([*group, block], room, byte_room):
                groups.append([])
            groups[-1].append(block)
        return tuple(
            Page(
                number,
                len(groups),
                _body(group),
                self._small_print(group),
                tuple(link for block in group for link in block.links),
            )
            for number, group in enumerate(groups)
        )

    def page(self, number: int) -> Page:
        """The page with that number, or the nearest there is."""
        return self.pages[max(0, min(number, len(self.pages) - 1))]

    def _pieces(self, room: int, byte_room: int) -> Iterator[Block]:
        reserved = NOTES_LIMIT + SMALL_PRINT_LIMIT + TITLE_LIMIT + 100
        for block in self.blocks:
            # A character has at most four bytes, but the reserve is rarely used up. Three bytes are
            # enough for Hangul, and for Hanzi of the basic plane.
            first, *others = split(block.text, room - reserved, byte_room - 3 * reserved)
            yield Block(first, block.heading, block.notes, block.links[:LINKS_A_PAGE])
            for text in others:
                yield Block(text, block.heading, block.notes)

    def _fits(self, group: Sequence[Block], room: int, byte_room: int) -> bool:
        links = sum(len(block.links) for block in group)
        text = _body(group) + self._small_print(group)
        return links <= LINKS_A_PAGE and len(text) <= room and byte_length(text) <= byte_room

    def _small_print(self, group: Iterable[Block]) -> str:
        notes = list(dict.fromkeys(note for block in group for note in block.notes))
        lines = []
        if notes:
            lines.append(f"-# {self.notes_label}: {_listed(notes)}")
        if self.footer:
            lines.append(f"-# {shorten(self.footer, SMALL_PRINT_LIMIT)}")
        return "\n".join(lines)


class Pager(Protocol):
    """Makes the button that turns to a page.

    It is also called with -1 and with the page after the last: those buttons are disabled and
    only need different custom ids."""

    def __call__(self, label: str, page: int, *, disabled: bool) -> Control: ...


def pager(custom_id: CustomId, **fields: Any) -> Pager:
    """Makes buttons with this custom id, whose field `page` is the page that they turn to."""

    def button(label: str, page: int, *, disabled: bool) -> Control:
        target = custom_id(**fields, page=page)
        return discord.ui.Button(label=label, disabled=disabled, custom_id=target)

    return button


class MessageView(discord.ui.LayoutView):
    """The components of a message. `bot.ui.dispatch` handles their clicks, by custom id.

    It counts as finished. Otherwise discord.py would keep it in memory as long as the message
    exists, and call its items in addition to the handlers.
    """

    def __init__(self) -> None:
        super().__init__(timeout=None)

    def is_finished(self) -> bool:
        return True


def lines_view(text: str) -> MessageView:
    """A message of nothing but text."""
    view = MessageView()
    view.add_item(discord.ui.TextDisplay(text))
    return view


def card_view(
    card: Card,
    page: int = 0,
    rows: Iterable[Sequence[Control]] = (),
    pager: Pager | None = None,
    tools: Sequence[Control] = (),
) -> discord.ui.LayoutView:
    """One page of a card with its controls: `rows`, then one row of the pager and `tools`.

    A card without a pager must have only one page. A row with a pager has room for two tools.

    The view never times out: its controls work as long as the message exists.
    """
    shown = card.page(page)
    return _page_view(card, shown, (*rows, (*turning(shown.number, shown.total, pager), *tools)))


def card_views(card: Card, rows: Sequence[Sequence[Control]] = ()) -> list[discord.ui.LayoutView]:
    """One message for each page of a card. The controls are under the first."""
    return [_page_view(card, page, () if page.number else rows) for page in card.pages]


def _page_view(card: Card, shown: Page, rows: Iterable[Sequence[Control]]) -> discord.ui.LayoutView:
    parts: list[Control] = [discord.ui.TextDisplay(card.head)]
    if shown.text:
        parts.append(discord.ui.TextDisplay(shown.text))
    if card.pictures and shown.number == 0:
        parts += map(gallery, card.pictures)
    if shown.small_print:
        parts.append(discord.ui.Separator())
        parts.append(discord.ui.TextDisplay(shown.small_print))
    view = MessageView()
    view.add_item(discord.ui.Container(*parts, accent_colour=card.accent))
    for row in rows:
        if row:
            view.add_item(discord.ui.ActionRow(*row))
    return view


def gallery(picture: Picture) -> discord.ui.MediaGallery[Any]:
    """A picture over the whole width.

    Discord shows several pictures of one gallery side by side, cropped and too small to read on
    a phone."""
    alt = shorten(picture.alt, ALT_LIMIT)
    return discord.ui.MediaGallery(discord.MediaGalleryItem(picture.url, description=alt))


def turning(number: int, total: int, pager: Pager | None) -> Sequence[Control]:
    """The buttons that turn from page `number`, which counts from 0; none for a single page."""
    if total == 1:
        return ()
    if pager is None:
        raise ValueError("a card of several pages needs a pager")
    return (
        pager("◀", number - 1, disabled=number == 0),
        pager(f"{number + 1} / {total}", number, disabled=True),
        pager("▶", number + 1, disabled=number == total - 1),
    )


def _body(blocks: Iterable[Block]) -> str:
    lines: list[str] = []
    heading = ""
    for block in blocks:
        if block.heading != heading:
            heading = block.heading
            if heading:
                lines.append(f"### {shorten(heading, TITLE_LIMIT)}")
        lines.append(block.text)
    return "\n".join(lines)


def _listed(notes: Sequence[str]) -> str:
    line = ""
    for number, note in enumerate(notes):
        longer = f"{line} · {note}" if line else note
        if len(longer) > NOTES_LIMIT:
            return f"{line or shorten(note, NOTES_LIMIT)} · +{len(notes) - number}"
        line = longer
    return line
