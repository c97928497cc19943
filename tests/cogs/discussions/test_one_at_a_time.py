"""One open discussion an issue, whatever happens to threads, moderators and the bot."""

import asyncio
from typing import Any
from unittest.mock import Mock

import aiohttp
import discord
import pytest
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle
from simcord.enums import InteractionType
from simcord.interactions import base_payload
from simcord.results import InteractionResult

from bot.access import Viewer
from bot.clock import Clock
from bot.discussions.model import Discussion, IssueRef
from bot.discussions.service import DiscussionService
from bot.errors import UserError
from bot.ui import delivery as once
from bot.ui.cards import lines_view
from bot.ui.delivery import find_or_post
from bot.ui.knowledge.reader import PackReader
from cogs.discussions.opening import Request, open_discussion
from cogs.discussions.threads import Home
from tests.sim.discussions import (
    OPENING_MESSAGES,
    discuss,
    start_discussion,
    stored_discussions,
    texts_in,
)
from tests.sim.messages import text_of
from tests.sim.server import World

pytestmark = pytest.mark.on_both

ABOUT = IssueRef("harbor-talks", "dues")


def bad_gateway() -> discord.DiscordServerError:
    return discord.DiscordServerError(Mock(status=502, reason="Bad Gateway"), "")


def moderator(here: World) -> Viewer:
    return here.viewer(here.mod)


async def test_a_second_command_leads_to_the_thread_there_is(here: World) -> None:
    thread = await start_discussion(here)
    elsewhere = here.guild.create_text_channel("elsewhere")
    again = await discuss(here, channel=elsewhere)
    assert "is being discussed already" in text_of(again.response)
    assert f"/{thread.id}" in text_of(again.response)
    assert elsewhere.threads == []
    assert len(texts_in(thread)) == OPENING_MESSAGES
    assert await start_discussion(here, "dredging") is not None


@pytest.mark.parametrize("who", ["the moderator", "the bot"])
async def test_where_no_thread_may_be_opened_the_command_leads_to_the_one_elsewhere(
    here: World, who: str
) -> None:
    whose = here.mod if who == "the moderator" else here.bot.user
    assert whose is not None
    deny = discord.PermissionOverwrite(create_public_threads=False)
    narrow = here.guild.create_text_channel("narrow", overwrites={whose: deny})
    thread = await start_discussion(here)
    led = await discuss(here, channel=narrow)
    assert "is being discussed already" in text_of(led.response)
    assert f"/{thread.id}" in text_of(led.response)
    # What is closed on Discord is nowhere to lead to, so that it must be possible to open one.
    here.env.backend.get_thread(thread.id).thread_metadata.archived = True
    refused = await discuss(here, channel=narrow)
    assert "**Create Public Threads**" in text_of(refused.response)
    assert narrow.threads == []
    assert await stored_discussions(here) == [(thread.id, "resting")]


async def test_in_a_voice_channel_the_command_leads_to_the_thread_elsewhere(here: World) -> None:
    thread = await start_discussion(here)
    voice = here.guild.create_voice_channel("stage")
    led = await here.mod.slash(voice, "discuss", issue="dues")
    assert led.ephemeral
    assert f"/{thread.id}" in text_of(led.response)


async def test_two_moderators_at_once_open_one_thread(here: World) -> None:
    home = here.bot.get_channel(here.channel.id)
    assert isinstance(home, Home)
    reader = PackReader(here.library, here.library.default, "en")
    request = Request(moderator(here), reader, "dues", home, lacking=())
    found = await asyncio.gather(
        open_discussion(here.bot, request),
        open_discussion(here.bot, request),
        return_exceptions=True,
    )
    await here.env.settle()
    (thread,) = here.channel.threads
    assert len(texts_in(thread)) == OPENING_MESSAGES
    assert await stored_discussions(here) == [(thread.id, "open")]
    assert sum(isinstance(result, UserError) for result in found) == 1


