"""Interactions with the bot: whose message they are on, in which language, with which packs.

Public messages are in the language of the server, private ones in the language of the member.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord.ext import commands

if TYPE_CHECKING:
    import asyncio

    from bot.knowledge.library import Library
    from bot.services import Services
    from bot.settings.model import ServerSettings
    from bot.ui.pictures import Pictures


class BaseBot(commands.Bot):
    """What messages, buttons and forms use of the bot. `bot.client.SummitBot` sets it up."""

    services: Services
    pictures: Pictures
    under_way: set[asyncio.Task[Any]]
    """Tasks that answer an interaction. The bot waits for them before it stops."""


Interaction = discord.Interaction[BaseBot]


def locale_of(interaction: Interaction, *, private: bool) -> str:
    """The locale for an answer or for choices."""
    if private:
        return str(interaction.locale)
    settings = _settings(interaction)
    chosen = settings.language if settings else None
    return chosen or str(interaction.guild_locale or interaction.locale)


def library_of(interaction: Interaction) -> Library:
    """All packs, beginning with the summit that the server chose."""
    settings = _settings(interaction)
    return interaction.client.services.library.led_by(settings.summit if settings else None)


def _settings(interaction: Interaction) -> ServerSettings | None:
    """The server's settings; None outside servers."""
    if interaction.guild_id is None:
        return None
    return interaction.client.services.settings.of(interaction.guild_id)


def is_private(interaction: discord.Interaction[Any]) -> bool:
    """Whether only this member sees the message that was clicked."""
    return interaction.message is not None and interaction.message.flags.ephemeral


def is_owner(interaction: discord.Interaction[Any]) -> bool:
    """Whether this member asked for the message that was clicked."""
    metadata = interaction.message.interaction_metadata if interaction.message else None
    return metadata is not None and metadata.user.id == interaction.user.id
