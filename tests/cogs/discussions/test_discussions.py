"""What a moderator opens with /discuss, what members find there, and who may not open any."""

from typing import Any

import discord
import pytest
from sqlalchemy import select

from bot.modlog.tables import ModlogRow
from tests.sim.discussions import (
    OPENING_MESSAGES,
    discuss,
    start_discussion,
    stored_discussions,
    texts_in,
)
from tests.sim.messages import components, private_answers, text_of, use_forged_control
from tests.sim.polls import open_poll
from tests.sim.server import World

pytestmark = pytest.mark.on_both


def menu_of(message: Any) -> dict[str, Any]:
    return dict(next(node for node in components(message) if node.get("type") == 3))


async def test_a_discussion_opens_with_the_matter_and_every_side(here: World) -> None:
    thread = await start_discussion(here)
    assert thread.name == "Harbour dues"
    matter, sides = texts_in(thread)
    assert "Harbour dues divides the two ports.\n-# fact · §1" in matter
    questions = [line for line in matter.splitlines() if line[:3] in ("1. ", "2. ", "3. ")]
    assert len(questions) == 3
    assert questions[0] == "1. What would settle harbour dues?"
    assert "Ground rules" in matter
    assert "takes no side" in matter
    for who, said in (
        ("Ada Berg", "**Stance** · Dues must fall.\n-# stated by Ada Berg · §2"),
        ("Ada Berg", "**Wants** · Half the dues.\n-# stated by Ada Berg · §2"),
        ("Ada Berg", "**Fears** · War."),
        ("Bo Lind", "**Wants** · Dues must stay.\n-# stated by Bo Lind · §2"),
        ("Bo Lind", "**Offers** · A rebate."),
    ):
        heading = sides.index(f"### {who}")
        assert sides.find(said) > heading
    assert "records no position of North Port, South Port and The gulls" in sides
    assert "Sources: §2 What was said" in sides


async def test_nothing_in_an_opening_pings_and_every_message_has_its_nonce(here: World) -> None:
    thread = await start_discussion(here)
    sent = [
        request.json
        for request in here.env.http_requests
        if request.method == "POST" and request.path.endswith(f"/{thread.id}/messages")
    ]
    assert len(sent) == OPENING_MESSAGES
    assert all(body["allowed_mentions"] == {"parse": []} for body in sent)
    assert [body["nonce"] for body in sent] == ["discuss-1-0", "discuss-1-1"]
    assert all(body["enforce_nonce"] for body in sent)


async def test_opening_is_on_record_with_who_and_where(here: World) -> None:
    thread = await start_discussion(here)
    async with here.database.read() as session:
        (entry,) = await session.scalars(select(ModlogRow))
    assert (entry.by, entry.act, entry.subject) == (
        here.mod.id,
        "opened a discussion",
        "Harbour dues",
    )
    assert entry.url == f"https://discord.com/channels/{here.guild.id}/{thread.id}"


async def test_a_button_gives_a_member_any_actors_position_privately_in_the_thread(
    here: World,
) -> None:
    thread = await start_discussion(here)
    first = thread.history()[0]
    before = len(thread.history())
    asked = await here.ann.click(first, label="Read an actor's position")
    assert asked.ephemeral
    options = {option["label"]: option["value"] for option in menu_of(asked.response)["options"]}
    assert list(options) == ["Ada Berg", "Bo Lind", "North Port", "South Port", "The gulls"]
    await here.ann.select(asked.response, [options["Bo Lind"]])
    assert "Dues must stay." in text_of(asked.response)

    asked = await here.ben.click(first, label="Read an actor's position")
    await here.ben.select(asked.response, [options["The gulls"]])
    assert "records no position of **The gulls**" in text_of(asked.response)
    public = [message for message in thread.history() if not message.flags.ephemeral]
    assert len(public) == before


async def test_the_button_of_positions_works_after_a_restart(here: World) -> None:
    thread = await start_discussion(here)
    await here.restart()
    asked = await here.ann.click(thread.history()[0], label="Read an actor's position")
    await here.ann.select(asked.response, [menu_of(asked.response)["options"][0]["value"]])
    assert "Dues must fall." in text_of(asked.response)


async def test_a_button_of_an_issue_that_the_pack_has_no_more_says_so(here: World) -> None:
    result = await use_forged_control(here, here.ann, here.channel, "discuss:positions:v1:AAAAAAAA")
    assert "no longer" in private_answers(result)


async def test_members_cannot_open_one(here: World) -> None:
    result = await here.ann.slash(here.channel, "discuss", issue="dues")
    assert result.ephemeral
    assert "is for moderators" in text_of(result.response)
    assert here.channel.threads == []
    assert await stored_discussions(here) == []


