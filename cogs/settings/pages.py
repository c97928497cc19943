"""Reads a page of the settings panel, shows it, and changes settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import discord

from bot.errors import UserError
from bot.settings.model import SETTINGS, Kind, Page
from bot.settings.service import CHANGED
from bot.text import counted, joined
from bot.ui.interaction import library_of, locale_of
from bot.ui.permissions import WRITE, is_for_moderators, lacking
from bot.ui.viewer import viewer_of
from cogs.settings import strings
from cogs.settings.views import Panel, panel_view, refused, saved

if TYPE_CHECKING:
    from bot.settings.model import ServerSettings
    from bot.ui.cards import Control
    from bot.ui.interaction import Interaction

RECENT = 8


async def show(
    interaction: Interaction, page: Page, notice: str = "", repairs: Sequence[Control] = ()
) -> None:
    """Turn the panel to a page, with the settings as they are now."""
    interaction.client.services.settings.allow(viewer_of(interaction))
    view = panel_view(await read_panel(interaction, page, notice, repairs))
    await interaction.response.edit_message(view=view)


async def change(
    interaction: Interaction,
    page: Page,
    changes: Mapping[str, Any],
    repairs: Sequence[Control] = (),
) -> None:
    """Change settings, named as in `ServerSettings`, and show the panel.

    If the change is refused, the panel says why and has `repairs` to correct it.
    """
    service, viewer = interaction.client.services.settings, viewer_of(interaction)
    service.allow(viewer)
    before = service.of(viewer.guild_id)
    try:
        after = await service.change(viewer, **changes)
    except UserError as refusal:
        await show(interaction, page, refused(refusal), repairs)
    else:
        await show(interaction, page, saved(before, after))


async def read_panel(
    interaction: Interaction, page: Page, notice: str = "", repairs: Sequence[Control] = ()
) -> Panel:
    """A page of the panel for the interaction's server."""
    bot, viewer = interaction.client, viewer_of(interaction)
    settings = bot.services.settings.of(viewer.guild_id)
    library, locale = library_of(interaction), locale_of(interaction, private=True)
    recent = (
        await bot.services.modlog.latest(viewer, CHANGED, limit=RECENT)
        if page is Page.RECENT
        else ()
    )
    unposted = await bot.services.modlog.count_unposted(viewer) if page is Page.PLACES else 0
    warnings = _warnings(interaction.guild, settings, unposted) if interaction.guild else {}
    if settings.summit is not None and settings.summit != library.default.id:
        warnings["summit"] = strings.NO_SUMMIT.format(summit=settings.summit)
    return Panel(
        settings=settings,
        page=page,
        now=bot.services.clock.now(),
        summits=[(pack.id, pack.summit.name.read(locale)) for pack in bot.services.library.packs],
        languages=[(found, strings.language(found)) for found in library.locales],
        usual_language=strings.language(str(interaction.guild_locale or interaction.locale)),
        existing=_existing(interaction.guild, settings),
        warnings=warnings,
        recent=recent,
        notice=notice,
        repairs=repairs,
    )


def _existing(guild: discord.Guild | None, settings: ServerSettings) -> frozenset[int]:
    """The ids of the chosen channels and roles that the server still has."""
    found = set()
    for setting in SETTINGS:
        if guild is None or setting.kind not in (Kind.CHANNEL, Kind.ROLE):
            continue
        chosen = getattr(settings, setting.name)
        get = guild.get_channel if setting.kind is Kind.CHANNEL else guild.get_role
        if chosen and get(chosen):
            found.add(chosen)
    return frozenset(found)


def _warnings(guild: discord.Guild, settings: ServerSettings, unposted: int) -> dict[str, str]:
    """Why settings do not work, by setting. `unposted` counts entries of the log."""
    found = {}
    for setting in SETTINGS:
        chosen = getattr(settings, setting.name)
        if setting.kind is Kind.CHANNEL and (problem := _cannot_write(guild, chosen)):
            found[setting.name] = problem
        if setting.kind is Kind.ROLE and chosen and guild.get_role(chosen) is None:
            found[setting.name] = strings.NO_ROLE
    log_channel = settings.log_channel
    if "log_channel" in found and unposted:
        count = counted(unposted, "entry", "entries")
        found["log_channel"] += f" {strings.WAITING.format(count=count)}"
    elif (
        log_channel
        and "log_channel" not in found
        and not is_for_moderators(guild, log_channel, settings.moderator_role)
    ):
        found["log_channel"] = strings.PUBLIC_LOG.format(channel=log_channel)
    return found


def _cannot_write(guild: discord.Guild, channel_id: int | None) -> str | None:
    """Why the bot cannot write in a channel, and what to do."""
    if channel_id is None:
        return None
    channel = guild.get_channel(channel_id)
    if channel is None:
        return strings.NO_CHANNEL
    missing = lacking(channel.permissions_for(guild.me), WRITE)
    if not missing:
        return None
    listed = joined((f"**{label}**" for label in missing), "and")
    return strings.CANNOT_WRITE.format(channel=channel_id, missing=listed)
