"""Answers to what fails: refusals in words, apologies with an id that is also in the log.

Whatever a member does (a command, a button, a form), a failure is answered privately, once, and
logged once.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import discord

from bot.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from bot.ui.interaction import Interaction

log = logging.getLogger(__name__)

CLAIMED = "claimed"
ECHO_LIMIT = 1900


def claim(interaction: Interaction) -> None:
    """Mark an interaction as handled by the current task.

    The client answers interactions that nothing has claimed; discord.py would drop them silently.
    Before the bot stops, it waits for the tasks that have claimed one.
    """
    interaction.extras[CLAIMED] = True
    task = asyncio.current_task()
    if task is not None:
        interaction.client.under_way.add(task)
        task.add_done_callback(interaction.client.under_way.discard)


def is_claimed(interaction: discord.Interaction[Any]) -> bool:
    return CLAIMED in interaction.extras


async def guarded(interaction: discord.Interaction[Any], work: Awaitable[None]) -> None:
    """Run `work`, and answer what it raises privately."""
    try:
        await work
    except Exception as error:  # noqa: BLE001 - the border: nothing may escape unanswered
        await answer_failure(interaction, error)


async def answer_failure(interaction: discord.Interaction[Any], error: BaseException) -> None:
    """Answer a refusal with its sentence, and any other error with an id from the log."""
    if isinstance(error, UserError):
        await tell(interaction, str(error))
        return
    if isinstance(error, discord.NotFound) and error.code == 10062:
        # The interaction's 3 seconds are over, and Discord has told the member so.
        log.warning("An interaction expired before it was answered.")
        return
    incident = secrets.token_hex(4)
    log.error("Incident %s", incident, exc_info=error)
    await tell(
        interaction,
        "Something went wrong on the bot's side. Please look whether it took effect before you "
        f"try again; if it happens again, give the people who run the bot this id: `{incident}`.",
    )


async def tell(interaction: discord.Interaction[Any], sentence: str) -> None:
    """Send a sentence privately, whether or not the interaction is answered already."""
    try:
        if interaction.response.is_done():
            await interaction.followup.send(sentence, ephemeral=True)
        else:
            await interaction.response.send_message(sentence, ephemeral=True)
    except discord.HTTPException:
        log.warning("A private reply could not be delivered.", exc_info=True)


async def answer_unclaimed(interaction: discord.Interaction[Any]) -> None:
    """Say why nothing handles a click or a form, and give back what was typed.

    This happens with buttons of an older version, forms that were open during a restart, and
    forged custom ids. Commands and autocomplete are answered by the command tree.
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
    """The texts of a submitted form, in order."""
    if isinstance(node, Mapping):
        if isinstance(node.get("value"), str) and node["value"].strip():
            yield node["value"]
        for child in (*node.get("components", ()), node.get("component")):
            yield from _typed(child)
