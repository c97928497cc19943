"""Buttons, selects and forms that keep working after a restart and always answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar, Self

import discord

from bot.ui.guard import claim, guarded

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
    """A modal whose errors are answered by the guard."""

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
        await guarded(interaction, self.submit(interaction))
