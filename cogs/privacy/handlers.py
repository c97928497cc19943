"""The buttons that confirm or cancel a deletion. Their custom ids hold the member's id."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord

from bot.errors import UserError
from bot.ui.caller import caller_of
from bot.ui.items import IdButton
from bot.ui.posting import lines_view
from cogs.privacy import views as cards

if TYPE_CHECKING:
    from bot.ui.items import Interaction

MEMBER = r"(?P<user_id>\d{1,20})"


class MemberButton(IdButton, template=r"privacy:button"):
    """A button for one member alone."""

    feature = "privacy"

    def require_own(self, interaction: Interaction) -> None:
        """UserError if somebody else presses."""
        if interaction.user.id != self.about:
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
