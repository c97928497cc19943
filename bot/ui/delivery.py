"""Posting a message so that it is one message, whatever breaks on the way.

Discord gives the earlier message back for a repeated nonce, for some minutes; discord.py asks for
that wherever a nonce is given. For later the message carries a mark, an id of one of its parts,
which nobody sees and by which it is found again.
"""

from __future__ import annotations

import asyncio
import zlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import aiohttp
import discord

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.jobs.model import Job
    from bot.ui.interaction import BaseBot

BROKEN_LINE = (aiohttp.ClientError, OSError, TimeoutError)
"""What discord.py raises where a connection breaks: whether the request arrived is not known."""
PAUSES = (0.5, 2.0)
NONCE_IS_KNOWN_FOR = timedelta(minutes=1)
"""Shorter than Discord remembers nonces."""
# Of a host's clock that is ahead of Discord's.
CLOCKS_DIFFER_BY = timedelta(minutes=1)
MOST_LOOKED_THROUGH = 2000
# Ids of parts have 31 bits; announcements have those below, and parts without one small ones.
FIRST_MARK, MARKS = 1_500_000_000, 500_000_000


class TooManyMessagesError(Exception):
    """There are more messages than are looked through, and not among those it was looked for."""


async def post_once(
    place: discord.abc.Messageable,
    *,
    nonce: str,
    files: Callable[[], list[discord.File]] = list,
    **message: Any,
) -> discord.Message:
    """Post a message that stays one message where the line breaks and it is sent again.

    `files` makes the attachments, anew for each sending. Raises what `send` raises: one of
    `BROKEN_LINE` where Discord may have the message all the same.
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
                # What is refused now may have been accepted before.
                raise broken from error
            raise
    raise AssertionError("the last attempt returns or raises")


def mark(view: discord.ui.LayoutView, nonce: str) -> int:
    """Put the mark on a message by which it is found again; returns the mark."""
    marked = FIRST_MARK + zlib.crc32(nonce.encode()) % MARKS
    view.children[0].id = marked
    return marked


async def find_posted(
    bot: BaseBot, place: discord.abc.Messageable, mark: int, since: datetime
) -> discord.Message | None:
    """The bot's message with a mark, if it was posted since then.

    TooManyMessagesError where so much was posted since that it cannot be told. To those who may
    not read a history Discord shows an empty one, without a word.
    """
    seen, after = 0, since - CLOCKS_DIFFER_BY
    # From there on, not backwards: discord.py would read the whole channel.
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
    """Post what a job has to tell, or find what an earlier attempt at the job has posted.

    `nonce` names the message among all that the bot posts. Raises what sending and reading the
    history raise.
    """
    # A job that was cut short by a restart counts as never attempted, but it is late.
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
    """As `tell_once`; `since` is when the message may have been posted first, None if it cannot
    have been."""
    marked = mark(view, nonce)
    if since is not None:
        try:
            found = await find_posted(bot, place, marked, since)
        except TooManyMessagesError:
            # Told twice is better than never.
            found = None
        if found is not None:
            return found
    return await post_once(place, nonce=nonce, view=view, files=files)