async def test_two_moderators_who_send_the_command_at_once_open_one_thread(here: World) -> None:
    other = here.guild.add_member(here.env.create_user("nora"), roles=[here.moderators])
    await here.env.settle()
    results = [sent(here, who) for who in (here.mod, other, here.mod)]
    await here.env.settle()
    (thread,) = here.channel.threads
    assert len(texts_in(thread)) == OPENING_MESSAGES
    assert await stored_discussions(here) == [(thread.id, "open")]
    assert all(result.ephemeral for result in results)
    told = [text_of(result.response) for result in results]
    assert len([text for text in told if f"/{thread.id})" in text and "is open" in text]) == 1
    assert len([text for text in told if "is opening a discussion" in text]) == 2
    again = await other.slash(here.channel, "discuss", issue="dues")
    assert "is being discussed already" in text_of(again.response)


def sent(here: World, who: MemberActor) -> InteractionResult:
    """Send /discuss without waiting for what comes of it."""
    command = here.env.backend.find_command("discuss", here.guild.id, type=1)
    issue = {"name": "issue", "type": 3, "value": "dues"}
    record, payload = base_payload(
        here.env.backend,
        type=InteractionType.APPLICATION_COMMAND,
        channel_id=here.channel.id,
        guild_id=here.guild.id,
        user_id=who.id,
        data={"id": command["id"], "name": "discuss", "type": 1, "options": [issue]},
    )
    here.env.backend.emit("INTERACTION_CREATE", payload)
    return InteractionResult(here.env, record)


@pytest.mark.parametrize("change", [{"archived": True}, {"locked": True}])
async def test_a_thread_that_was_closed_makes_room_for_another(
    here: World, change: dict[str, bool]
) -> None:
    first = await start_discussion(here)
    here.env.backend.edit_channel(first.id, {}, thread_metadata=change)
    await here.env.settle()
    second = await start_discussion(here)
    assert second.id != first.id
    assert [state for _, state in await stored_discussions(here)][-1] == "open"
    assert len(texts_in(first)) == OPENING_MESSAGES


@pytest.mark.parametrize("change", [{"archived": True}, {"locked": True}])
async def test_a_thread_closed_while_the_bot_was_away_is_noticed_when_needed(
    here: World, change: dict[str, bool]
) -> None:
    first = await start_discussion(here)
    for name, value in change.items():
        setattr(here.env.backend.get_thread(first.id).thread_metadata, name, value)
    second = await start_discussion(here)
    assert second.id != first.id
    assert (second.id, "open") in await stored_discussions(here)


async def test_a_deleted_thread_makes_room_for_another(here: World) -> None:
    first = await start_discussion(here)
    here.env.backend.delete_channel(first.id)
    await here.env.settle()
    assert await stored_discussions(here) == [(first.id, "ended")]
    second = await start_discussion(here)
    assert await stored_discussions(here) == [(first.id, "ended"), (second.id, "open")]


async def test_a_thread_deleted_while_the_bot_was_away_is_noticed_when_needed(
    here: World,
) -> None:
    first = await start_discussion(here)
    del here.env.backend.channels[first.id]
    second = await start_discussion(here)
    assert await stored_discussions(here) == [(first.id, "ended"), (second.id, "open")]


async def test_threads_end_with_their_channel(here: World) -> None:
    place = here.guild.create_text_channel("short-lived")
    thread = await start_discussion(here, channel=place)
    here.env.backend.delete_channel(place.id)
    await here.env.settle()
    assert await stored_discussions(here) == [(thread.id, "ended")]


async def test_an_archived_thread_that_is_written_in_is_open_again(here: World) -> None:
    thread = await start_discussion(here)
    here.env.backend.edit_channel(thread.id, {}, thread_metadata={"archived": True})
    await here.env.settle()
    assert await stored_discussions(here) == [(thread.id, "resting")]
    here.env.backend.edit_channel(thread.id, {}, thread_metadata={"archived": False})
    await here.env.settle()
    assert await stored_discussions(here) == [(thread.id, "open")]
    again = await discuss(here)
    assert "is being discussed already" in text_of(again.response)


async def begun(here: World) -> Discussion:
    """A discussion that a moderator claimed just before the bot died."""
    discussions = DiscussionService(here.database, Clock(here.env.now))
    claim = await discussions.claim(moderator(here), ABOUT, here.channel.id, lacking=())
    return claim.discussion


