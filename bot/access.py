"""Who asks, and what they may do. Decided here and nowhere else."""

from dataclasses import dataclass

from bot.errors import UserError


@dataclass(frozen=True, slots=True)
class Caller:
    """The member who asks, in the server where they ask."""

    user_id: int
    guild_id: int
    manage_server: bool = False
    manage_messages: bool = False

    @property
    def is_moderator(self) -> bool:
        return self.manage_server or self.manage_messages


def require_moderator(caller: Caller, doing: str) -> None:
    """UserError unless the caller is a moderator; `doing` completes "is for moderators"."""
    if not caller.is_moderator:
        raise UserError(
            f"{doing} is for moderators: it needs the Manage Messages or the Manage Server "
            "permission, which you do not have here."
        )
