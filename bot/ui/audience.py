"""Who a command is for, said once: on the command."""

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

    Discord shows it to everyone all the same: a server's moderator role need not have any of
    Discord's permissions, and who lacks one would not be offered the command at all.
    """
    command.extras[_WHO] = Who.MODERATORS
    return command


def for_administrators(command: C) -> C:
    """Declare that a command is for administrators; Discord offers it to Manage Server alone."""
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