async def left_thread(here: World, messages: int = 0) -> ChannelHandle:
    """A thread that the bot made before it died, with the first messages of its opening."""
    model = await start_discussion(here)
    texts = texts_in(model)
    here.env.backend.edit_channel(model.id, {"name": "Model"}, thread_metadata={"locked": True})
    await here.env.settle()
    here.env.backend.create_thread(here.channel.id, "Harbour dues", here.bot.user.id)  # type: ignore[union-attr]
    await here.env.settle()
    left = here.channel.threads[-1]
    place = here.bot.get_partial_messageable(left.id)
    for number, text in enumerate(texts[:messages]):
        # The model is the first discussion, so what goes on here is the second.
        nonce = f"discuss-2-{number}"
        await find_or_post(here.bot, place, since=None, nonce=nonce, view=lines_view(text))
    return left


async def test_a_crash_before_the_thread_was_made_blocks_for_two_minutes_only(
    here: World,
) -> None:
    await begun(here)
    await here.restart()
    early = await discuss(here)
    assert "is opening a discussion" in text_of(early.response)
    assert here.channel.threads == []
    await here.env.advance_time(121)
    thread = await start_discussion(here)
    assert len(texts_in(thread)) == OPENING_MESSAGES
    assert await stored_discussions(here) == [(thread.id, "open")]


@pytest.mark.parametrize("recorded", [True, False])
@pytest.mark.parametrize("messages", [0, 1, 2])
async def test_a_crash_after_the_thread_was_made_is_gone_on_with(
    here: World, recorded: bool, messages: int
) -> None:
    left = await left_thread(here, messages)
    claimed = await begun(here)
    if recorded:
        await here.bot.services.discussions.record_thread(
            moderator(here), claimed.id, left.id, here.channel.id
        )
    await here.restart()
    await here.env.advance_time(121)
    before = len(here.channel.threads)
    result = await discuss(here)
    assert f"/{left.id}" in text_of(result.response)
    assert len(here.channel.threads) == before
    texts = texts_in(left)
    assert len(texts) == OPENING_MESSAGES
    assert "Ground rules" in texts[0]
    assert "### Ada Berg" in texts[1]
    assert (left.id, "open") in await stored_discussions(here)


@pytest.mark.parametrize("messages", [0, 1, 2])
async def test_what_else_the_bot_said_in_a_thread_is_not_taken_for_its_opening(
    here: World, messages: int
) -> None:
    left = await left_thread(here, messages)
    claimed = await begun(here)
    await here.bot.services.discussions.record_thread(
        moderator(here), claimed.id, left.id, here.channel.id
    )
    place = here.bot.get_partial_messageable(left.id)
    for number in range(OPENING_MESSAGES):
        await place.send(view=lines_view(f"Poll {number}"))
    await here.restart()
    await here.env.advance_time(121)
    result = await discuss(here)
    assert f"/{left.id}" in text_of(result.response)
    others = ("Poll 0", "Poll 1")
    opening = [text for text in texts_in(left) if text not in others]
    assert len(opening) == OPENING_MESSAGES
    assert "Ground rules" in opening[0]
    assert "### Ada Berg" in opening[1]
    assert (left.id, "open") in await stored_discussions(here)


