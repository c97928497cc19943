"""What the buttons of the deletion dialog do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import UserError
from bot.ui.cards import lines_view
from bot.ui.dispatch import on_click
from bot.ui.viewer import viewer_of
from cogs.privacy import views
from cogs.privacy.custom_ids import DELETE, KEEP

if TYPE_CHECKING:
    from bot.ui.interaction import Interaction


@on_click(DELETE)
async def delete(interaction: Interaction, user_id: int) -> None:
    """Delete what is stored about the member."""
    _require_own(interaction, user_id)
    await interaction.response.defer()
    deleted = await interaction.client.services.privacy.delete(viewer_of(interaction))
    await interaction.edit_original_response(view=views.deleted(deleted))


@on_click(KEEP)
async def keep(interaction: Interaction, user_id: int) -> None:
    """Leave everything as it is."""
    _require_own(interaction, user_id)
    await interaction.response.edit_message(view=lines_view("Cancelled. Nothing was deleted."))


def _require_own(interaction: Interaction, user_id: int) -> None:
    """UserError if somebody else presses."""
    if interaction.user.id != user_id:
        raise UserError(
            "This button is another member's. Run `/privacy delete` to delete your own data."
        )
