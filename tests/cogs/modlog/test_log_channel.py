"""What moderators do is told in the log channel."""

import asyncio

import discord
import pytest
from simcord.builders import ChannelHandle

from bot.access import SYSTEM
from bot.jobs.model import MOST_ATTEMPTS
from bot.modlog import service as modlog
from bot.modlog.model import POSTING_TAKES_AT_MOST, Entry
from bot.modlog.service import ModlogService
from tests.sim.messages import text_of
from tests.sim.polls import close_poll, open_poll, propose, resolve_poll
from tests.sim.server import World, add_administrator
from tests.sim.settings import choose_setting, open_settings

pytestmark = pytest.mark.on_both


@pytest.fixture
async def log(here: World) -> ChannelHandle:
    """The server's log channel."""
    channel = here.guild.create_text_channel("log")
    await set_log(here, channel)
    return channel


async def set_log(here: World, channel: ChannelHandle) -> None:
    ada = add_administrator(here)
    await choose_setting(ada, await open_settings(here, ada), "log_channel", channel)


async def settled(here: World) -> None:
    """Wait for the scheduler, which the simulated Discord takes for resting until it stirs."""
    await asyncio.sleep(0.05)
    await here.env.settle()


def told(log: ChannelHandle) -> list[str]:
    return [text_of(message) for message in log.history()]


async def done(here: World, *acts: str) -> None:
    async with here.database.write() as session:
        for act in acts:
            await modlog.record(session, Entry(here.guild.id, here.mod.id, here.env.now(), act))
    await settled(here)


async def test_a_poll_is_told_of_from_opening_to_undoing(here: World, log: ChannelHandle) -> None:
    poll = await open_poll(here)
    extended = await propose(here, "extend", "1", by="2 days")
    await here.mod.click(extended.response, label="Confirm")
    await resolve_poll(here, "1", "Yes")
    for verb in ("unresolve", "annul"):
        asked = await propose(here, verb, "1", reason=f"Reason to {verb}")
        await here.mod.click(asked.response, label="Confirm")
    lines = told(log)
    who = f"<@{here.mod.id}>"
    link = f"[Will they agree on a hotline?]({poll.jump_url})"
    for line, said in zip(
        lines[1:],
        (
            "opened a poll",
            "extended a poll",
            "resolved a poll",
            "undid a poll's resolution",
            "annulled a poll",
        ),
        strict=True,
    ):
        assert line.startswith(f"{who} {said}: {link} · <t:")
    assert "Yes\n<https://example.org/r>\nThe readout says so." in lines[3]
    assert "Reason to unresolve" in lines[4]


async def test_what_discord_did_not_take_for_hours_is_told_though_nothing_else_is_done(
    here: World, log: ChannelHandle
) -> None:
    path = f"/channels/{log.id}/messages"
    here.env.inject_error("POST", path, status=500, times=MOST_ATTEMPTS)
    await done(here, "opened a door")
    await here.env.advance_time(3 * 3600)
    assert len(told(log)) == 1
    await here.env.advance_time(6 * 3600)
    assert [line.split(" · ")[0] for line in told(log)[1:]] == [f"<@{here.mod.id}> opened a door"]


async def test_closing_a_poll_is_told_of_when_a_moderator_does_it_not_when_its_time_is_over(
    here: World, log: ChannelHandle
) -> None:
    await open_poll(here, closes_in="1 hour")
    await here.env.advance_time(3700)
    await open_poll(here, "tone")
    await close_poll(here, "tone")
    acts = [line.partition(" ")[2].partition(":")[0] for line in told(log)[1:]]
    assert acts == ["opened a poll", "opened a poll", "closed a poll"]


async def test_a_poll_that_could_not_be_posted_or_was_only_proposed_about_is_not_told_of(
    here: World, log: ChannelHandle
) -> None:
    here.env.inject_error("POST", f"/channels/{here.channel.id}/messages", status=403)
    await here.mod.slash(here.channel, "poll open", outcome="tone")
    await open_poll(here)
    await propose(here, "close", "hotline")
    assert [line.split(" · ")[0] for line in told(log)[1:]] == [
        f"<@{here.mod.id}> opened a poll: "
        f"[Will they agree on a hotline?]({here.channel.last_message.jump_url})"  # type: ignore[union-attr]
    ]


