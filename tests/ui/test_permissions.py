"""What somebody may do in a thread that discord.py cannot tell it of."""

from typing import Any, cast
from unittest.mock import Mock

import discord

from bot.ui.permissions import lacking_to_write, views


def astray() -> tuple[discord.Thread, discord.Member]:
    """A thread whose channel the bot does not know, and a member of its server."""
    guild = Mock(discord.Guild, id=1)
    guild.get_channel.return_value = None
    data: Any = {
        "id": "3", "guild_id": "1", "parent_id": "2", "owner_id": "4", "name": "talk", "type": 11,
        "message_count": 0, "member_count": 0,
        "thread_metadata": {
            "archived": False, "auto_archive_duration": 60, "locked": False,
            "archive_timestamp": "2026-01-01T00:00:00+00:00",
        },
    }  # fmt: skip
    thread = discord.Thread(guild=guild, state=Mock(), data=data)
    guild.get_channel_or_thread.return_value = thread
    return thread, Mock(discord.Member, guild=guild)


def test_a_thread_of_an_unknown_channel_is_viewed_by_nobody_and_posting_there_will_tell() -> None:
    thread, member = astray()
    assert not views(thread, member)
    for channel_id in (thread.id, 9):
        interaction = Mock(
            discord.Interaction,
            channel=thread, channel_id=channel_id, guild=thread.guild, user=member,
        )  # fmt: skip
        assert lacking_to_write(cast("Any", interaction), thread.id) == []
