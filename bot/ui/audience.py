"""Who a command is for: everyone, moderators or administrators. Declared on the command."""

from typing import Any, TypeVar

import discord
from discord import app_commands

from bot.access import Who

Command = app_commands.Command[Any, Any, Any]
C = TypeVar("C", bound=Command)

_WHO = "who"
MODERATORS_ONLY = {_WHO: Who.MODERATORS}
"""The `group_extras` of a group whose every command is for moderators."""


def for_moderators(command: C) -> C:
    """Declare that a command is for moderators.

    Discord offers it to everyone all the same. A server's moderator role may have none of
    Discord's permissions, so a permission would hide the command from its members.
    """
    command.extras[_WHO] = Who.MODERATORS
    return command


def for_administrators(command: C) -> C:
    """Declare that a command is for administrators. Only Manage Server is offered it."""
    command.extras[_WHO] = Who.ADMINISTRATORS
    command.default_permissions = discord.Permissions(manage_guild=True)
    return command


def who_may(command: Command) -> Who:
    """Who a command is for: as declared on it or on its group, else everyone."""
    declared: Command | app_commands.Group | None = command
    while declared is not None:
        if _WHO in declared.extras:
            who: Who = declared.extras[_WHO]
            return who
        declared = declared.parent
    return Who.EVERYONE