async def test_a_poll_that_a_vote_finds_again_is_told_of_once(
    here: World, log: ChannelHandle
) -> None:
    message = await open_poll(here)
    await here.bot.services.polls.posted(SYSTEM, 1, message.id)
    await here.env.settle()
    assert len([line for line in told(log) if "opened a poll" in line]) == 1


async def test_many_at_once_are_told_once_and_in_order(here: World, log: ChannelHandle) -> None:
    acts = [f"did {number}" for number in range(25)]
    await done(here, *acts)
    assert [line.split(" ")[1:3] for line in told(log)[1:]] == [act.split() for act in acts]


async def test_what_discord_fails_to_take_is_told_later_and_still_first(
    here: World, log: ChannelHandle
) -> None:
    here.env.inject_error("POST", f"/channels/{log.id}/messages", status=500)
    await done(here, "did one")
    here.env.inject_error("POST", f"/channels/{log.id}/messages", status=500)
    await done(here, "did two")
    assert len(told(log)) == 1
    await here.env.advance_time(30)
    assert [line.split(" · ")[0].partition(" ")[2] for line in told(log)[1:]] == [
        "did one",
        "did two",
    ]


async def test_what_the_bot_may_not_post_follows_once_it_may(here: World) -> None:
    moderator = here.viewer(here.mod)
    closed = {here.guild.default_role: discord.PermissionOverwrite(send_messages=False)}
    log = here.guild.create_text_channel("log", overwrites=closed)
    await set_log(here, log)
    await done(here, "did one")
    assert told(log) == []
    assert await here.bot.services.modlog.count_unposted(moderator) == 2
    here.env.backend.delete_overwrite(log.id, here.guild.id)
    await here.env.settle()
    await done(here, "did two")
    assert [line.partition(" ")[2].split(" · ")[0] for line in told(log)] == [
        "changed the settings",
        "did one",
        "did two",
    ]


async def test_an_entry_whose_record_failed_after_it_was_posted_is_found_and_not_posted_again(
    here: World, log: ChannelHandle, monkeypatch: pytest.MonkeyPatch
) -> None:
    moderator = here.viewer(here.mod)
    with monkeypatch.context() as patched:

        async def fail(*_: object) -> None:
            raise OSError("the database is away")

        patched.setattr(ModlogService, "mark_posted", fail)
        await done(here, "did one")
    assert [line for line in told(log) if "did one" in line]
    assert await here.bot.services.modlog.count_unposted(moderator) == 1
    await here.env.advance_time(POSTING_TAKES_AT_MOST.total_seconds() + 1)
    await done(here, "did two")
    assert [line.partition(" ")[2].split(" · ")[0] for line in told(log)[1:]] == [
        "did one",
        "did two",
    ]
    assert await here.bot.services.modlog.count_unposted(moderator) == 0


async def test_what_nobody_wanted_to_be_told_is_not_told_once_there_is_a_channel(
    here: World,
) -> None:
    await done(here, "did one")
    log = here.guild.create_text_channel("log")
    await set_log(here, log)
    (line,) = told(log)
    assert f"Log channel: none → <#{log.id}>" in line


async def test_nothing_in_the_log_pings(here: World, log: ChannelHandle) -> None:
    await here.mod.slash(here.channel, "poll open", outcome="hotline")
    asked = await propose(here, "annul", "1", reason="@everyone <@&1> look")
    await here.mod.click(asked.response, label="Confirm")
    assert "@everyone" in told(log)[-1]
    sent = [
        request.json
        for request in here.env.http_requests
        if request.method == "POST" and request.path.endswith(f"/{log.id}/messages")
    ]
    assert len(sent) == 3
    for request in sent:
        assert request["allowed_mentions"] == {"parse": []}  # type: ignore[index]
        assert request["enforce_nonce"] is True  # type: ignore[index]
