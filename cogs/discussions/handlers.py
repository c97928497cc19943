"""The button under an opening, which gives whoever presses it any actor's position."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import discord
from discord import ui

from bot.errors import UserError
from bot.knowledge.index import Kind
from bot.ui.card import Link
from bot.ui.defaults import library_of, locale_of
from bot.ui.items import PersistentButton
from cogs.discussions import strings as words
from cogs.knowledge import strings as knowledge_words
from cogs.knowledge.handlers import Pick
from cogs.knowledge.places import Name, Place, position
from cogs.knowledge.reading import Menu, Reader

if TYPE_CHECKING:
    from bot.ui.items import Interaction


class PositionsButton(PersistentButton, template=r"discuss:positions:v1:(?P<issue>[\w-]{8})"):
    """Lets a member choose whose position on an issue to read, alone."""

    def __init__(self, issue: str) -> None:
        self.issue = issue
        super().__init__(
            ui.Button(
                label=words.READ_PRIVATELY,
                style=discord.ButtonStyle.primary,
                custom_id=f"discuss:positions:v1:{issue}",
            )
        )

    @classmethod
    def parse(cls, **groups: str) -> Self:
        return cls(groups["issue"])

    async def act(self, interaction: Interaction) -> None:
        library = library_of(interaction)
        ref = library.by_handle(self.issue)
        if ref is None or ref.kind is not Kind.ISSUE:
            raise UserError(knowledge_words.GONE)
        reader = Reader(library, library.pack(ref.summit), locale_of(interaction, private=True))
        await interaction.response.send_message(view=choice(reader, ref.id), ephemeral=True)


def choice(reader: Reader, issue: str) -> ui.LayoutView:
    """Whose position there is to read: every actor's, those that are recorded first. Pure."""
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.TextDisplay(words.WHOSE.format(issue=reader.issue(issue))))
    row: ui.ActionRow[Any] = ui.ActionRow(Pick(0, _stands(reader, issue)))
    view.add_item(row)
    return view


def _stands(reader: Reader, issue: str) -> Menu:
    """Every actor's stand, those that are recorded first."""
    recorded = {stand.actor: stand for stand in reader.stands_on(issue)}
    on = reader.ref(Kind.ISSUE, issue)
    links = [reader.stand_link(stand, reader.actor(actor)) for actor, stand in recorded.items()]
    links += [
        Link(
            reader.actor(actor),
            position(reader.ref(Kind.ACTOR, actor), on).key,
            knowledge_words.NO_STANDS,
        )
        for actor in reader.pack.actors
        if actor not in recorded
    ]
    return Menu(words.CHOOSE, tuple(links), Link("", Place(Name.STANDS, (on,)).key))
