"""What the thread is told of polls on its issue: once, also after a restart."""

from datetime import timedelta

import discord
import pytest

from bot.jobs.model import MOST_ATTEMPTS
from bot.polls.model import ActionKind
from tests.cogs.announcements.desk import direct_messages
from tests.cogs.discussions.discussing import opened, ruled, said_in, stored
from tests.cogs.polls.asking import opened as poll_opened
from tests.cogs.polls.asking import private_channel
from tests.world import World, text_of


async def test_resolving_undoing_and_annulling_are_told_once_each(here: World) -> None:
    await poll_opened(here, "dues-cut")
    thread = await opened(here)
    before = len(said_in(thread))
    await ruled(here, ActionKind.RESOLVE)
    await ruled(here, ActionKind.UNRESOLVE)
    await ruled(here, ActionKind.ANNUL)
    told = said_in(thread)[before:]
    assert [text.splitlines()[0] for text in told] == [
        "### Resolved: Yes",
        "### Resolution undone",
        "### Annulled",
    ]
    assert "Will the ports announce lower dues?" in told[0]
    assert "https://example.org/readout" in told[0]
    await here.restart()
    await here.env.advance_time(timedelta(hours=1).total_seconds())
    assert len(said_in(thread)) == before + 3


async def test_what_discord_did_not_take_is_told_after_a_restart_and_once(here: World) -> None:
    await poll_opened(here, "dues-cut")
    thread = await opened(here)
    before = len(said_in(thread))
    here.env.inject_error("POST", f"/channels/{thread.id}/messages", status=500)
    await ruled(here, ActionKind.RESOLVE)
    assert len(said_in(thread)) == before
    await here.restart()
    await here.env.advance_time(60)
    assert [text.splitlines()[0] for text in said_in(thread)[before:]] == ["### Resolved: Yes"]
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
    dredging = await opened(here, "dredging")
    quiet = (len(said_in(theirs)), len(said_in(dredging)))
    await poll_opened(here, "dues-cut")
    await ruled(here, ActionKind.RESOLVE)
    assert (len(said_in(theirs)), len(said_in(dredging))) == quiet


async def test_a_thread_gone_quiet_is_told_and_a_locked_one_is_not(here: World) -> None:
    await poll_opened(here, "dues-cut")
    thread = await opened(here)
    here.env.backend.edit_channel(thread.id, {}, thread_metadata={"archived": True})
    await here.env.settle()
    before = len(said_in(thread))
    await ruled(here, ActionKind.RESOLVE)
    assert len(said_in(thread)) == before + 1
    here.env.backend.edit_channel(thread.id, {}, thread_metadata={"locked": True})
    await here.env.settle()
    await ruled(here, ActionKind.UNRESOLVE)
    assert len(said_in(thread)) == before + 1


async def test_a_thread_deleted_while_the_bot_was_away_is_struck_off(here: World) -> None:
    await poll_opened(here, "dues-cut")
    thread = await opened(here)
    del here.env.backend.channels[thread.id]
    await ruled(here, ActionKind.RESOLVE)
    assert await stored(here) == [(thread.id, "ended")]


async def test_a_poll_posted_in_the_thread_itself_is_told_of_there_once(here: World) -> None:
    thread = await opened(here)
    await here.mod.slash(thread, "poll open", outcome="dues-cut")
    await ruled(here, ActionKind.RESOLVE)
    told = [text for text in said_in(thread) if text.startswith("### Resolved: Yes")]
    assert len(told) == 1


async def test_a_discussion_that_could_not_be_told_is_told_at_the_next_start(here: World) -> None:
    await poll_opened(here, "dues-cut")
    thread = await opened(here)
    before = len(said_in(thread))
    path = f"/channels/{thread.id}/messages"
    here.env.inject_error("POST", path, status=500, times=MOST_ATTEMPTS)
    await ruled(here, ActionKind.RESOLVE)
    await here.env.advance_time(timedelta(hours=6).total_seconds())
    (told,) = direct_messages(here, here.mod)
    assert f"<#{thread.id}>" in told
    await here.restart()
    await here.env.advance_time(60)
    (said,) = said_in(thread)[before:]
    assert said.startswith("### Resolved: Yes")


async def test_a_poll_that_not_all_may_know_of_is_neither_shown_nor_told_in_the_thread(
    here: World,
) -> None:
    closet = await private_channel(here, "closet", here.moderators)
    await here.mod.slash(closet, "poll open", outcome="dues-cut")
    thread = await opened(here)
    await ruled(here, ActionKind.RESOLVE)
    assert "Will the ports announce lower dues?" in text_of(closet.last_message)
    assert not any("Will the ports announce lower dues?" in text for text in said_in(thread))


@pytest.mark.parametrize("archived", [False, True])
async def test_a_thread_in_a_channel_for_some_is_told_of_what_they_may_know_though_it_rests(
    here: World, archived: bool
) -> None:
    verified = here.guild.create_role("Verified")
    hall = await private_channel(here, "hall", verified, here.moderators)
    closet = await private_channel(here, "closet", here.moderators)
    await here.mod.slash(hall, "poll open", outcome="dues-cut")
    thread = await opened(here, channel=hall)
    if archived:
        here.env.backend.edit_channel(thread.id, {}, thread_metadata={"archived": True})
        await here.env.settle()
    before = len(said_in(thread))
    await ruled(here, ActionKind.RESOLVE)
    assert [text.splitlines()[0] for text in said_in(thread)[before:]] == ["### Resolved: Yes"]
    await here.mod.slash(closet, "poll open", outcome="dues-cut")
    await ruled(here, ActionKind.RESOLVE, 2)
    assert len(said_in(thread)) == before + 1
