"""Short messages about messages."""

import discord

from bot.errors import UserError


def lines_view(text: str) -> discord.ui.LayoutView:
    """A message of nothing but text, such as what a dialog turns into once it is decided."""
    view = discord.ui.LayoutView(timeout=None)
    view.add_item(discord.ui.TextDisplay(text))
    return view


def cannot_post(channel_id: int, error: discord.HTTPException) -> UserError:
    """The refusal that explains why nothing was posted in a channel, and what to do."""
    if isinstance(error, discord.Forbidden):
        return UserError(
            f"I may not post in <#{channel_id}>, so nothing was posted. Allow me View Channel and "
            "Send Messages there (and Send Messages in Threads in a thread), then try again."
        )
    if isinstance(error, discord.NotFound):
        return UserError("That channel does not exist any more, so nothing was posted.")
    return UserError(
        "Discord did not take the message, so nothing was posted. Please try again in a minute."
    )


def is_for_moderators(
    guild: discord.Guild | None, channel_id: int, moderator_role: int | None
) -> bool:
    """Whether a channel is known to be read by nobody but moderators.

    Not of a private thread: who is in it the bot does not know.
    """
    channel = guild.get_channel_or_thread(channel_id) if guild else None
    if isinstance(channel, discord.Thread):
        channel = None if channel.is_private() else channel.parent
    if guild is None or channel is None:
        return False
    added = {who.id for who in channel.overwrites if not isinstance(who, discord.Role)}
    if added - {guild.me.id}:
        return False
    return all(
        _moderates(role) or role.id == moderator_role or role.is_bot_managed()
        for role in guild.roles
        if channel.permissions_for(role).view_channel
    )


def _moderates(role: discord.Role) -> bool:
    may = role.permissions
    return may.administrator or may.manage_guild or may.manage_messages


def is_final(error: discord.HTTPException) -> bool:
    """Whether Discord will say the same however often it is asked."""
    return 400 <= error.status < 500 and error.status not in (401, 408, 429)
