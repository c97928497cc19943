"""Discussions as posts in a forum, with the tags that fit."""

import discord
import pytest
from simcord.backend import serializers
from simcord.builders import ChannelHandle

from cogs.discussions.threads import fitting, tag_names
from tests.knowledge.making import harbor_pack
from tests.sim.discussions import (
    OPENING_MESSAGES,
    discuss,
    start_discussion,
    stored_discussions,
    texts_in,
)
from tests.sim.messages import text_of
from tests.sim.server import World


def tag(name: str, *, moderated: bool = False) -> discord.ForumTag:
    return discord.ForumTag(name=name, moderated=moderated)


async def test_a_forum_post_has_the_opening_and_the_tags_of_issue_and_actors(here: World) -> None:
    forum = here.guild.create_forum_channel("debates")
    tags = [
        {"name": name, "moderated": False, "id": str(number), "emoji_id": None, "emoji_name": None}
        for number, name in enumerate(("Sports", "bo lind", "FEES"), 901)
    ]
    here.env.backend.edit_channel(forum.id, {"available_tags": tags})
    await here.env.settle()
    post = await start_discussion(here, channel=forum)
    assert post.name == "Harbour dues"
    assert len(texts_in(post)) == OPENING_MESSAGES
    assert here.env.backend.get_channel(post.id).applied_tags == [903, 902]
    again = await discuss(here, channel=forum)
    assert f"/{post.id}" in text_of(again.response)
    assert len(forum.threads) == 1


async def test_in_a_forum_where_the_bot_may_not_post_it_says_what_it_needs(here: World) -> None:
    forum = here.guild.create_forum_channel("debates")
    assert here.bot.user is not None
    me = here.guild.me
    assert me is not None
    live = here.bot.get_channel(forum.id)
    assert isinstance(live, discord.ForumChannel)
    await live.set_permissions(me, send_messages=False)
    await here.env.settle()
    result = await discuss(here, channel=forum)
    assert "**Create Posts**" in text_of(result.response)
    assert await stored_discussions(here) == []


async def test_in_a_forum_where_the_moderator_may_not_post_nothing_is_posted_for_them(
    here: World,
) -> None:
    forum = here.guild.create_forum_channel("debates")
    live = here.bot.get_channel(forum.id)
    assert isinstance(live, discord.ForumChannel)
    mods = live.guild.get_role(here.moderators.id)
    assert mods is not None
    await live.set_permissions(mods, send_messages=False)
    await here.env.settle()
    result = await discuss(here, channel=forum)
    assert "because you lack **Create Posts** there" in text_of(result.response)
    assert forum.threads == []
    assert await stored_discussions(here) == []


async def test_a_forum_that_requires_a_tag_and_has_none_gets_no_post_until_it_has_one(
    here: World,
) -> None:
    forum = here.guild.create_forum_channel("debates")
    await here.env.settle()
    require_a_tag(here, forum)
    await here.env.settle()
    refused = await discuss(here, channel=forum)
    assert f"Posts in <#{forum.id}> need a tag" in text_of(refused.response)
    assert "nothing was posted" in text_of(refused.response)
    assert forum.threads == []
    assert await stored_discussions(here) == []
    one = {"name": "Other", "moderated": False, "id": "901", "emoji_id": None, "emoji_name": None}
    here.env.backend.edit_channel(forum.id, {"available_tags": [one]})
    await here.env.settle()
    require_a_tag(here, forum)
    await here.env.settle()
    post = await start_discussion(here, channel=forum)
    assert here.env.backend.get_channel(post.id).applied_tags == [901]


def require_a_tag(here: World, forum: ChannelHandle) -> None:
    """Tell the bot that posts there need a tag, which the simulated Discord does not know of."""
    stored = here.env.backend.get_channel(forum.id)
    payload = dict(serializers.channel_payload(here.env.backend, stored))
    required = discord.ChannelFlags(require_tag=True).value
    here.env.backend.emit("CHANNEL_UPDATE", {**payload, "flags": required})


def test_tags_are_the_issues_first_then_the_summits_then_the_actors() -> None:
    wanted = tag_names(harbor_pack(), "dues")
    tags = [tag("Bo Lind"), tag("harbor talks"), tag("Harbour Dues"), tag("South Port")]
    found = fitting(tags, wanted, moderated=False, required=False)
    assert [one.name for one in found] == ["Harbour Dues", "harbor talks", "Bo Lind"]


def test_a_post_gets_five_tags_at_most() -> None:
    names = [f"tag {number}" for number in range(8)]
    found = fitting([tag(name) for name in names], names, moderated=False, required=False)
    assert [one.name for one in found] == names[:5]


@pytest.mark.parametrize(
    ("moderated", "required", "expected"),
    [
        (False, False, []),
        (False, True, ["Other"]),
        (True, False, ["Dues"]),
        (True, True, ["Dues"]),
    ],
)
def test_tags_for_moderators_are_used_only_where_allowed(
    moderated: bool, required: bool, expected: list[str]
) -> None:
    tags = [tag("Dues", moderated=True), tag("Other")]
    found = fitting(tags, ["dues"], moderated=moderated, required=required)
    assert [one.name for one in found] == expected


def test_a_forum_that_requires_a_tag_and_has_none_to_use_gets_none() -> None:
    assert fitting([tag("Dues", moderated=True)], ["dues"], moderated=False, required=True) == []
