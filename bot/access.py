"""Who asks, and what they may do. Decided here and nowhere else."""

from dataclasses import dataclass

from bot.errors import UserError


@dataclass(frozen=True, slots=True)
class Caller:
    """The member who asks, in the server where they ask.

    `roles` are the ids of the member's roles, `moderator_role` is the server's, if it named one.
    """

    user_id: int
    guild_id: int
    manage_server: bool = False
    manage_messages: bool = False
    administrator: bool = False
    roles: frozenset[int] = frozenset()
    moderator_role: int | None = None

    @property
    def is_moderator(self) -> bool:
        return self.manage_server or self.manage_messages or self.moderator_role in self.roles

    @property
    def is_administrator(self) -> bool:
        """Whether the member may change how the bot works here."""
        return self.manage_server or self.administrator


def require_moderator(caller: Caller, doing: str) -> None:
    """UserError unless the caller is a moderator; `doing` completes "is for moderators"."""
    if not caller.is_moderator:
        role = f", or the role <@&{caller.moderator_role}>" if caller.moderator_role else ""
        raise UserError(
            f"{doing} is for moderators: it needs the Manage Messages or the Manage Server "
            f"permission{role}, which you do not have here."
        )


def require_administrator(caller: Caller, doing: str) -> None:
    """UserError unless the caller may set the bot up; `doing` completes "is for administrators"."""
    if not caller.is_administrator:
        raise UserError(
            f"{doing} is for administrators: it needs the Manage Server permission, which you do "
            "not have here."
        )
