"""An announcement is posted once, whatever fails between the bot, Discord and the database."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import discord
import pytest
from sqlalchemy import select, update

from bot.access import System
from bot.announcements.delivery import DeliveryService
from bot.jobs.model import MOST_ATTEMPTS
from bot.jobs.scheduler import LEASE
from bot.jobs.tables import JobRow
from bot.ui import delivery as once
from cogs.announcements.delivery import Delivery
from tests.sim.announcements import (
    announcement_jobs,
    announcement_states,
    announcements_in,
    fill_announcement,
    stored_announcements,
    stored_log,
    write_announcement,
)
from tests.sim.messages import direct_messages, labels_of, post_requests, press, text_of
from tests.sim.server import World, change_settings, moderators_channel

pytestmark = pytest.mark.on_both

Recorder = Callable[..., Awaitable[None]]


def failing_once(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Have the record of a posting fail, once, after Discord has taken the message."""
    plain: Recorder = DeliveryService.posted
    left = [error]

    async def record(self: DeliveryService, *arguments: Any) -> None:
        if left:
            raise left.pop()
        await plain(self, *arguments)

    monkeypatch.setattr(DeliveryService, "posted", record)


async def take_history_from_bot(here: World) -> None:
    channel = here.bot.get_channel(here.channel.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.set_permissions(channel.guild.me, read_message_history=False)
    await here.env.settle()


async def test_a_record_that_fails_after_discord_took_the_message_leads_to_one_message(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    preview = await write_announcement(here)
    failing_once(monkeypatch, OSError("the database is away"))
    await press(here, preview, "Post")
    assert len(announcements_in(here)) == 1
    assert await announcement_states(here) == ["posting"]
    assert "I will keep trying" in text_of(preview.response)

    await here.env.advance_time(10)
    (posted,) = announcements_in(here)
    assert await announcement_states(here) == ["posted"]
    assert [row.message_id for row in await stored_announcements(here)] == [posted.id]
    assert len(post_requests(here, here.channel.id)) == 1
    assert [act for _, act, _ in await stored_log(here)] == ["posted an announcement"]


async def test_a_process_that_dies_after_discord_took_the_message_leads_to_one_message(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The job stays claimed by the dead process until its lease ends; hours may pass."""
    preview = await write_announcement(here, "announce schedule", when="in 1 hour")
    await press(here, preview, "Schedule")

    async def die(self: DeliveryService, *_: Any) -> None:
        await here.bot.services.clock.rest(asyncio.Event())

    with monkeypatch.context() as patched:
        patched.setattr(DeliveryService, "posted", die)
        await here.env.advance_time(3600)
        assert len(announcements_in(here)) == 1
        assert await announcement_states(here) == ["posting"]
        await here.restart()
    assert await announcement_jobs(here) == [("announcement.post", "1", "running")]
    for number in range(30):
        await here.ann.send(here.channel, f"talk {number}")
    await here.env.advance_time(LEASE.total_seconds())
    (posted,) = announcements_in(here)
    assert [(row.state, row.message_id) for row in await stored_announcements(here)] == [
        ("posted", posted.id)
    ]
    assert len(post_requests(here, here.channel.id)) == 1


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_what_may_pass_is_tried_again_with_growing_pauses_until_it_is_posted(
    here: World, status: int
) -> None:
    path = f"/channels/{here.channel.id}/messages"
    here.env.inject_error("POST", path, status=status, times=3)
    preview = await write_announcement(here)
    await press(here, preview, "Post")
    assert "I will keep trying" in text_of(preview.response)
    seen = []
    for _ in range(40):
        seen.append(len(post_requests(here, here.channel.id)))
        await here.env.advance_time(1)
    assert [seen.count(tries) for tries in (1, 2, 3)] == [5, 10, 20]
    assert len(announcements_in(here)) == 1
    nonces = {request["nonce"] for request in post_requests(here, here.channel.id)}
    assert len(nonces) == 1
    assert direct_messages(here, here.mod) == []


async def test_a_reply_that_is_lost_is_not_answered_by_a_second_message(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Discord took it and the connection broke; simcord knows no nonces, so only looking helps."""
    plain = Delivery._send
    lost = [OSError("connection reset")]

    async def send(self: Delivery, *arguments: Any) -> int:
        message_id = await plain(self, *arguments)
        if lost:
            raise lost.pop()
        return message_id

    monkeypatch.setattr(Delivery, "_send", send)
    preview = await write_announcement(here)
    await press(here, preview, "Post")
    await here.env.advance_time(10)
    (posted,) = announcements_in(here)
    assert [(row.state, row.message_id) for row in await stored_announcements(here)] == [
        ("posted", posted.id)
    ]


async def test_another_announcement_in_the_channel_is_not_taken_for_this_one(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.env.inject_error("POST", f"/channels/{here.channel.id}/messages", status=500)
    first = await write_announcement(here, title="First")
    await press(here, first, "Post")
    second = await write_announcement(here, title="Second")
    await press(here, second, "Post")
    await here.env.advance_time(10)
    assert sorted(text_of(post).splitlines()[0] for post in announcements_in(here)) == [
        "## First",
        "## Second",
    ]


async def test_where_the_bot_cannot_look_it_asks_a_person_rather_than_post_twice(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await take_history_from_bot(here)
    preview = await write_announcement(here)

    async def die(self: DeliveryService, *_: Any) -> None:
        await here.bot.services.clock.rest(asyncio.Event())

    with monkeypatch.context() as patched:
        patched.setattr(DeliveryService, "posted", die)
        await here.mod.click(preview.response, label="Post")  # type: ignore[arg-type]
        await here.restart()
    await here.env.advance_time(LEASE.total_seconds() + 60)
    assert len(post_requests(here, here.channel.id)) == 1
    assert await announcement_states(here) == ["failed"]
    (told,) = direct_messages(here, here.mod)
    assert "cannot see whether it is in" in told
    assert "Read Message History" in told


async def test_a_busy_channel_that_cannot_be_looked_through_is_left_to_a_person(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(once, "MOST_LOOKED_THROUGH", 5)
    here.env.inject_error("POST", f"/channels/{here.channel.id}/messages", status=500)
    preview = await write_announcement(here)
    await press(here, preview, "Post")
    for number in range(6):
        await here.ann.send(here.channel, f"talk {number}")
    await here.env.advance_time(10)
    assert announcements_in(here) == []
    assert await announcement_states(here) == ["failed"]


async def test_what_discord_refuses_is_said_at_once_and_can_be_mended_and_posted(
    here: World,
) -> None:
    here.env.inject_error(
        "POST", f"/channels/{here.channel.id}/messages", status=403, code=50013,
        message="Missing Permissions",
    )  # fmt: skip
    preview = await write_announcement(here)
    await press(here, preview, "Post")
    assert "I may not post in" in text_of(preview.response)
    assert await announcement_states(here) == ["failed"]
    await here.env.advance_time(120)
    assert len(post_requests(here, here.channel.id)) == 1
    # The author has read it already.
    assert direct_messages(here, here.mod) == []

    form = await press(here, preview, "Edit")
    await fill_announcement(here.mod, form)
    await press(here, preview, "Post")
    assert len(announcements_in(here)) == 1
    assert await announcement_states(here) == ["posted"]


@pytest.mark.parametrize("where", ["log", "author", "channel", "public"])
async def test_when_trying_is_given_up_somebody_is_told_what_to_do(here: World, where: str) -> None:
    desk = here.guild.create_text_channel("mod-log")
    place = here.guild.create_text_channel("news")
    await change_settings(here, announcement_channel=place.id)
    if where == "log":
        await change_settings(here, log_channel=desk.id)
    room = moderators_channel(here) if where == "channel" else here.channel
    if where in ("channel", "public"):
        here.env.inject_error("POST", "/users/@me/channels", status=403, code=50007, times=None)
    here.env.inject_error("POST", f"/channels/{place.id}/messages", status=502, times=None)
    preview = await write_announcement(here, at=room)
    await press(here, preview, "Post")
    for _ in range(14):
        await here.env.advance_time(3600)
    assert len(post_requests(here, place.id)) == 12
    assert await announcement_states(here) == ["failed"]
    found = {
        "log": [text_of(m) for m in desk.history() if "check whether it is in" in text_of(m)],
        "author": direct_messages(here, here.mod),
        "channel": [text_of(message) for message in moderators_channel(here).history()],
        "public": [text_of(message) for message in here.channel.history()],
    }
    assert {key: len(texts) for key, texts in found.items()} == {
        key: int(key == where) for key in found
    }
    assert ("Doors open at nine" in found[where][0]) == (where != "public")
    assert ("/announce show" if where == "public" else "/announce edit") in found[where][0]


async def test_a_bot_that_stops_while_it_is_told_of_a_failure_tells_the_author_later(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: Any) -> None:
        raise discord.ClientException("the process is gone")

    here.env.inject_error(
        "POST", f"/channels/{here.channel.id}/messages", status=404, code=10003,
    )  # fmt: skip
    preview = await write_announcement(here)
    with monkeypatch.context() as patched:
        patched.setattr(DeliveryService, "problem_seen", never)
        here.incidents.expected = 1
        await press(here, preview, "Post")
    await here.restart()
    await here.env.advance_time(60)
    (told,) = direct_messages(here, here.mod)
    assert "no longer exists" in told


async def test_an_announcement_cannot_be_cancelled_or_edited_while_it_is_sent(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, going_on = Delivery._send, asyncio.Event()

    async def send(self: Delivery, *arguments: Any) -> int:
        await here.bot.services.clock.rest(going_on)
        return await plain(self, *arguments)

    monkeypatch.setattr(Delivery, "_send", send)
    preview = await write_announcement(here)
    await press(here, preview, "Post")
    assert await announcement_states(here) == ["posting"]
    for command in ("announce cancel", "announce edit"):
        result = await here.mod.slash(here.channel, command, announcement="Doors")
        assert result.modal is None
        assert "being posted right now" in text_of(result.response)
    going_on.set()
    await here.env.settle()
    assert len(announcements_in(here)) == 1


async def test_one_that_discord_fails_to_take_can_be_stopped_between_attempts(
    here: World,
) -> None:
    path = f"/channels/{here.channel.id}/messages"
    here.env.inject_error("POST", path, status=500, times=None)
    preview = await write_announcement(here)
    await press(here, preview, "Post")
    assert await announcement_states(here) == ["posting"]
    asked = await here.mod.slash(here.channel, "announce cancel", announcement="Doors")
    await press(here, asked, "Cancel the announcement")
    assert f"please check whether it is in <#{here.channel.id}>" in text_of(asked.response)
    tries = len(post_requests(here, here.channel.id))
    await here.env.advance_time(7200)
    assert len(post_requests(here, here.channel.id)) == tries
    assert await announcement_states(here) == ["cancelled"]


async def test_one_that_is_there_all_the_same_cannot_be_cancelled_but_corrected(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = Delivery._send

    async def send(self: Delivery, *arguments: Any) -> int:
        await plain(self, *arguments)
        raise OSError("connection reset")

    with monkeypatch.context() as patched:
        patched.setattr(Delivery, "_send", send)
        preview = await write_announcement(here)
        await press(here, preview, "Post")
        assert await announcement_states(here) == ["posting"]
        asked = await here.mod.slash(here.channel, "announce cancel", announcement="Doors")
        refused = await press(here, asked, "Cancel the announcement")
    assert "already posted. Use `/announce correct`" in text_of(refused.followups[0])
    (posted,) = announcements_in(here)
    assert [(row.state, row.message_id) for row in await stored_announcements(here)] == [
        ("posted", posted.id)
    ]


async def test_a_clock_that_is_set_back_loses_no_announcement(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    preview = await write_announcement(here, "announce schedule", when="in 1 hour")
    await press(here, preview, "Schedule")
    plain, back = here.bot.services.clock.now, [timedelta(seconds=90)]
    begin = DeliveryService.begin

    async def begin_early(self: DeliveryService, system: System, announcement_id: int) -> Any:
        with monkeypatch.context() as patched:
            if back:
                ahead = back.pop()
                patched.setattr(self._clock, "now", lambda: plain() - ahead)
            return await begin(self, system, announcement_id)

    monkeypatch.setattr(DeliveryService, "begin", begin_early)
    await here.env.advance_time(3601)
    await here.env.advance_time(120)
    assert back == []
    assert len(announcements_in(here)) == 1


async def test_one_whose_holders_died_over_it_is_given_up_and_told(here: World) -> None:
    here.env.inject_error("POST", f"/channels/{here.channel.id}/messages", status=500, times=None)
    preview = await write_announcement(here)
    await press(here, preview, "Post")
    async with here.database.write() as session:
        await session.execute(update(JobRow).values(attempts=12))
    await here.env.advance_time(60)
    (told,) = direct_messages(here, here.mod)
    assert "did not accept it after several attempts" in told
    assert await announcement_states(here) == ["failed"]


@pytest.mark.parametrize("found", ["as it is given up", "as it is changed"])
async def test_what_discord_took_at_last_is_not_posted_again_after_it_was_given_up(
    here: World, monkeypatch: pytest.MonkeyPatch, found: str
) -> None:
    """Every attempt fails, and the last one is accepted all the same."""
    plain = Delivery._send

    async def send(self: Delivery, announcement: Any) -> int:
        async with here.database.read() as session:
            attempts = await session.scalar(
                select(JobRow.attempts).where(JobRow.kind == "announcement.post")
            )
        if attempts == MOST_ATTEMPTS:
            await plain(self, announcement)
        raise OSError("connection reset")

    monkeypatch.setattr(Delivery, "_send", send)
    preview = await write_announcement(here)
    await press(here, preview, "Post")
    if found == "as it is changed":
        monkeypatch.setattr(Delivery, "look_again", _in_vain)
    for _ in range(6):
        await here.env.advance_time(3600)
    (posted,) = announcements_in(here)
    if found == "as it is changed":
        assert await announcement_states(here) == ["failed"]
        monkeypatch.undo()
        edit = await write_announcement(here, "announce edit", announcement="Doors")
        result = await press(here, edit, "Post")
        assert "already posted. Use `/announce correct`" in text_of(result.followups[0])
    first, *_ = await stored_announcements(here)
    assert (first.state, first.message_id) == ("posted", posted.id)
    assert len(announcements_in(here)) == 1


async def _in_vain(*_: Any) -> bool:
    return False


async def test_one_that_was_certainly_not_posted_can_be_cancelled_between_attempts(
    here: World,
) -> None:
    here.env.inject_error("POST", f"/channels/{here.channel.id}/messages", status=429, times=None)
    preview = await write_announcement(here)
    await press(here, preview, "Post")
    asked = await here.mod.slash(here.channel, "announce cancel", announcement="Doors")
    await press(here, asked, "Cancel the announcement")
    tries = len(post_requests(here, here.channel.id))
    await here.env.advance_time(7200)
    assert len(post_requests(here, here.channel.id)) == tries
    assert await announcement_states(here) == ["cancelled"]
    assert labels_of(asked.response) == []
