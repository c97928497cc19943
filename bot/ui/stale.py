"""Answers to clicks and forms that nothing in the bot stands behind any more."""

from collections.abc import Iterator, Mapping
from typing import Any

import discord

from bot.ui.failures import tell

ECHO_LIMIT = 1900


async def answer_unclaimed(interaction: discord.Interaction[Any]) -> None:
    """Say why a click or form does nothing, and give back what was typed into the form.

    Covers buttons of an older version, forms left open over a restart, and forged custom ids.
    Commands and autocomplete are the tree's business.
    """
    if interaction.type is discord.InteractionType.component:
        await tell(
            interaction,
            "That control is no longer in use, so nothing was done. "
            "Run the command again to get a fresh one.",
        )
    elif interaction.type is discord.InteractionType.modal_submit:
        await tell(
            interaction,
            "This form was open for very long, or the bot was restarted meanwhile, so nothing was "
            "saved. Please open it again.",
        )
        typed = "\n".join(_typed(interaction.data or {}))
        for start in range(0, len(typed), ECHO_LIMIT):
            await tell(interaction, f"You had typed:\n>>> {typed[start : start + ECHO_LIMIT]}")


def _typed(node: Any) -> Iterator[str]:
    """The texts of every text input in a submitted form, in order."""
    if isinstance(node, Mapping):
        if isinstance(node.get("value"), str) and node["value"].strip():
            yield node["value"]
        for child in (*node.get("components", ()), node.get("component")):
            yield from _typed(child)
