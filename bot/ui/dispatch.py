"""The way from a click to the function that handles it.

    @on_click(ANSWER)
    async def answer(interaction: Interaction, poll_id: int, value: int) -> None: ...

    @on_select(CHOOSE)
    async def choose(interaction: Interaction, values: list[str], poll_id: int) -> None: ...

A decorator only marks a function. The cog's `setup` registers the marked functions of a module or
the marked methods of an object: `bot.controls.add(handlers)`.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar

from bot.ui.custom_ids import CustomId, prefix_of
from bot.ui.failures import claim, guarded

if TYPE_CHECKING:
    from bot.ui.interaction import Interaction

Handler = Callable[..., Awaitable[None]]
F = TypeVar("F", bound=Handler)

_MARK = "__handles__"


def on_click(custom_id: CustomId) -> Callable[[F], F]:
    """Mark a function that handles a button: it takes the interaction and the id's fields."""
    return _marking(custom_id, is_select=False)


def on_select(custom_id: CustomId) -> Callable[[F], F]:
    """Mark a function that handles a menu: it takes the interaction, the chosen values, and the
    id's fields. The values of channels and roles are their ids."""
    return _marking(custom_id, is_select=True)


def _marking(custom_id: CustomId, *, is_select: bool) -> Callable[[F], F]:
    def mark(handler: F) -> F:
        taken = [name for name in inspect.signature(handler).parameters if name != "self"]
        expected = ["interaction", *(["values"] if is_select else []), *custom_id.fields]
        if taken != expected:
            raise TypeError(f"the handler of {custom_id} must take {expected}, not {taken}")
        setattr(handler, _MARK, (custom_id, is_select))
        return handler

    return mark


class Controls:
    """The handlers of all buttons and menus, by the prefix of their custom ids."""

    def __init__(self) -> None:
        self._handlers: dict[str, tuple[CustomId, bool, Handler]] = {}

    def add(self, source: object) -> None:
        """Register the marked functions of a module, or the marked methods of an object."""
        for name in dir(source):
            handler = getattr(source, name)
            if hasattr(handler, _MARK):
                custom_id, is_select = getattr(handler, _MARK)
                known = self._handlers.setdefault(custom_id.prefix, (custom_id, is_select, handler))
                if known[2] != handler:
                    raise ValueError(f"{custom_id} has two handlers")

    def __contains__(self, custom_id: str) -> bool:
        """Whether a click on a control with this id is handled."""
        return self._find(custom_id) is not None

    async def dispatch(self, interaction: Interaction) -> bool:
        """Handle a click and answer its errors; False if no handler has such an id."""
        data: Any = interaction.data
        found = self._find(str(data["custom_id"]))
        if found is None:
            return False
        handler, is_select, fields = found
        chosen = (list(data.get("values") or ()),) if is_select else ()
        claim(interaction)
        await guarded(interaction, handler(interaction, *chosen, **fields))
        return True

    def _find(self, custom_id: str) -> tuple[Handler, bool, dict[str, Any]] | None:
        known = self._handlers.get(prefix_of(custom_id))
        if known is None:
            return None
        declared, is_select, handler = known
        fields = declared.parse(custom_id)
        return None if fields is None else (handler, is_select, fields)
