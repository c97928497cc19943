"""Buttons, selects and forms that keep working after a restart and always answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar, Self

import discord

from bot.ui.guard import claim, guarded

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterable

    from bot.client import SummitBot

    Interaction = discord.Interaction[SummitBot]


class _Control:
    """What `PersistentButton` and `PersistentSelect` share: being found by a custom id.

    discord.py would rebuild the whole message as a view at each click, only to find the control
    in it, and swallow what goes wrong on the way. `Controls` does without; so discord.py is given
    a template that fits every custom id to build with, and none to dispatch by.
    """

    pattern: ClassVar[re.Pattern[str]]

    def __init_subclass__(cls, *, template: str, **_: Any) -> None:
        cls.pattern = re.compile(template)
        super().__init_subclass__(template=r"(?=.)")  # type: ignore[call-arg]  # DynamicItem's


class PersistentButton(_Control, discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"-"):
    """A button rebuilt from its custom id: `feature:action:v1:ids`.

    A subclass gives `template=` with named groups, a constructor that takes those groups as
    keyword strings through `parse`, and `act`.
    """

    def __init__(self, item: discord.ui.Button[Any]) -> None:
        super().__init__(item)
        _require_own(self.pattern, item.custom_id)

    @classmethod
    def parse(cls, **groups: str) -> Self:
        """Build the button from the groups of its template. Must not fail for what matches."""
        raise NotImplementedError

    async def act(self, interaction: Interaction) -> None:
        """What a click does."""
        raise NotImplementedError

    @classmethod
    def pressed(cls, interaction: Interaction, groups: dict[str, str]) -> Awaitable[None]:
        return cls.parse(**groups).act(interaction)


class PersistentSelect(_Control, discord.ui.DynamicItem[discord.ui.Select[Any]], template=r"-"):
    """A select menu rebuilt from its custom id; see `PersistentButton`."""

    def __init__(self, item: discord.ui.Select[Any]) -> None:
        super().__init__(item)
        _require_own(self.pattern, item.custom_id)

    @classmethod
    def parse(cls, item: discord.ui.Select[Any], /, **groups: str) -> Self:
        """Build the select around a menu that has its custom id and none of its options."""
        raise NotImplementedError

    async def act(self, interaction: Interaction, values: list[str]) -> None:
        """What a choice does."""
        raise NotImplementedError

    @classmethod
    def pressed(cls, interaction: Interaction, groups: dict[str, str]) -> Awaitable[None]:
        data: Any = interaction.data
        menu: discord.ui.Select[Any] = discord.ui.Select(custom_id=data["custom_id"])
        return cls.parse(menu, **groups).act(interaction, list(data.get("values") or ()))


class Controls:
    """All persistent controls of the bot. Leads each click to the one it belongs to."""

    def __init__(self) -> None:
        self._known: list[type[PersistentButton] | type[PersistentSelect]] = []

    def add(self, controls: Iterable[type[Any]]) -> None:
        self._known += controls

    async def press(self, interaction: Interaction) -> bool:
        """Do what a click asks for, errors answered; False if it belongs to no control here."""
        data: Any = interaction.data
        custom_id = str(data["custom_id"])
        for control in self._known:
            match = control.pattern.fullmatch(custom_id)
            if match is not None:
                claim(interaction)
                await guarded(interaction, control.pressed(interaction, match.groupdict()))
                return True
        return False


def _require_own(pattern: re.Pattern[str], custom_id: str | None) -> None:
    """ValueError for a control that no click would reach."""
    if custom_id is None or not pattern.fullmatch(custom_id):
        raise ValueError(f"the custom id {custom_id!r} does not fit {pattern.pattern!r}")


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
