"""What holds where a person asked for nothing else: the server's summit and its language.

What everybody sees is in the language that the server chose, what one person alone sees in that
person's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.knowledge.index import Library
    from bot.settings.model import ServerSettings
    from bot.ui.items import Interaction


def locale_of(interaction: Interaction, *, private: bool) -> str:
    """The locale to answer in, or to offer choices in."""
    if private:
        return str(interaction.locale)
    settings = _settings(interaction)
    chosen = settings.language if settings else None
    return chosen or str(interaction.guild_locale or interaction.locale)


def library_of(interaction: Interaction) -> Library:
    """All packs, the one that this server speaks of first."""
    settings = _settings(interaction)
    return interaction.client.library.led_by(settings.summit if settings else None)


def _settings(interaction: Interaction) -> ServerSettings | None:
    """The server's settings; None outside servers."""
    if interaction.guild_id is None:
        return None
    return interaction.client.servers.of(interaction.guild_id)
