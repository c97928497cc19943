"""A poll is the business of those who may view its channel, wherever the bot tells of polls."""

from typing import Any

import discord
import pytest
from simcord.builders import ChannelHandle

from bot.polls import store as polls
from bot.polls.model import ActionKind
from tests.factories import make_poll, make_question, make_viewer
from tests.sim.discussions import rule_on_poll
from tests.sim.messages import text_of
from tests.sim.polls import open_poll, resolve_poll
from tests.sim.server import World, add_private_channel

OPEN_POLLS = "### Open polls"
OUTCOME, QUESTION = "hotline", "Will they agree on a hotline?"


@pytest.fixture
async def closet(here: World) -> ChannelHandle:
    """A channel that the moderator and Ben may view, and Ann may not."""
    return await add_private_channel(here, "closet", here.moderators, here.ben)


async def asked_in(here: World, place: ChannelHandle) -> Any:
    """Open a poll there as the moderator."""
    asked = await here.mod.slash(place, "poll open", outcome=OUTCOME)
    assert "is open and closes" in text_of(asked.response)
    return place.last_message


async def offered(here: World, who: Any, command: str) -> list[str]:
    found = await who.autocomplete(here.channel, command, "poll", "")
    return [choice["name"] for choice in found]


async def test_a_member_is_told_of_no_poll_in_a_channel_that_they_may_not_view(
    here: World, closet: ChannelHandle
) -> None:
    await asked_in(here, closet)
    listed = await here.ann.slash(here.channel, "poll list")
    assert QUESTION not in text_of(listed.response)
    for typed in ("1", QUESTION):
        refused = await here.ann.slash(here.channel, "poll show", poll=typed)
        assert refused.ephemeral
        assert "This server has no such poll" in text_of(refused.response)
    assert await offered(here, here.ann, "poll show") == []
    card = await here.ann.slash(here.channel, "issue", name="Security")
    assert OPEN_POLLS not in text_of(card.response)


async def test_who_may_view_the_channel_is_told_privately_where_others_read(
    here: World, closet: ChannelHandle
) -> None:
    await asked_in(here, closet)
    listed = await here.ben.slash(here.channel, "poll list")
    assert QUESTION in text_of(listed.response)
    assert any(QUESTION in name for name in await offered(here, here.ben, "poll show"))
    elsewhere = await here.ben.slash(here.channel, "poll show", poll="1")
    assert elsewhere.ephemeral
    assert QUESTION in text_of(elsewhere.response)
    there = await here.ben.slash(closet, "poll show", poll="1")
    assert not there.ephemeral


async def test_a_public_card_tells_of_the_poll_only_where_all_who_read_it_may_know(
    here: World, closet: ChannelHandle
) -> None:
    await asked_in(here, closet)
    public = await here.ben.slash(here.channel, "issue", name="Security")
    assert OPEN_POLLS not in text_of(public.response)
    private = await here.ben.click(public.response, label="Keep private")
    assert OPEN_POLLS in text_of(private.followups[0])
    there = await here.ben.slash(closet, "issue", name="Security")
    assert OPEN_POLLS in text_of(there.response)


async def test_a_poll_that_all_may_view_is_told_everywhere(here: World) -> None:
    await open_poll(here)
    listed = await here.ann.slash(here.channel, "poll list")
    assert QUESTION in text_of(listed.response)
    shown = await here.ann.slash(here.channel, "poll show", poll="1")
    assert not shown.ephemeral
    card = await here.ann.slash(here.channel, "issue", name="Security")
    assert OPEN_POLLS in text_of(card.response)


async def test_where_members_get_in_by_a_role_they_are_still_told_of_each_others_channels(
    here: World,
) -> None:
    verified = here.guild.create_role("Verified")
    one, two = [await add_private_channel(here, name, verified) for name in ("one", "two")]
    inner = await add_private_channel(here, "inner", here.moderators)
    member = here.guild.add_member(here.env.create_user("vera"), roles=[verified])
    boss = here.guild.add_member(here.env.create_user("boss"), roles=[verified, here.moderators])
    await here.env.settle()
    await boss.slash(one, "poll open", outcome=OUTCOME)
    shown = await member.slash(two, "poll show", poll="1")
    assert not shown.ephemeral
    assert QUESTION in text_of(shown.response)
    told = await boss.slash(inner, "poll show", poll="1")
    assert told.ephemeral


