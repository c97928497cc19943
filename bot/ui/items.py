"""Buttons, selects and forms that keep working after a restart and always answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar, Self

import discord

from bot.errors import UserError
from bot.ui.failures import answer_failure, claim, guarded

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterable, Sequence

    from bot.ui.interaction import Interaction


_ID = re.compile(r"[0-9]{1,19}")


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


def chosen_id(values: Sequence[str]) -> int | None:
    """The id of what was chosen in a menu, None for nothing; 0, which nothing has, for a forged
    one that cannot be an id."""
    if not values:
        return None
    return int(values[0]) if _ID.fullmatch(values[0]) else 0


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


class IdButton(PersistentButton, template=r"-"):
    """A button that needs to know nothing but the id of what it is about.

    A subclass names its `feature`, `action` and `label`, and gives the template
    `feature:action:v1:` with the one group that takes the id.
    """

    feature: ClassVar[str]
    action: ClassVar[str]
    label: ClassVar[str]
    style: ClassVar[discord.ButtonStyle] = discord.ButtonStyle.secondary

    def __init__(self, about: int, label: str | None = None) -> None:
        self.about = about
        custom_id = f"{self.feature}:{self.action}:v1:{about}"
        button: discord.ui.Button[Any] = discord.ui.Button(
            label=label or self.label, style=self.style, custom_id=custom_id
        )
        super().__init__(button)

    @classmethod
    def parse(cls, **groups: str) -> Self:
        (about,) = groups.values()
        return cls(int(about))


Menu = discord.ui.Select[Any] | discord.ui.ChannelSelect[Any] | discord.ui.RoleSelect[Any]


class PersistentSelect(_Control, discord.ui.DynamicItem[Menu], template=r"-"):
    """A select menu rebuilt from its custom id; see `PersistentButton`."""

    def __init__(self, item: Menu) -> None:
        super().__init__(item)
        _require_own(self.pattern, item.custom_id)

    @classmethod
    def parse(cls, item: discord.ui.Select[Any], /, **groups: str) -> Self:
        """Build the select around a menu that has its custom id and none of its options."""
        raise NotImplementedError

    async def act(self, interaction: Interaction, values: list[str]) -> None:
        """What a choice does. The values of channels and roles are their ids."""
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
