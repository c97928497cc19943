"""Short messages about messages."""

import discord

from bot.errors import UserError
from bot.ui.cards import MessageView


def lines_view(text: str) -> discord.ui.LayoutView:
    """A message of nothing but text, such as what a dialog turns into once it is decided."""
    view = MessageView()
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


def is_final(error: discord.HTTPException) -> bool:
    """Whether Discord will say the same however often it is asked."""
    return 400 <= error.status < 500 and error.status not in (401, 408, 429)
