"""Text that people wrote, inside Markdown of ours."""

from discord.utils import escape_markdown

from bot.privacy.model import named


def member(user_id: int | None) -> str:
    """A mention of a member, or words for one who had their data deleted; None is the bot."""
    return "the bot" if user_id is None else named(user_id)


def linkable(text: str) -> str:
    """`text` as the words of a link."""
    return escape_markdown(text).replace("[", "(").replace("]", ")")