async def test_a_poll_in_a_thread_is_known_to_who_may_view_its_channel_though_it_rests(
    here: World, closet: ChannelHandle
) -> None:
    for place in (here.channel, closet):
        channel = here.bot.get_channel(place.id)
        assert isinstance(channel, discord.TextChannel)
        thread = await channel.create_thread(name="talk", type=discord.ChannelType.public_thread)
        await here.env.settle()
        poll = await here.mod.slash(place.threads[-1], "poll open", outcome=OUTCOME)
        assert "is open" in text_of(poll.response)
        async with here.database.read() as session:
            (found,) = await polls.open_polls(session, make_viewer(1, here.guild.id))
        assert (found.channel_id, found.audience_id) == (thread.id, place.id)
        await thread.edit(archived=True)
        await here.env.settle()
        listed = await here.ann.slash(here.channel, "poll list")
        assert (f"/{thread.id}/" in text_of(listed.response)) == (place is here.channel)
        await rule_on_poll(here, ActionKind.ANNUL, found.id)


async def test_a_poll_whose_channel_is_gone_is_known_to_moderators_alone(
    here: World, closet: ChannelHandle
) -> None:
    await asked_in(here, closet)
    channel = here.bot.get_channel(closet.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.delete()
    await here.env.settle()
    assert QUESTION not in text_of((await here.ben.slash(here.channel, "poll list")).response)
    assert QUESTION in text_of((await here.mod.slash(here.channel, "poll list")).response)


async def test_only_the_channels_that_polls_are_in_are_looked_at(
    here: World, closet: ChannelHandle, monkeypatch: pytest.MonkeyPatch
) -> None:
    await asked_in(here, closet)
    for number in range(20):
        here.guild.create_text_channel(f"other-{number}")
    await here.env.settle()
    look, looked_at = discord.TextChannel.permissions_for, []

    def permissions_for(channel: discord.TextChannel, who: Any) -> discord.Permissions:
        looked_at.append(channel.id)
        return look(channel, who)

    monkeypatch.setattr(discord.TextChannel, "permissions_for", permissions_for)
    assert len(await offered(here, here.ben, "poll show")) == 1
    assert set(looked_at) == {closet.id}
    await here.ben.slash(here.channel, "issue", name="Security")
    assert set(looked_at) == {closet.id, here.channel.id}


async def test_a_poll_of_a_closed_channel_surprises_nobody_outside(
    here: World, closet: ChannelHandle
) -> None:
    message = await asked_in(here, closet)
    for voter in (here.mod, here.ben):
        await voter.click(message, label="5%")
    third = here.guild.add_member(here.env.create_user("third"), roles=[here.moderators])
    await third.click(message, label="5%")
    await resolve_poll(here, "1", "Yes")
    outside = await here.ben.slash(here.channel, "forecast surprises")
    assert QUESTION not in text_of(outside.response)
    inside = await here.ben.slash(closet, "forecast surprises")
    assert QUESTION in text_of(inside.response)


@pytest.mark.parametrize("command", ["close", "extend", "resolve", "annul", "unresolve", "export"])
async def test_a_moderator_does_nothing_to_a_poll_in_a_channel_that_they_may_not_view(
    here: World, command: str
) -> None:
    secret = await add_private_channel(here, "secret", here.ben)
    poll = await make_poll(
        here.bot.services,
        make_question(asks=QUESTION),
        by=make_viewer(1, here.guild.id, manage_messages=True),
        channel_id=secret.id,
    )
    more = {
        "extend": {"by": "1 day"},
        "resolve": {"result": "Yes"},
        "annul": {"reason": "Unclear."},
        "unresolve": {"reason": "Unclear."},
    }
    result = await here.mod.slash(
        here.channel, f"poll {command}", poll=str(poll.id), **more.get(command, {})
    )
    assert result.ephemeral
    assert "This server has no such poll" in text_of(result.response)
