"""What the settings panel shows, gathered from the settings and from what Discord knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import discord

from bot.knowledge.names import joined
from bot.settings.service import CHANGED
from bot.ui.caller import caller_of
from bot.ui.defaults import library_of, locale_of
from bot.ui.permissions import WRITE, is_for_moderators, lacking
from cogs.settings import strings as words

if TYPE_CHECKING:
    from datetime import datetime

    from bot.modlog.model import Entry
    from bot.settings.model import ServerSettings
    from bot.ui.card import Control
    from bot.ui.items import Interaction

RECENT = 8


class Tab(StrEnum):
    """The pages of the panel. Their values are in custom ids: never change one, only add."""

    PLACES = "places"
    SPEECH = "speech"
    POSTS = "posts"
    RECENT = "recent"


@dataclass(frozen=True, slots=True)
class Panel:
    """One page of the panel.

    `summits` and `languages` are (value, name) pairs to choose from, `usual_language` is what holds
    where none is chosen. `existing` are the ids of the chosen channels and roles that Discord still
    has, `warnings` what is wrong, by setting. `notice` says what became of the last change, and
    `repairs` are controls that mend it.
    """

    settings: ServerSettings
    tab: Tab
    now: datetime
    summits: Sequence[tuple[str, str]]
    languages: Sequence[tuple[str, str]]
    usual_language: str
    existing: frozenset[int]
    warnings: Mapping[str, str]
    recent: Sequence[Entry]
    notice: str = ""
    repairs: Sequence[Control] = ()


async def read_panel(
    interaction: Interaction, tab: Tab, notice: str = "", repairs: Sequence[Control] = ()
) -> Panel:
    """The panel as the interaction's server has it now."""
    bot, guild_id = interaction.client, caller_of(interaction).guild_id
    settings = bot.servers.of(guild_id)
    library, locale = library_of(interaction), locale_of(interaction, private=True)
    recent = await bot.modlog.latest(guild_id, CHANGED, limit=RECENT) if tab is Tab.RECENT else ()
    waiting = await bot.modlog.count_unposted(guild_id) if tab is Tab.PLACES else 0
    warnings = _warnings(interaction.guild, settings, waiting) if interaction.guild else {}
    if settings.summit is not None and settings.summit != library.default.id:
        warnings["summit"] = words.NO_SUMMIT.format(summit=settings.summit)
    return Panel(
        settings=settings,
        tab=tab,
        now=bot.clock.now(),
        summits=[(pack.id, pack.summit.name.read(locale)) for pack in bot.library.packs],
        languages=[(found, words.language(found)) for found in library.locales],
        usual_language=words.language(str(interaction.guild_locale or interaction.locale)),
        existing=_existing(interaction.guild, settings),
        warnings=warnings,
        recent=recent,
        notice=notice,
        repairs=repairs,
    )


def _existing(guild: discord.Guild | None, settings: ServerSettings) -> frozenset[int]:
    if guild is None:
        return frozenset()
    channels = (settings.announcement_channel, settings.log_channel)
    found = {id_ for id_ in channels if id_ and guild.get_channel(id_)}
    role = settings.moderator_role
    return frozenset(found | ({role} if role and guild.get_role(role) else set()))


def _warnings(guild: discord.Guild, settings: ServerSettings, waiting: int) -> dict[str, str]:
    """What keeps the settings from working, by setting."""
    found = {}
    for name in ("announcement_channel", "log_channel"):
        warning = _unwritable(guild, getattr(settings, name))
        if warning and name == "log_channel" and waiting:
            count = "1 entry" if waiting == 1 else f"{waiting:,} entries"
            warning = f"{warning} {words.WAITING.format(count=count)}"
        if warning:
            found[name] = warning
    log_channel = settings.log_channel
    if (
        log_channel
        and "log_channel" not in found
        and not is_for_moderators(guild, log_channel, settings.moderator_role)
    ):
        found["log_channel"] = words.PUBLIC_LOG.format(channel=log_channel)
    if settings.moderator_role and guild.get_role(settings.moderator_role) is None:
        found["moderator_role"] = words.NO_ROLE
    return found


def _unwritable(guild: discord.Guild, channel_id: int | None) -> str | None:
    """Why the bot cannot write in a channel, and what to do."""
    if channel_id is None:
        return None
    channel = guild.get_channel(channel_id)
    if channel is None:
        return words.NO_CHANNEL
    missing = lacking(channel.permissions_for(guild.me), WRITE)
    if not missing:
        return None
    listed = joined((f"**{label}**" for label in missing), "and")
    return words.CANNOT_WRITE.format(channel=channel_id, missing=listed)
