"""What an option offers while a person types."""

from collections.abc import Iterable

from discord import app_commands

from bot.knowledge.library import Hit


def choices(hits: Iterable[Hit]) -> list[app_commands.Choice[str]]:
    """The hits of a search as autocomplete choices; picked ones come back as `Ref.value`."""
    return [app_commands.Choice(name=hit.label, value=hit.ref.value) for hit in hits]
