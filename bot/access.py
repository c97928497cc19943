"""Who asks, and what they may do. Decided here and nowhere else."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from bot.errors import UserError
from bot.text import joined


class Who(StrEnum):
    """Whom something is for."""

    EVERYONE = "everyone"
    MODERATORS = "moderators"
    ADMINISTRATORS = "administrators"


@dataclass(frozen=True, slots=True)
class Viewer:
    """The member who asks, in the server where they ask.

    `roles` are the ids of the member's roles, `moderator_role` is the server's, if it named one.
    `may_view` tells of a channel of the server, by its id, whether the member may view it; one that
    the bot does not know, as it was deleted or is a thread at rest, administrators alone may.
    """

    user_id: int
    guild_id: int
    manage_server: bool = False
    manage_messages: bool = False
    administrator: bool = False
    roles: frozenset[int] = frozenset()
    moderator_role: int | None = None
    may_view: Callable[[int], bool] = field(default=lambda _: True, compare=False, repr=False)

    @property
    def is_moderator(self) -> bool:
        return self.is_administrator or self.manage_messages or self.moderator_role in self.roles

    @property
    def is_administrator(self) -> bool:
        """Whether the member may change how the bot works here."""
        return self.manage_server or self.administrator

    def belongs_to(self, who: Who) -> bool:
        match who:
            case Who.ADMINISTRATORS:
                return self.is_administrator
            case Who.MODERATORS:
                return self.is_moderator
            case Who.EVERYONE:
                return True


def require_moderator(viewer: Viewer, doing: str) -> None:
    """UserError unless the viewer is a moderator; `doing` completes "is for moderators"."""
    if not viewer.is_moderator:
        role = f", or the role <@&{viewer.moderator_role}>" if viewer.moderator_role else ""
        raise UserError(
            f"{doing} is for moderators: it needs the Manage Messages or the Manage Server "
            f"permission{role}, which you do not have here."
        )


def require_administrator(viewer: Viewer, doing: str) -> None:
    """UserError unless the viewer may set the bot up; `doing` completes "is for administrators"."""
    if not viewer.is_administrator:
        raise UserError(
            f"{doing} is for administrators: it needs the Manage Server permission, which you do "
            "not have here."
        )


def require_in_channel(channel_id: int, lacking: Sequence[str], doing: str) -> None:
    """UserError where the viewer may not do themselves what the bot is to do for them.

    `lacking` are the permissions that they lack in the channel, as Discord names them; `doing`
    completes "you cannot".
    """
    if lacking:
        named = joined((f"**{label}**" for label in lacking), "and")
        raise UserError(
            f"You cannot {doing} in <#{channel_id}>, because you lack {named} there yourself. "
            "Choose another channel, or ask someone who may."
        )