async def test_a_forum_post_that_was_not_heard_of_keeps_its_first_message_beside_a_poll(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    forum = here.guild.create_forum_channel("debates")
    lose_reply(monkeypatch, bad_gateway(), discord.ForumChannel)
    await discuss(here, channel=forum)
    (post,) = forum.threads
    await here.bot.get_partial_messageable(post.id).send(view=lines_view("A poll"))
    assert (await start_discussion(here, channel=forum)).id == post.id
    matter, poll, sides = texts_in(post)
    assert "Ground rules" in matter
    assert poll == "A poll"
    assert "### Ada Berg" in sides


async def test_where_discord_refuses_the_thread_nothing_stays_behind(here: World) -> None:
    here.env.inject_error("POST", f"/channels/{here.channel.id}/threads", status=400)
    result = await discuss(here)
    assert "Run the command again" in text_of(result.response)
    assert await stored_discussions(here) == []
    assert await start_discussion(here) is not None


async def test_a_broken_line_is_tried_again_and_leaves_no_gap_in_the_opening(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, left = discord.Thread.send, [TimeoutError("the line is broken")]

    async def send(self: discord.Thread, **message: Any) -> discord.Message:
        if left:
            raise left.pop()
        return await plain(self, **message)

    monkeypatch.setattr(discord.Thread, "send", send)
    thread = await start_discussion(here)
    assert len(texts_in(thread)) == OPENING_MESSAGES
    assert "Ground rules" in texts_in(thread)[0]


async def test_where_the_line_stays_broken_the_next_command_goes_on(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise TimeoutError("the line is broken")

    with monkeypatch.context() as patched:
        patched.setattr(once, "PAUSES", ())
        patched.setattr(discord.Thread, "send", fail)
        result = await discuss(here)
    assert "Run the command again" in text_of(result.response)
    thread = await start_discussion(here)
    assert len(here.channel.threads) == 1
    assert len(texts_in(thread)) == OPENING_MESSAGES


@pytest.mark.parametrize("status", [408, 429, 500])
async def test_where_discord_fails_to_make_the_thread_the_next_command_makes_it(
    here: World, status: int
) -> None:
    here.env.inject_error("POST", f"/channels/{here.channel.id}/threads", status=status)
    result = await discuss(here)
    assert "Run the command again" in text_of(result.response)
    assert await stored_discussions(here) == [(None, "opening")]
    thread = await start_discussion(here)
    assert len(texts_in(thread)) == OPENING_MESSAGES
    assert await stored_discussions(here) == [(thread.id, "open")]


def lose_reply(
    monkeypatch: pytest.MonkeyPatch, error: Exception, kind: type[discord.abc.GuildChannel]
) -> None:
    """Have the next thread be made on Discord, and the bot not learn of it."""
    plain, lost = kind.create_thread, [error]  # type: ignore[attr-defined]

    async def make(self: discord.TextChannel, **options: Any) -> object:
        made = await plain(self, **options)
        if lost:
            raise lost.pop()
        return made

    monkeypatch.setattr(kind, "create_thread", make)


@pytest.mark.parametrize("kind", [discord.TextChannel, discord.ForumChannel])
@pytest.mark.parametrize("error", [bad_gateway(), aiohttp.ServerDisconnectedError()], ids=type)
async def test_a_thread_whose_making_was_not_heard_of_is_found_by_the_next_command(
    here: World,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    kind: type[discord.abc.GuildChannel],
) -> None:
    is_forum = kind is discord.ForumChannel
    home = here.guild.create_forum_channel("debates") if is_forum else here.channel
    lose_reply(monkeypatch, error, kind)
    result = await discuss(here, channel=home)
    assert "it continues where it stopped" in text_of(result.response)
    (thread,) = home.threads
    assert await stored_discussions(here) == [(None, "opening")]
    assert (await start_discussion(here, channel=home)).id == thread.id
    assert len(home.threads) == 1
    assert len(texts_in(thread)) == OPENING_MESSAGES
    assert await stored_discussions(here) == [(thread.id, "open")]


async def test_it_is_found_also_where_the_channel_is_another_than_at_first(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.env.inject_error("POST", f"/channels/{here.channel.id}/threads", status=500)
    await discuss(here)
    elsewhere = here.guild.create_text_channel("elsewhere")
    lose_reply(monkeypatch, bad_gateway(), discord.TextChannel)
    await discuss(here, channel=elsewhere)
    (thread,) = elsewhere.threads
    result = await discuss(here)
    assert f"/{thread.id}" in text_of(result.response)
    assert here.channel.threads == []
    assert await stored_discussions(here) == [(thread.id, "open")]


async def test_where_discord_refuses_a_message_the_next_command_goes_on(here: World) -> None:
    here.env.inject_error("POST", "/channels/*/messages", status=500)
    result = await discuss(here)
    assert "Run the command again" in text_of(result.response)
    (thread,) = here.channel.threads
    assert await stored_discussions(here) == [(thread.id, "opening")]
    again = await discuss(here)
    assert "is open" in text_of(again.response)
    assert len(here.channel.threads) == 1
    assert len(texts_in(thread)) == OPENING_MESSAGES
    assert await stored_discussions(here) == [(thread.id, "open")]
