"""Buttons, selects and forms that keep working after a restart and always answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar, Self

import discord

from bot.errors import UserError
from bot.ui.guard import answer_failure, claim, guarded

if TYPE_CHECKING:
    from bot.client import SummitBot

    Interaction = discord.Interaction[SummitBot]


class PersistentButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"-"):
    """A button rebuilt from its custom id: `feature:action:v1:ids`.

    A subclass gives `template=` with named groups, a constructor that takes those groups as
    keyword strings through `parse`, and `act`. Errors raised in `act` are answered by the guard;
    errors in a plain DynamicItem would reach nobody.
    """

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: Any, match: re.Match[str], /
    ) -> Self:
        claim(interaction)
        return cls.parse(**match.groupdict())

    @classmethod
    def parse(cls, **groups: str) -> Self:
        """Build the button from the groups of its template. Must not fail for what matches."""
        raise NotImplementedError

    async def act(self, interaction: Interaction) -> None:
        """What a click does."""
        raise NotImplementedError

    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]
        await guarded(interaction, self.act(interaction))


Menu = discord.ui.Select[Any] | discord.ui.ChannelSelect[Any] | discord.ui.RoleSelect[Any]


class PersistentSelect(discord.ui.DynamicItem[Menu], template=r"--"):
    """A select menu rebuilt from its custom id; see `PersistentButton`."""

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: Any, match: re.Match[str], /
    ) -> Self:
        claim(interaction)
        return cls.parse(item, **match.groupdict())

    @classmethod
    def parse(cls, item: Any, /, **groups: str) -> Self:
        """Build the select around the menu that was used, which holds its options."""
        raise NotImplementedError

    async def act(self, interaction: Interaction, values: list[Any]) -> None:
        """What a choice does. `values` are strings, or the channels or roles that were chosen."""
        raise NotImplementedError

    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]
        await guarded(interaction, self.act(interaction, list(self.item.values)))


class Form(discord.ui.Modal):
    """A modal that answers its errors. What is refused can be mended without typing it again."""

    timeout_seconds: ClassVar[float] = 2 * 60 * 60

    def __init__(self, *, title: str) -> None:
        super().__init__(title=title, timeout=self.timeout_seconds)

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        claim(interaction)
        return True

    async def submit(self, interaction: Interaction) -> None:
        """What sending the form does."""
        raise NotImplementedError

    async def on_submit(self, interaction: Interaction) -> None:  # type: ignore[override]
        await self.submit(interaction)

    async def on_error(self, interaction: Interaction, error: Exception, /) -> None:  # type: ignore[override]
        if isinstance(error, UserError) and not interaction.response.is_done():
            await interaction.response.send_message(str(error), view=Mending(self), ephemeral=True)
        else:
            await answer_failure(interaction, error)

    def keep_what_was_typed(self) -> None:
        """Have the form show, when it is opened again, what it was sent with."""
        for item in self.walk_children():
            if isinstance(item, discord.ui.TextInput):
                item.default = item.value
            elif isinstance(item, discord.ui.Select):
                for option in item.options:
                    option.default = option.value in item.values
            elif isinstance(item, discord.ui.ChannelSelect | discord.ui.RoleSelect):
                item.default_values = item.values


class Mending(discord.ui.View):
    """A button that opens a refused form again, with all that was typed into it.

    Does not outlive the form, which is forgotten when the bot restarts.
    """

    def __init__(self, form: Form) -> None:
        super().__init__(timeout=form.timeout)
        self._form = form

    @discord.ui.button(label="Edit what you typed")
    async def mend(self, interaction: Interaction, _: discord.ui.Button[Mending]) -> None:
        claim(interaction)
        await guarded(interaction, self._open(interaction))

    async def _open(self, interaction: Interaction) -> None:
        if self._form.is_finished():
            raise UserError("This form was sent already, or is too old. Run the command again.")
        self._form.keep_what_was_typed()
        await interaction.response.send_modal(self._form)
