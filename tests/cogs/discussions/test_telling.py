"""What the thread is told of polls on its issue: once, also after a restart."""

from datetime import timedelta

import discord
import pytest

from bot.jobs.model import MOST_ATTEMPTS
from bot.polls.model import ActionKind
from tests.sim.discussions import rule_on_poll, start_discussion, stored_discussions, texts_in
from tests.sim.messages import direct_messages, text_of
from tests.sim.polls import open_poll
from tests.sim.server import World, add_private_channel


async def test_resolving_undoing_and_annulling_are_told_once_each(here: World) -> None:
    await open_poll(here, "dues-cut")
    thread = await start_discussion(here)
    before = len(texts_in(thread))
    await rule_on_poll(here, ActionKind.RESOLVE)
    await rule_on_poll(here, ActionKind.UNRESOLVE)
    await rule_on_poll(here, ActionKind.ANNUL)
    told = texts_in(thread)[before:]
    assert [text.splitlines()[0] for text in told] == [
        "### Resolved: Yes",
        "### Resolution undone",
        "### Annulled",
    ]
    assert "Will the ports announce lower dues?" in told[0]
    assert "https://example.org/readout" in told[0]
    await here.restart()
    await here.env.advance_time(timedelta(hours=1).total_seconds())
    assert len(texts_in(thread)) == before + 3


async def test_what_discord_did_not_take_is_told_after_a_restart_and_once(here: World) -> None:
    await open_poll(here, "dues-cut")
    thread = await start_discussion(here)
    before = len(texts_in(thread))
    here.env.inject_error("POST", f"/channels/{thread.id}/messages", status=500)
    await rule_on_poll(here, ActionKind.RESOLVE)
    assert len(texts_in(thread)) == before
    await here.restart()
    await here.env.advance_time(60)
    assert [text.splitlines()[0] for text in texts_in(thread)[before:]] == ["### Resolved: Yes"]
    sent = [
        request.json["nonce"]
        for request in here.env.http_requests
        if request.method == "POST" and request.path.endswith(f"/{thread.id}/messages")
    ]
    assert sent[-2:] == ["discuss-tell-1"] * 2


async def test_other_issues_and_other_servers_are_told_nothing(here: World) -> None:
    there = here.env.create_guild("Elsewhere")
    place = there.create_text_channel("talk")
    powers = discord.Permissions(manage_messages=True)
    other = there.add_member(
        here.env.create_user("otto"), roles=[there.create_role("M", permissions=powers)]
    )
    await here.env.settle()
    await other.slash(place, "discuss", issue="dues")
    (theirs,) = place.threads
    dredging = await start_discussion(here, "dredging")
    quiet = (len(texts_in(theirs)), len(texts_in(dredging)))
    await open_poll(here, "dues-cut")
    await rule_on_poll(here, ActionKind.RESOLVE)
    assert (len(texts_in(theirs)), len(texts_in(dredging))) == quiet


async def test_a_thread_gone_quiet_is_told_and_a_locked_one_is_not(here: World) -> None:
    await open_poll(here, "dues-cut")
    thread = await start_discussion(here)
    here.env.backend.edit_channel(thread.id, {}, thread_metadata={"archived": True})
    await here.env.settle()
    before = len(texts_in(thread))
    await rule_on_poll(here, ActionKind.RESOLVE)
    assert len(texts_in(thread)) == before + 1
    here.env.backend.edit_channel(thread.id, {}, thread_metadata={"locked": True})
    await here.env.settle()
    await rule_on_poll(here, ActionKind.UNRESOLVE)
    assert len(texts_in(thread)) == before + 1


async def test_a_thread_deleted_while_the_bot_was_away_is_struck_off(here: World) -> None:
    await open_poll(here, "dues-cut")
    thread = await start_discussion(here)
    del here.env.backend.channels[thread.id]
    await rule_on_poll(here, ActionKind.RESOLVE)
    assert await stored_discussions(here) == [(thread.id, "ended")]


async def test_a_poll_posted_in_the_thread_itself_is_told_of_there_once(here: World) -> None:
    thread = await start_discussion(here)
    await here.mod.slash(thread, "poll open", outcome="dues-cut")
    await rule_on_poll(here, ActionKind.RESOLVE)
    told = [text for text in texts_in(thread) if text.startswith("### Resolved: Yes")]
    assert len(told) == 1


async def test_a_discussion_that_could_not_be_told_is_told_at_the_next_start(here: World) -> None:
    await open_poll(here, "dues-cut")
    thread = await start_discussion(here)
    before = len(texts_in(thread))
    path = f"/channels/{thread.id}/messages"
    here.env.inject_error("POST", path, status=500, times=MOST_ATTEMPTS)
    await rule_on_poll(here, ActionKind.RESOLVE)
    await here.env.advance_time(timedelta(hours=6).total_seconds())
    (told,) = direct_messages(here, here.mod)
    assert f"<#{thread.id}>" in told
    await here.restart()
    await here.env.advance_time(60)
    (said,) = texts_in(thread)[before:]
    assert said.startswith("### Resolved: Yes")


async def test_a_poll_that_not_all_may_know_of_is_neither_shown_nor_told_in_the_thread(
    here: World,
) -> None:
    closet = await add_private_channel(here, "closet", here.moderators)
    await here.mod.slash(closet, "poll open", outcome="dues-cut")
    thread = await start_discussion(here)
    await rule_on_poll(here, ActionKind.RESOLVE)
    assert "Will the ports announce lower dues?" in text_of(closet.last_message)
    assert not any("Will the ports announce lower dues?" in text for text in texts_in(thread))


@pytest.mark.parametrize("archived", [False, True])
async def test_a_thread_in_a_channel_for_some_is_told_of_what_they_may_know_though_it_rests(
    here: World, archived: bool
) -> None:
    verified = here.guild.create_role("Verified")
    hall = await add_private_channel(here, "hall", verified, here.moderators)
    closet = await add_private_channel(here, "closet", here.moderators)
    await here.mod.slash(hall, "poll open", outcome="dues-cut")
    thread = await start_discussion(here, channel=hall)
    if archived:
        here.env.backend.edit_channel(thread.id, {}, thread_metadata={"archived": True})
        await here.env.settle()
    before = len(texts_in(thread))
    await rule_on_poll(here, ActionKind.RESOLVE)
    assert [text.splitlines()[0] for text in texts_in(thread)[before:]] == ["### Resolved: Yes"]
    await here.mod.slash(closet, "poll open", outcome="dues-cut")
    await rule_on_poll(here, ActionKind.RESOLVE, 2)
    assert len(texts_in(thread)) == before + 1
