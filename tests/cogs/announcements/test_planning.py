from datetime import UTC, datetime, time
from typing import Any

import discord
import pytest
from simcord.actors import MemberActor
from simcord.builders import RoleHandle

from bot.access import SYSTEM
from bot.subscriptions.model import Topic
from cogs.subscriptions.views import panel_view
from tests.sim.announcements import (
    PNG,
    announcement_states,
    announcements_in,
    choose_in_preview,
    set_time,
    stored_announcements,
    write_announcement,
)
from tests.sim.messages import (
    components,
    direct_messages,
    labels_of,
    post_requests,
    press,
    private_answers,
    stored_message,
    text_of,
)
from tests.sim.polls import approval_question, close_poll, open_poll, post_poll
from tests.sim.server import World, add_private_channel, change_settings


def role_of(here: World, people: int, *, mentionable: bool = True) -> RoleHandle:
    """A role that so many new members have."""
    role = here.guild.create_role("News", mentionable=mentionable)
    for number in range(people):
        here.guild.add_member(here.env.create_user(f"reader{number}"), roles=[role])
    return role


async def deny_bot(here: World, **rights: bool) -> None:
    """Take rights from the bot, which has all, in the usual channel."""
    channel = here.bot.get_channel(here.channel.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.set_permissions(channel.guild.me, **rights)
    await here.env.settle()


async def test_the_chosen_role_is_pinged_and_nobody_else_whatever_the_text_says(
    here: World,
) -> None:
    role = role_of(here, 3)
    other = here.guild.create_role("Others", mentionable=True)
    preview = await write_announcement(
        here, text=f"@everyone @here <@&{other.id}> <@{here.ann.id}>"
    )
    await choose_in_preview(here, preview, "role", role)
    assert f"pings <@&{role.id}>, which is about 3 people" in text_of(preview.response)
    await press(here, preview, "Post")
    (request,) = post_requests(here, here.channel.id)
    assert request["allowed_mentions"] == {"parse": [], "roles": [role.id]}


async def test_nothing_but_the_posted_message_can_ping(here: World) -> None:
    await change_settings(here, second_approval=True)
    preview = await write_announcement(here)
    await choose_in_preview(here, preview, "role", role_of(here, 1))
    await press(here, preview, "Ask for approval")
    (request,) = post_requests(here, here.channel.id)
    assert request["allowed_mentions"] == {"parse": []}
    for call in here.env.http_requests:
        asked = (call.json or {}).get("allowed_mentions") if isinstance(call.json, dict) else None
        assert asked in (None, {"parse": []})


async def test_everyone_is_pinged_only_by_who_may_and_counted_with_the_server(
    here: World,
) -> None:
    everyone = here.guild.default_role
    preview = await write_announcement(here)
    await choose_in_preview(here, preview, "role", everyone)
    assert "You may not ping @everyone yourself" in text_of(preview.response)
    here.guild.add_member(
        boss := here.env.create_user("boss"),
        roles=[
            here.guild.create_role(
                "Boss",
                permissions=discord.Permissions(manage_messages=True, mention_everyone=True),
            )
        ],
    )
    chief = MemberActor(here.env, here.guild, boss)
    mine = await write_announcement(here, "announce post", chief)
    menu = next(
        node["custom_id"]
        for node in components(mine.response)
        if str(node.get("custom_id", "")).startswith("announce:role:")
    )
    await chief.select(mine.response, [everyone], custom_id=menu)  # type: ignore[arg-type]
    assert text_of(mine.response).startswith("@everyone\n")
    assert "It pings @everyone, which is about" in text_of(mine.response)
    assert "reaches many" in text_of(mine.response)
    await press(here, mine, "Post", chief)
    assert post_requests(here, here.channel.id)[-1]["allowed_mentions"] == {"parse": ["everyone"]}


async def test_the_bot_lends_nobody_its_right_to_ping_a_role(here: World) -> None:
    role = role_of(here, 1, mentionable=False)
    preview = await write_announcement(here)
    await choose_in_preview(here, preview, "role", role)
    assert f"You may not ping <@&{role.id}> yourself" in text_of(preview.response)
    result = await press(here, preview, "Post")
    assert f"You may not ping <@&{role.id}> yourself" in text_of(result.followups[0])
    assert here.channel.last_message is None
    assert await announcement_states(here) == ["draft"]


async def test_a_role_that_members_subscribed_by_can_be_pinged_by_every_moderator(
    here: World,
) -> None:
    await here.bot.get_partial_messageable(here.channel.id).send(view=panel_view())
    await here.ann.click(here.channel.last_message, label="News")  # type: ignore[arg-type]
    role = (await here.bot.services.subscriptions.roles(SYSTEM, here.guild.id))[Topic.NEWS]
    preview = await write_announcement(here)
    await choose_in_preview(here, preview, "role", here.guild.roles["Summit news"])
    assert f"It pings <@&{role}>, which is about 1 person" in text_of(preview.response)
    assert "You may not ping" not in text_of(preview.response)
    await press(here, preview, "Post")
    assert post_requests(here, here.channel.id)[-1]["allowed_mentions"] == {
        "parse": [],
        "roles": [role],
    }


async def test_a_ping_of_many_is_warned_of_and_of_few_is_not(here: World) -> None:
    here.members(97)
    small, large = role_of(here, 2), here.guild.create_role("All", mentionable=True)
    for number in range(100):
        here.guild.add_member(here.env.create_user(f"many{number}"), roles=[large])
    await here.restart()  # simcord tells how many members there are as the bot connects
    preview = await write_announcement(here)
    await choose_in_preview(here, preview, "role", large)
    assert "about 100 people" in text_of(preview.response)
    assert "The ping reaches many, 49% of this server." in text_of(preview.response)
    await choose_in_preview(here, preview, "role", small)
    assert "reaches many" not in text_of(preview.response)


async def test_a_reach_that_discord_does_not_tell_is_called_unknown(here: World) -> None:
    here.env.inject_error("GET", "/guilds/*/roles/member-counts", status=403, code=50013)
    preview = await write_announcement(here)
    await choose_in_preview(here, preview, "role", role_of(here, 2))
    assert "I cannot count how many people the ping reaches" in text_of(preview.response)
    assert "Post" in labels_of(preview.response)


async def test_a_bot_that_may_not_ping_says_so(here: World) -> None:
    role = role_of(here, 1, mentionable=False)
    boss = here.guild.create_role(
        "Boss", permissions=discord.Permissions(manage_messages=True, mention_everyone=True)
    )
    chief = here.guild.add_member(here.env.create_user("boss"), roles=[boss])
    await deny_bot(here, mention_everyone=False)
    preview = await write_announcement(here, "announce post", chief)
    menu = next(
        node["custom_id"]
        for node in components(preview.response)
        if str(node.get("custom_id", "")).startswith("announce:role:")
    )
    await chief.select(preview.response, [role], custom_id=menu)  # type: ignore[arg-type]
    assert f"I may not ping <@&{role.id}>" in text_of(preview.response)


@pytest.mark.parametrize(
    ("rights", "said", "blocked"),
    [
        ({"send_messages": False}, "I may not post in", True),
        ({"attach_files": False}, "I may not post pictures in", True),
        ({"read_message_history": False}, "I may not read the history of", False),
    ],
)
async def test_what_the_bot_may_not_do_is_said_before_anything_is_posted(
    here: World, rights: dict[str, bool], said: str, blocked: bool
) -> None:
    await deny_bot(here, **rights)
    preview = await write_announcement(here, picture=("a.png", PNG))
    assert said in text_of(preview.response)
    result = await press(here, preview, "Post")
    assert (here.channel.last_message is None) is blocked
    if blocked:
        assert said in text_of(result.followups[0])
        await deny_bot(here, **dict.fromkeys(rights, True))
        await press(here, preview, "Post")
    assert len(announcements_in(here)) == 1


async def test_quiet_hours_are_warned_of_when_it_would_be_posted_in_them(here: World) -> None:
    await change_settings(here, zone="Asia/Seoul", quiet_from=time(22), quiet_until=time(7))
    in_them = await write_announcement(here, "announce schedule", when="2026-03-01 23:30")
    after = await write_announcement(here, "announce schedule", when="2026-03-02 07:00")
    assert "quiet hours" in text_of(in_them.response)
    assert "quiet hours" not in text_of(after.response)
    assert "Schedule" in labels_of(in_them.response)


async def test_the_servers_channel_for_announcements_is_the_usual_one(here: World) -> None:
    place = here.guild.create_text_channel("announcements")
    await change_settings(here, announcement_channel=place.id)
    preview = await write_announcement(here)
    assert f"what <#{place.id}> will get" in text_of(preview.response)
    await press(here, preview, "Post")
    assert "Doors open" in text_of(place.last_message)
    assert here.channel.last_message is None


async def test_publishing_is_offered_in_announcement_channels_only_and_done_when_asked_for(
    here: World,
) -> None:
    news = here.guild.create_news_channel("news")
    preview = await write_announcement(here)
    assert "Publish to followers" not in labels_of(preview.response)
    await choose_in_preview(here, preview, "channel", news)
    await press(here, preview, "Publish to followers")
    assert "Do not publish to followers" in labels_of(preview.response)
    await press(here, preview, "Post")
    posted = news.last_message
    assert posted is not None
    crossposts = [call.path for call in here.env.http_requests if call.path.endswith("/crosspost")]
    assert crossposts == [f"/channels/{news.id}/messages/{posted.id}/crosspost"]


async def test_nothing_is_published_unless_asked_for(here: World) -> None:
    news = here.guild.create_news_channel("news")
    preview = await write_announcement(here)
    await choose_in_preview(here, preview, "channel", news)
    await press(here, preview, "Post")
    assert news.last_message is not None
    assert not any(call.path.endswith("/crosspost") for call in here.env.http_requests)


async def test_a_failure_to_publish_does_not_fail_the_post_and_is_told(here: World) -> None:
    news = here.guild.create_news_channel("news")
    preview = await write_announcement(here)
    await choose_in_preview(here, preview, "channel", news)
    await press(here, preview, "Publish to followers")
    here.env.inject_error("POST", "*/crosspost", status=403, code=50013, message="Not allowed")
    await press(here, preview, "Post")
    await here.env.settle()
    assert "Posted" in text_of(preview.response)
    assert await announcement_states(here) == ["posted"]
    (told,) = direct_messages(here, here.mod)
    assert "did not publish it to followers" in told
    shown = await here.mod.slash(here.channel, "announce show", announcement="Doors")
    assert "did not publish it to followers" in text_of(shown.response)


async def test_an_open_poll_is_attached_with_its_question_and_a_way_there(here: World) -> None:
    poll = await open_poll(here)
    for who, answer in ((here.ann, "75%"), (here.ben, "75%"), (here.mod, "50%")):
        await who.click(here.channel.last_message, label=answer)  # type: ignore[arg-type]
    preview = await write_announcement(here)
    assert "Poll:" not in text_of(preview.response)
    await choose_in_preview(here, preview, "poll", "1")
    await press(here, preview, "Post")
    posted = here.channel.last_message
    assert "**Poll:** " in text_of(posted)
    assert "The crowd says **75%** · 3 forecasts" in text_of(posted)
    (link,) = [node["url"] for node in components(posted) if node.get("type") == 2]
    assert link == poll.jump_url


async def test_an_attached_poll_shows_no_results_that_are_hidden(here: World) -> None:
    await open_poll(here, hide_results="until_close")
    for who in (here.ann, here.ben, here.mod):
        await who.click(here.channel.last_message, label="75%")  # type: ignore[arg-type]
    preview = await write_announcement(here)
    await choose_in_preview(here, preview, "poll", "1")
    assert "3 forecasts" in text_of(preview.response)
    assert "75%" not in text_of(preview.response)


async def test_a_poll_that_closes_meanwhile_is_warned_of_and_cannot_be_attached_any_more(
    here: World,
) -> None:
    await open_poll(here)
    preview = await write_announcement(here, "announce schedule", when="in 30 days")
    await choose_in_preview(here, preview, "poll", "1")
    assert "poll will be closed by then" in text_of(preview.response)
    other = await write_announcement(here)
    await close_poll(here, "1")
    taken_out = await set_time(here, preview, "in 2 hours")
    assert taken_out.acknowledged
    assert "poll will be closed by then" in text_of(preview.response)
    await choose_in_preview(here, preview, "poll")
    assert "Poll:" not in text_of(preview.response)
    result = await choose_in_preview(here, other, "poll", "1")
    assert "This poll is closed" in text_of(result.followups[0])
    assert [row.poll_id for row in await stored_announcements(here)] == [None, None]


async def test_a_poll_of_a_closed_channel_is_not_offered_for_one_that_others_read(
    here: World,
) -> None:
    closet = await add_private_channel(here, "closet", here.moderators)
    await here.mod.slash(closet, "poll open", outcome="hotline")
    await post_poll(here, approval_question())
    outside = await write_announcement(here)
    assert _offered_polls(outside.response) == ["Which ways would you accept?"]
    inside = await write_announcement(here, at=closet)
    assert len(_offered_polls(inside.response)) == 2


async def test_an_attached_poll_that_not_all_readers_may_know_of_keeps_it_from_being_posted(
    here: World,
) -> None:
    closet = await add_private_channel(here, "closet", here.moderators)
    await here.mod.slash(closet, "poll open", outcome="hotline")
    preview = await write_announcement(here, at=closet)
    await choose_in_preview(here, preview, "poll", "1")
    assert "Not all readers of" not in text_of(preview.response)
    await choose_in_preview(here, preview, "channel", here.channel)
    problem = f"Not all readers of <#{here.channel.id}> may see the channel of the attached poll."
    assert problem in text_of(preview.response)
    refused = await press(here, preview, "Post")
    assert f"{problem} Remove the poll or choose another channel." in private_answers(refused)
    assert announcements_in(here) == []
    assert await announcement_states(here) == ["draft"]
    await choose_in_preview(here, preview, "poll")
    await press(here, preview, "Post")
    assert "Poll:" not in text_of(announcements_in(here)[0])


def _offered_polls(preview: Any) -> list[str]:
    return [
        option["label"]
        for node in components(preview)
        if str(node.get("custom_id", "")).startswith("announce:poll:")
        for option in node["options"]
    ]


async def test_a_channel_that_is_gone_is_named_as_the_problem_and_another_can_be_chosen(
    here: World,
) -> None:
    place = here.guild.create_text_channel("soon-gone")
    preview = await write_announcement(here)
    await choose_in_preview(here, preview, "channel", place)
    channel = here.bot.get_channel(place.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.delete()
    result = await press(here, preview, "Post")
    assert "cannot see the channel" in text_of(result.followups[0])
    await choose_in_preview(here, preview, "channel", here.channel)
    await press(here, preview, "Post")
    assert "Doors open" in text_of(here.channel.last_message)


async def test_a_menu_with_everything_in_it_fits_into_a_message(here: World) -> None:
    """The longest text with every part and warning: Discord takes 4,000 characters."""
    await change_settings(here, quiet_from=time(0), quiet_until=time(23, 59))
    await open_poll(here)
    await deny_bot(here, read_message_history=False)
    preview = await write_announcement(
        here, title="t" * 150, text="x" * 2400, link="https://example.org", picture=("a", PNG)
    )
    await choose_in_preview(here, preview, "role", role_of(here, 50))
    await choose_in_preview(here, preview, "poll", "1")
    assert "quiet hours" in text_of(preview.response)
    seen = stored_message(here, preview.response)
    assert sum(len(n["content"]) for n in components(seen) if n.get("type") == 10) <= 4000
    await press(here, preview, "Post")
    assert "x" * 2400 in text_of(here.channel.last_message)


@pytest.mark.parametrize(
    ("zone", "when", "utc"),
    [
        ("Europe/Berlin", "2026-03-29 12:00", datetime(2026, 3, 29, 10, tzinfo=UTC)),
        ("Australia/Sydney", "2026-04-05 12:00", datetime(2026, 4, 5, 2, tzinfo=UTC)),
    ],
)
async def test_noon_is_noon_after_the_clocks_change(
    here: World, zone: str, when: str, utc: datetime
) -> None:
    await change_settings(here, zone=zone)
    await press(here, await write_announcement(here, "announce schedule", when=when), "Schedule")
    assert [row.post_at for row in await stored_announcements(here)] == [utc]
    while (left := (utc - here.env.now()).total_seconds()) > 1:
        # What is done every day must settle in between.
        await here.env.advance_time(min(left - 1, 10 * 86400))
    assert here.channel.last_message is None
    await here.env.advance_time(1)
    assert len(announcements_in(here)) == 1
