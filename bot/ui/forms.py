"""Forms: they answer their errors, and what was typed can be corrected."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar

import discord

from bot.errors import UserError
from bot.ui.failures import answer_failure, claim, guarded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.ui.interaction import Interaction

_ID = re.compile(r"[0-9]{1,19}")


def chosen_id(values: Sequence[str]) -> int | None:
    """The id that was chosen in a menu; None if nothing was chosen.

    0 for a forged value that is no id: nothing has that id.
    """
    if not values:
        return None
    return int(values[0]) if _ID.fullmatch(values[0]) else 0


class Form(discord.ui.Modal):
    """A modal that answers its errors. A member can correct a refused form and send it again."""

    timeout_seconds: ClassVar[float] = 2 * 60 * 60

    def __init__(self, *, title: str) -> None:
        super().__init__(title=title, timeout=self.timeout_seconds)

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        claim(interaction)
        return True

    async def submit(self, interaction: Interaction) -> None:
        """Handle the form that was sent."""
        raise NotImplementedError

    async def on_submit(self, interaction: Interaction) -> None:  # type: ignore[override]
        await self.submit(interaction)

    async def on_error(self, interaction: Interaction, error: Exception, /) -> None:  # type: ignore[override]
        if isinstance(error, UserError) and not interaction.response.is_done():
            await interaction.response.send_message(
                str(error), view=Correction(self), ephemeral=True
            )
        else:
            await answer_failure(interaction, error)

    def keep_input(self) -> None:
        """Make the form show what was typed when it is opened again."""
        for item in self.walk_children():
            if isinstance(item, discord.ui.TextInput):
                item.default = item.value
            elif isinstance(item, discord.ui.Select):
                for option in item.options:
                    option.default = option.value in item.values
            elif isinstance(item, discord.ui.ChannelSelect | discord.ui.RoleSelect):
                item.default_values = item.values


class Correction(discord.ui.View):
    """A button that opens a refused form again, with what was typed.

    It stops working when the bot restarts, because forms are not stored.
    """

    def __init__(self, form: Form) -> None:
        super().__init__(timeout=form.timeout)
        self._form = form

    @discord.ui.button(label="Edit what you typed")
    async def correct(self, interaction: Interaction, _: discord.ui.Button[Correction]) -> None:
        claim(interaction)
        await guarded(interaction, self._open(interaction))

    async def _open(self, interaction: Interaction) -> None:
        if self._form.is_finished():
            raise UserError("This form was sent already, or is too old. Run the command again.")
        self._form.keep_input()
        await interaction.response.send_modal(self._form)
