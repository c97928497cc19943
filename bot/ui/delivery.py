"""Posting a message exactly once, even if the connection breaks or the bot restarts.

For some minutes, Discord answers a repeated nonce with the message that it already has. Later the
message is found by its mark: an id of one of its components, which nobody sees.
"""

from __future__ import annotations

import asyncio
import logging
import zlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import aiohttp
import discord

from bot.errors import UserError
from bot.text import DELETED_MEMBER
from bot.ui.cards import lines_view
from bot.ui.permissions import is_astray, lacking, needed_to_write

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.jobs.model import Job
    from bot.ui.interaction import BaseBot

log = logging.getLogger(__name__)

BROKEN_LINE = (aiohttp.ClientError, OSError, TimeoutError)
"""What discord.py raises if a connection breaks. The request may have arrived or not."""
PAUSES = (0.5, 2.0)
NONCE_IS_KNOWN_FOR = timedelta(minutes=1)
"""Shorter than Discord remembers nonces."""
# In case the host's clock is ahead of Discord's.
CLOCKS_DIFFER_BY = timedelta(minutes=1)
MOST_LOOKED_THROUGH = 2000
# Component ids have 31 bits. Announcements use the ids below these; Discord numbers from 1.
FIRST_MARK, MARKS = 1_500_000_000, 500_000_000


class TooManyMessagesError(Exception):
    """A message was not found among as many messages as the bot looks through."""


async def post_once(
    place: discord.abc.Messageable,
    *,
    nonce: str,
    files: Callable[[], list[discord.File]] = list,
    **message: Any,
) -> discord.Message:
    """Post a message. If the connection breaks, send it again without posting it twice.

    `files` makes new attachments for each attempt. Raises what `send` raises; after one of
    `BROKEN_LINE` Discord may have the message.
    """
    broken: Exception | None = None
    begun = asyncio.get_running_loop().time()
    for pause in (*PAUSES, None):
        try:
            return await place.send(nonce=nonce, files=files(), **message)
        except BROKEN_LINE as error:
            took = asyncio.get_running_loop().time() - begun
            if pause is None or took > NONCE_IS_KNOWN_FOR.total_seconds():
                raise
            broken = error
            await asyncio.sleep(pause)
        except discord.HTTPException as error:
            if broken is not None:
                # An earlier attempt may have been accepted.
                raise broken from error
            raise
    raise AssertionError("the last attempt returns or raises")


def mark(view: discord.ui.LayoutView, nonce: str) -> int:
    """Put the mark that belongs to a nonce on a message, and return the mark."""
    marked = FIRST_MARK + zlib.crc32(nonce.encode()) % MARKS
    view.children[0].id = marked
    return marked


async def find_posted(
    bot: BaseBot, place: discord.abc.Messageable, mark: int, since: datetime
) -> discord.Message | None:
    """The bot's message with a mark, if it was posted since then.

    TooManyMessagesError if there are too many messages since then. A bot that may not read the
    history of a channel gets an empty one from Discord.
    """
    seen, after = 0, since - CLOCKS_DIFFER_BY
    # Oldest first, because discord.py would otherwise read the whole channel.
    async for message in place.history(limit=MOST_LOOKED_THROUGH, after=after, oldest_first=True):
        seen += 1
        mine = bot.user is not None and message.author.id == bot.user.id
        if mine and any(getattr(part, "id", None) == mark for part in message.components):
            return message
    if seen == MOST_LOOKED_THROUGH:
        raise TooManyMessagesError
    return None


async def tell_once(
    bot: BaseBot,
    place: discord.abc.Messageable,
    job: Job,
    *,
    nonce: str,
    view: discord.ui.LayoutView,
    files: Callable[[], list[discord.File]] = list,
) -> discord.Message:
    """Post the message of a job, or find the one that an earlier attempt posted.

    `nonce` is different for each message of the bot. Raises what sending and reading the history
    raise.
    """
    # A job that was interrupted by a restart counts as never attempted, but it is late.
    again = job.attempts > 1 or job.is_late(bot.services.clock.now())
    since = job.due_at if again else None
    return await find_or_post(bot, place, since=since, nonce=nonce, view=view, files=files)


async def find_or_post(
    bot: BaseBot,
    place: discord.abc.Messageable,
    *,
    since: datetime | None,
    nonce: str,
    view: discord.ui.LayoutView,
    files: Callable[[], list[discord.File]] = list,
) -> discord.Message:
    """Post a message, or find it. `since` is the earliest time that it may have been posted at;
    None if it cannot have been posted."""
    marked = mark(view, nonce)
    if since is not None:
        try:
            found = await find_posted(bot, place, marked, since)
        except TooManyMessagesError:
            # Twice is better than never.
            found = None
        if found is not None:
            return found
    return await post_once(place, nonce=nonce, view=view, files=files)


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
    """Say what went wrong with a job: to a person, or if that fails in a channel.

    `in_channel` is the text for the channel, if it differs. With `is_logged` nothing is sent if
    the server's log channel gets the news anyway. A job that is rescheduled sends it again. Raises
    errors of Discord that may pass.
    """
    await bot.wait_until_ready()
    if is_logged and _has_log_channel(bot, guild_id):
        return
    nonce = f"{nonce}-{job.stamp}"
    if person_id != DELETED_MEMBER:
        try:
            person = await bot.create_dm(discord.Object(person_id))
            await tell_once(bot, person, job, nonce=nonce, view=lines_view(text))
        except (discord.NotFound, discord.Forbidden):
            log.info("%s: the person does not accept direct messages", nonce)
        else:
            return
    place = bot.get_partial_messageable(channel_id, guild_id=guild_id)
    try:
        await tell_once(bot, place, job, nonce=nonce, view=lines_view(in_channel or text))
    except (discord.NotFound, discord.Forbidden) as error:
        log.warning("%s: nobody can be told: %s", nonce, error.text)


def cannot_post(channel_id: int, error: discord.HTTPException) -> UserError:
    """The refusal that explains why nothing was posted in a channel, and what to do."""
    if isinstance(error, discord.Forbidden):
        return UserError(
            f"I may not post in <#{channel_id}>, so nothing was posted. Allow me View Channel and "
            "Send Messages there (and Send Messages in Threads in a thread), then try again."
        )
    if isinstance(error, discord.NotFound):
        return UserError("That channel does not exist any more, so nothing was posted.")
    return UserError(
        "Discord did not take the message, so nothing was posted. Please try again in a minute."
    )


def is_final(error: discord.HTTPException) -> bool:
    """Whether trying again would fail in the same way."""
    return 400 <= error.status < 500 and error.status not in (401, 408, 429)


def _has_log_channel(bot: BaseBot, guild_id: int) -> bool:
    """Whether the server has a log channel that the bot can write in."""
    channel_id = bot.services.settings.of(guild_id).log_channel
    guild = bot.get_guild(guild_id)
    if guild is None or channel_id is None:
        return False
    channel = guild.get_channel_or_thread(channel_id)
    if channel is None or is_astray(channel):
        return False
    return not lacking(channel.permissions_for(guild.me), needed_to_write(channel))
