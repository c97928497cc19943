"""Text that people wrote, inside Markdown of ours."""

from discord.utils import escape_markdown


def linkable(text: str) -> str:
    """`text` as the words of a link."""
    return escape_markdown(text).replace("[", "(").replace("]", ")")
