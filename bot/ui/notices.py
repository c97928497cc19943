"""Telling moderators what went wrong, where somebody reads it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import discord

from bot.text import DELETED_MEMBER
from bot.ui.delivery import tell_once
from bot.ui.permissions import is_astray, lacking, needed_to_write
from bot.ui.posting import lines_view

if TYPE_CHECKING:
    from bot.jobs.model import Job
    from bot.ui.interaction import BaseBot

log = logging.getLogger(__name__)


async def tell_moderators(
    bot: BaseBot,
    job: Job,
    *,
    guild_id: int,
    person_id: int,
    channel_id: int,
    nonce: str,
    text: str,
    in_channel: str | None = None,
    is_logged: bool = True,
) -> None:
    """Tell what went wrong, and what to do, where the log does not: to a person, or else in a
    channel, there perhaps in other words. Raises what may pass.

    `is_logged` where the log says the same. The same is told again where the same job is planned
    anew.
    """
    await bot.wait_until_ready()
    if is_logged and _log_tells(bot, guild_id):
        return
    nonce = f"{nonce}-{job.stamp}"
    if person_id != DELETED_MEMBER:
        try:
            person = await bot.create_dm(discord.Object(person_id))
            await tell_once(bot, person, job, nonce=nonce, view=lines_view(text))
        except (discord.NotFound, discord.Forbidden):
            log.info("%s: the person it is for takes no messages", nonce)
        else:
            return
    place = bot.get_partial_messageable(channel_id, guild_id=guild_id)
    try:
        await tell_once(bot, place, job, nonce=nonce, view=lines_view(in_channel or text))
    except (discord.NotFound, discord.Forbidden) as error:
        log.warning("%s: nobody can be told: %s", nonce, error.text)


def _log_tells(bot: BaseBot, guild_id: int) -> bool:
    """Whether there is a log channel for the log to be posted in."""
    channel_id = bot.services.settings.of(guild_id).log_channel
    guild = bot.get_guild(guild_id)
    if guild is None or channel_id is None:
        return False
    channel = guild.get_channel_or_thread(channel_id)
    if channel is None or is_astray(channel):
        return False
    return not lacking(channel.permissions_for(guild.me), needed_to_write(channel))
