"""Where moderators post polls: nowhere that they may not write themselves."""

import discord
import pytest
from simcord.builders import ChannelHandle

from bot.polls.tables import PollDraftRow, PollRow
from tests.sim.messages import text_of
from tests.sim.polls import TOPICS, count_rows, submit_poll
from tests.sim.server import World


@pytest.fixture
async def rules(here: World) -> ChannelHandle:
    """A channel in which the bot may write, and moderators may not."""
    deny = discord.PermissionOverwrite(send_messages=False)
    channel = here.guild.create_text_channel("rules", overwrites={here.moderators: deny})
    await here.env.settle()
    return channel


def refusal(channel: ChannelHandle, permission: str = "Send Messages") -> str:
    return f"You cannot open a poll in <#{channel.id}>, because you lack **{permission}** there"


async def test_a_poll_is_not_opened_where_the_moderator_may_not_write(
    here: World, rules: ChannelHandle
) -> None:
    result = await here.mod.slash(rules, "poll open", outcome="hotline")
    assert result.ephemeral
    assert refusal(rules) in text_of(result.response)
    assert rules.last_message is None
    assert await count_rows(here, PollRow) == 0


async def test_in_a_thread_what_counts_is_writing_in_threads(here: World) -> None:
    talk, quiet = (
        here.guild.create_text_channel(
            name,
            overwrites={here.moderators: discord.PermissionOverwrite(**{permission: False})},
        )
        for name, permission in (("talk", "send_messages"), ("quiet", "send_messages_in_threads"))
    )
    threads = []
    for channel in (talk, quiet):
        here.env.backend.create_thread(channel.id, "Aside", here.guild.owner.id)
        await here.env.settle()
        threads += channel.threads
    opened = await here.mod.slash(threads[0], "poll open", outcome="hotline")
    assert "is open and closes" in text_of(opened.response)
    refused = await here.mod.slash(threads[1], "poll open", outcome="tone")
    assert refusal(threads[1], "Send Messages in Threads") in text_of(refused.response)
    assert await count_rows(here, PollRow) == 1


async def test_a_draft_is_not_posted_where_the_moderator_may_not_write_and_is_kept(
    here: World, rules: ChannelHandle
) -> None:
    form = await here.mod.slash(rules, "poll create")
    preview = await submit_poll(
        here.mod, form, question="Which first?", options=TOPICS, closes="in 3 days"
    )
    refused = await here.mod.click(preview.response, label="Post")
    (said,) = refused.followups
    assert said.ephemeral
    assert refusal(rules) in text_of(said)
    assert rules.last_message is None
    assert (await count_rows(here, PollRow), await count_rows(here, PollDraftRow)) == (0, 1)
    here.env.backend.delete_overwrite(rules.id, here.moderators.id)
    await here.env.settle()
    await here.mod.click(preview.response, label="Post")
    assert rules.last_message is not None
    assert "Which first?" in text_of(rules.last_message)


async def test_the_owner_and_administrators_may_post_anywhere(here: World) -> None:
    deny = discord.PermissionOverwrite(send_messages=False)
    closed = here.guild.create_text_channel("closed", overwrites={here.guild.default_role: deny})
    role = here.guild.create_role("Chiefs", permissions=discord.Permissions(administrator=True))
    chief = here.guild.add_member(here.env.create_user("chief"), roles=[role])
    allow = discord.PermissionOverwrite(send_messages=True)
    live = here.bot.get_channel(closed.id)
    assert isinstance(live, discord.TextChannel)
    await live.set_permissions(live.guild.me, overwrite=allow)
    await here.env.settle()
    result = await chief.slash(closed, "poll open", outcome="hotline")
    assert "is open and closes" in text_of(result.response)
