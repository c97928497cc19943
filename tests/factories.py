"""Makes what tests begin with."""

from collections.abc import Callable
from typing import Any

from bot.access import Viewer


def make_viewer(
    user_id: int,
    guild_id: int,
    *,
    views: Callable[[int], bool | None] = lambda _: True,
    **rights: Any,
) -> Viewer:
    """A member of a server who may view every channel, unless `views` says otherwise.

    `rights` are named as in `Viewer`: `manage_messages`, `roles` and so on.
    """
    return Viewer(user_id, guild_id, views, **rights)
