"""The buttons that confirm or cancel a deletion. Their custom ids hold the member's id."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

import discord
from discord import ui

from bot.errors import UserError
from bot.ui.caller import caller_of
from bot.ui.items import PersistentButton
from bot.ui.posting import lines_view
from cogs.privacy import cards

if TYPE_CHECKING:
    from bot.ui.items import Interaction

MEMBER = r"(?P<user_id>\d{1,20})"


class MemberButton(PersistentButton, template=r"privacy:button"):
    """A button for one member alone."""

    label: ClassVar[str]
    action: ClassVar[str]
    style: ClassVar[discord.ButtonStyle] = discord.ButtonStyle.secondary

    def __init__(self, user_id: int) -> None:
        self.user_id = user_id
        custom_id = f"privacy:{self.action}:v1:{user_id}"
        super().__init__(ui.Button(label=self.label, style=self.style, custom_id=custom_id))

    @classmethod
    def parse(cls, **groups: str) -> Self:
        return cls(int(groups["user_id"]))

    def require_own(self, interaction: Interaction) -> None:
        """UserError if somebody else presses."""
        if interaction.user.id != self.user_id:
            raise UserError(
                "This button is another member's. Run `/privacy delete` to delete your own data."
            )


class ConfirmButton(MemberButton, template=rf"privacy:delete:v1:{MEMBER}"):
    """Deletes what is stored about the member."""

    label, action, style = "Delete my data", "delete", discord.ButtonStyle.danger

    async def act(self, interaction: Interaction) -> None:
        self.require_own(interaction)
        await interaction.response.defer()
        deleted = await interaction.client.privacy.delete(caller_of(interaction))
        await interaction.edit_original_response(view=cards.deleted(deleted))


class CancelButton(MemberButton, template=rf"privacy:keep:v1:{MEMBER}"):
    """Leaves everything as it is."""

    label, action = "Cancel", "keep"

    async def act(self, interaction: Interaction) -> None:
        self.require_own(interaction)
        await interaction.response.edit_message(view=lines_view("Cancelled. Nothing was deleted."))


ALL = (ConfirmButton, CancelButton)
