"""The buttons that turn the pages of forecast cards."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Self

from discord import ui

from bot.ui.caller import is_owner, is_private
from bot.ui.items import PersistentButton
from cogs.forecasts import answers

if TYPE_CHECKING:
    from bot.ui.card import Pager
    from bot.ui.items import Interaction


class Name(StrEnum):
    """The cards that may have several pages."""

    MINE = "mine"
    LEADERBOARD = "leaderboard"
    SURPRISES = "surprises"


class PageButton(
    PersistentButton,
    template=rf"forecast:(?P<name>{'|'.join(Name)}):v1:(?P<page>-?\d{{1,6}})",
):
    """Turns to a page: in the card itself for whom it was made for, else in one of one's own."""

    def __init__(self, name: Name, page: int, label: str = "–", *, disabled: bool = False) -> None:
        self.name, self.page = name, page
        custom_id = f"forecast:{name}:v1:{page}"
        super().__init__(ui.Button(label=label, disabled=disabled, custom_id=custom_id))

    @classmethod
    def parse(cls, **groups: str) -> Self:
        return cls(Name(groups["name"]), int(groups["page"]))

    async def act(self, interaction: Interaction) -> None:
        private = is_private(interaction)
        if private or (is_owner(interaction) and self.name is not Name.MINE):
            shown = await answers.page_of(interaction, self.name, self.page, private=private)
            await interaction.response.edit_message(view=shown.view, attachments=shown.files)
            return
        shown = await answers.page_of(interaction, self.name, self.page, private=True)
        await interaction.response.send_message(view=shown.view, files=shown.files, ephemeral=True)


def pager(name: Name) -> Pager:
    """Makes the buttons of one card."""

    def button(label: str, page: int, *, disabled: bool) -> PageButton:
        return PageButton(name, page, label, disabled=disabled)

    return button
