"""The border between a person's action and the code that carries it out.

Everything a person can do (a command, a button, a form) runs inside `guarded`, so that every
failure is answered privately, once, and logged once.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from typing import TYPE_CHECKING, Any

import discord

from bot.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from bot.ui.interaction import Interaction

log = logging.getLogger(__name__)

CLAIMED = "claimed"


def claim(interaction: Interaction) -> None:
    """Take an interaction on, in the task that will answer it.

    discord.py drops clicks that nothing is registered for without a word; the client answers
    those that nobody has claimed. When the bot stops, it waits for the tasks that claimed one.
    """
    interaction.extras[CLAIMED] = True
    task = asyncio.current_task()
    if task is not None:
        interaction.client.under_way.add(task)
        task.add_done_callback(interaction.client.under_way.discard)


def is_claimed(interaction: discord.Interaction[Any]) -> bool:
    return CLAIMED in interaction.extras


async def guarded(interaction: discord.Interaction[Any], work: Awaitable[None]) -> None:
    """Run `work`; turn what it raises into one private answer."""
    try:
        await work
    except Exception as error:  # noqa: BLE001 - the border: nothing may escape unanswered
        await answer_failure(interaction, error)


async def answer_failure(interaction: discord.Interaction[Any], error: BaseException) -> None:
    """Tell the person what went wrong: their own mistake in words, ours with an id from the log."""
    if isinstance(error, UserError):
        await tell(interaction, str(error))
        return
    if isinstance(error, discord.NotFound) and error.code == 10062:
        # The interaction's 3 seconds are over; Discord has told the person already.
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
    """Say `sentence` to this person alone, whether or not the interaction is answered already."""
    try:
        if interaction.response.is_done():
            await interaction.followup.send(sentence, ephemeral=True)
        else:
            await interaction.response.send_message(sentence, ephemeral=True)
    except discord.HTTPException:
        log.warning("A private reply could not be delivered.", exc_info=True)
