"""Who asks, what they may do and which channels they may know of. Decided here and nowhere else.

Every use case takes who asks as its first argument: a `Viewer`, which is a member in a server, or
`SYSTEM`, which is the bot itself.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Self, final

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
    `views` says whether the member may view a channel of the server, by its id. It gives None for
    a channel that the bot does not know, because it was deleted or is an archived thread.
    `readers`, where others read the answer too, says whether all of them may view a channel.
    """

    user_id: int
    guild_id: int
    views: Callable[[int], bool | None] = field(compare=False, repr=False)
    manage_server: bool = False
    manage_messages: bool = False
    administrator: bool = False
    roles: frozenset[int] = frozenset()
    moderator_role: int | None = None
    readers: Callable[[int], bool] | None = field(default=None, compare=False, repr=False)

    @property
    def is_moderator(self) -> bool:
        return self.is_administrator or self.manage_messages or self.moderator_role in self.roles

    @property
    def is_administrator(self) -> bool:
        """Whether the member may change how the bot works here."""
        return self.manage_server or self.administrator

    def may_view(self, channel_id: int) -> bool:
        """Whether an answer to this viewer may tell of what is in a channel.

        Nobody can say who could view a channel that is gone. Its polls must still be resolved and
        its announcements cancelled, so moderators may know of them, and nobody else.
        """
        if self.readers is not None and not self.readers(channel_id):
            return False
        views = self.views(channel_id)
        return self.is_moderator if views is None else views

    def is_in(self, guild_id: int) -> bool:
        return self.guild_id == guild_id

    def together_with(self, readers: Callable[[int], bool]) -> Self:
        """The same member, for an answer that others read too."""
        return replace(self, readers=readers)

    def belongs_to(self, who: Who) -> bool:
        match who:
            case Who.ADMINISTRATORS:
                return self.is_administrator
            case Who.MODERATORS:
                return self.is_moderator
            case Who.EVERYONE:
                return True


@final
@dataclass(frozen=True, slots=True)
class System:
    """The bot itself, in its timed work and when Discord reports an event: it sees everything.

    Handlers of commands, clicks and forms never use it to read or change what a member asked for.
    """

    def may_view(self, channel_id: int) -> bool:
        return True

    def is_in(self, guild_id: int) -> bool:
        return True


SYSTEM = System()


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