@pytest.mark.parametrize(
    ("permission", "label"),
    [
        ("send_messages", "Send Messages"),
        ("create_public_threads", "Create Public Threads"),
        ("send_messages_in_threads", "Send Messages in Threads"),
    ],
)
async def test_a_moderator_opens_nothing_where_they_may_open_no_thread_themselves(
    here: World, permission: str, label: str
) -> None:
    deny = discord.PermissionOverwrite(**{permission: False})
    place = here.guild.create_text_channel("closed", overwrites={here.mod: deny})
    result = await discuss(here, channel=place)
    said = text_of(result.response)
    assert f"cannot open a discussion in <#{place.id}>, because you lack **{label}** there" in said
    assert place.threads == []
    assert await stored_discussions(here) == []


async def test_an_issue_that_does_not_exist_is_answered_with_the_nearest(here: World) -> None:
    result = await discuss(here, "zzzz")
    assert "There is no issue called `zzzz`" in text_of(result.response)
    offered = await here.mod.autocomplete(here.channel, "discuss", "issue", "fees")
    assert [choice["name"] for choice in offered] == ["Harbour dues"]


@pytest.mark.parametrize(
    ("permission", "label"),
    [
        ("create_public_threads", "Create Public Threads"),
        ("send_messages_in_threads", "Send Messages in Threads"),
    ],
)
async def test_a_missing_permission_is_one_private_sentence(
    here: World, permission: str, label: str
) -> None:
    deny = discord.PermissionOverwrite(**{permission: False})
    assert here.bot.user is not None
    place = here.guild.create_text_channel("narrow", overwrites={here.bot.user: deny})
    result = await discuss(here, channel=place)
    assert f"**{label}**" in text_of(result.response)
    assert "nothing was posted" in text_of(result.response)
    assert await stored_discussions(here) == []
    assert await start_discussion(here) is not None


async def test_in_a_voice_channel_nothing_can_be_opened(here: World) -> None:
    voice = here.guild.create_voice_channel("stage")
    result = await here.mod.slash(voice, "discuss", issue="dues")
    assert result.ephemeral
    assert "text channel or in a forum" in text_of(result.response)


async def test_in_a_thread_the_discussion_opens_beside_it(here: World) -> None:
    first = await start_discussion(here)
    result = await here.mod.slash(first, "discuss", issue="dredging")
    assert "is open" in text_of(result.response)
    assert [thread.name for thread in here.channel.threads] == ["Harbour dues", "Dredging"]


async def test_the_polls_on_the_issue_are_shown_as_everybody_may_see_them(here: World) -> None:
    seen = await open_poll(here, "dues-rate")
    await here.ann.click(seen, label="One")
    hidden = await open_poll(here, "dues-cut", hide_results="until_close")
    for member in here.members(4):
        await member.click(hidden, label="95%")
    await open_poll(here, "channel")
    thread = await start_discussion(here)
    polls = texts_in(thread)[OPENING_MESSAGES]
    assert f"[Which rate will be agreed?]({seen.jump_url})" in polls
    assert "One\n██████████ **100%** · 1" in polls
    assert "**4 forecasts**\n-# Results are hidden until the poll closes." in polls
    assert "95%" not in polls
    assert "Will a joint channel survey" not in polls


async def test_the_issues_card_leads_to_its_open_discussion(here: World) -> None:
    before = await here.ann.slash(here.channel, "issue", name="dues")
    assert "Open discussion" not in text_of(before.response)
    thread = await start_discussion(here)
    url = f"https://discord.com/channels/{here.guild.id}/{thread.id}"
    assert url in text_of((await here.ann.slash(here.channel, "issue", name="dues")).response)
    here.env.backend.edit_channel(thread.id, {}, thread_metadata={"archived": True})
    await here.env.settle()
    after = await here.ann.slash(here.channel, "issue", name="dues")
    assert url not in text_of(after.response)


async def test_two_servers_do_not_see_each_others_discussions(here: World) -> None:
    there = here.env.create_guild("Elsewhere")
    place = there.create_text_channel("talk")
    powers = discord.Permissions(manage_messages=True)
    other = there.add_member(
        here.env.create_user("otto"), roles=[there.create_role("M", permissions=powers)]
    )
    await here.env.settle()
    mine = await start_discussion(here)
    card = await other.slash(place, "issue", name="dues")
    assert str(mine.id) not in text_of(card.response)
    result = await other.slash(place, "discuss", issue="dues")
    (theirs,) = place.threads
    assert f"/{there.id}/{theirs.id}" in text_of(result.response)
    assert str(mine.id) not in text_of(result.response)
    assert sorted(await stored_discussions(here)) == sorted(
        [(mine.id, "open"), (theirs.id, "open")]
    )
