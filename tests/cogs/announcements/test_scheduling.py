from datetime import UTC, datetime, timedelta

import discord
import pytest

from tests.sim.announcements import (
    PNG,
    announcement_jobs,
    announcement_parts,
    announcement_states,
    announcements_in,
    fill_announcement,
    set_time,
    stored_announcements,
    stored_log,
    write_announcement,
)
from tests.sim.messages import (
    components,
    direct_messages,
    labels_of,
    press,
    stored_message,
    text_of,
)
from tests.sim.server import World, add_moderator, change_settings

pytestmark = pytest.mark.on_both

HOUR = 3600


async def scheduled(here: World, when: str = "in 2 hours", **typed: str) -> str:
    """Schedule an announcement as the moderator; returns what was said about it."""
    preview = await write_announcement(here, "announce schedule", when=when, **typed)
    await press(here, preview, "Schedule")
    return text_of(preview.response)


async def test_a_scheduled_announcement_is_posted_at_its_time_and_not_before(here: World) -> None:
    start = here.env.now()
    said = await scheduled(here)
    due = int((start + timedelta(hours=2)).timestamp())
    assert f"<t:{due}:F> (<t:{due}:R>)" in said
    assert await announcement_states(here) == ["scheduled"]
    await here.env.advance_time(2 * HOUR - 1)
    assert here.channel.last_message is None
    await here.env.advance_time(1)
    assert await announcement_states(here) == ["posted"]
    assert "late" not in text_of(here.channel.last_message)
    assert [act for _, act, _ in await stored_log(here)] == [
        "scheduled an announcement",
        "posted an announcement",
    ]


async def test_the_time_is_read_in_the_servers_zone_and_shown_in_the_readers(
    here: World,
) -> None:
    await change_settings(here, zone="Asia/Seoul")
    preview = await write_announcement(here, "announce schedule", when="2026-02-01 09:00")
    at = datetime(2026, 2, 1, 0, 0, tzinfo=UTC)
    assert f"<t:{int(at.timestamp())}:F>" in text_of(preview.response)


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("yesterday", "is in the past"),
        ("2025-12-31 23:00", "is in the past"),
        ("whenever it suits", "is not a time I can read"),
        ("in 3 years", "too far ahead"),
        ("Friday at 6", "leaves open what 6 stands for"),
        ("tomorrow 25:00", "no clock shows"),
        ("4/3/2026", "Write 2026-03-04 18:00 or 4 March 18:00"),
    ],
)
async def test_a_time_that_cannot_be_is_refused_in_a_sentence(
    here: World, when: str, said: str
) -> None:
    result = await here.mod.slash(here.channel, "announce schedule", when=when)
    assert result.modal is None
    assert result.ephemeral
    assert said in text_of(result.response)
    preview = await write_announcement(here)
    refused = await set_time(here, preview, when)
    assert said in text_of(refused.response if refused.response else refused.followups[0])
    assert [row.post_at for row in await stored_announcements(here)] == [None]


async def test_a_time_that_goes_by_while_the_preview_is_open_is_not_posted_by_surprise(
    here: World,
) -> None:
    preview = await write_announcement(here, "announce schedule", when="in 10 minutes")
    await here.env.advance_time(700)
    result = await press(here, preview, "Schedule")
    assert "is past" in text_of(result.followups[0])
    assert here.channel.last_message is None
    await set_time(here, preview, "")
    await press(here, preview, "Post")
    assert len(announcements_in(here)) == 1


async def test_a_scheduled_announcement_survives_a_restart_with_its_picture(here: World) -> None:
    preview = await write_announcement(
        here, "announce schedule", when="in 2 hours", picture=("a.png", PNG)
    )
    await here.restart()
    await press(here, preview, "Schedule")
    await here.restart()
    await here.env.advance_time(2 * HOUR)
    (posted,) = announcements_in(here)
    assert len(stored_message(here, posted).attachments) == 1
    assert "late" not in text_of(posted)


async def test_what_fell_due_while_the_bot_was_away_is_posted_and_called_late(
    here: World,
) -> None:
    await scheduled(here)
    await _away(here, 5 * HOUR)
    (posted,) = announcements_in(here)
    due = (await stored_announcements(here))[0].post_at
    assert due is not None
    assert f"Posted late: it was due <t:{int(due.timestamp())}:f>" in text_of(posted)
    assert "Late: it was due" in (await stored_log(here))[-1][2]
    assert (await stored_announcements(here))[0].late is True


async def test_what_fell_due_more_than_a_day_ago_is_not_posted_but_told(here: World) -> None:
    await scheduled(here)
    await _away(here, 27 * HOUR)
    assert here.channel.last_message is None
    assert await announcement_states(here) == ["failed"]
    (told,) = direct_messages(here, here.mod)
    assert "Doors open at nine" in told
    assert "more than 24 hours ago" in told
    form = await here.mod.slash(here.channel, "announce edit", announcement="Doors")
    preview = await fill_announcement(here.mod, form)
    await press(here, preview, "Post")
    assert len(announcements_in(here)) == 1
    assert "late" not in text_of(announcements_in(here)[0])


async def _away(here: World, seconds: float) -> None:
    """Let time pass with no bot there, and start one."""
    await here.bot.services.scheduler.stop()
    await here.env.advance_time(seconds)
    await here.restart()
    await here.env.settle()


async def test_a_draft_can_be_given_a_time_and_lose_it_again(here: World) -> None:
    preview = await write_announcement(here)
    await set_time(here, preview, "tomorrow 18:00")
    assert "Schedule" in labels_of(preview.response)
    assert f"<t:{int(datetime(2026, 1, 2, 18, tzinfo=UTC).timestamp())}:F>" in text_of(
        preview.response
    )
    await set_time(here, preview, "")
    assert "Post" in labels_of(preview.response)


async def test_an_edit_takes_effect_only_once_it_is_confirmed(here: World) -> None:
    await scheduled(here)
    edit = await write_announcement(
        here, "announce edit", announcement="Doors", text="At ten instead."
    )
    assert "stays as it was" in text_of(edit.response)
    assert "At ten instead." in text_of(edit.response)
    before = await here.mod.slash(here.channel, "announce show", announcement="1")
    assert "opens early" in text_of(before.response)
    await set_time(here, edit, "in 5 hours")
    await press(here, edit, "Schedule")
    assert await announcement_jobs(here) == [("announcement.post", "1", "waiting")]
    await here.env.advance_time(3 * HOUR)
    assert here.channel.last_message is None
    await here.env.advance_time(2 * HOUR)
    (posted,) = announcements_in(here)
    assert "At ten instead." in text_of(posted)
    assert (here.mod.id, "changed an announcement") in [
        (who, act) for who, act, _ in await stored_log(here)
    ]


async def test_an_edit_that_is_never_confirmed_changes_nothing(here: World) -> None:
    await scheduled(here)
    await write_announcement(here, "announce edit", announcement="Doors", text="At ten instead.")
    await here.env.advance_time(2 * HOUR)
    (posted,) = announcements_in(here)
    assert "opens early" in text_of(posted)


async def test_an_edit_confirmed_after_the_posting_is_refused(here: World) -> None:
    await scheduled(here)
    edit = await write_announcement(
        here, "announce edit", announcement="Doors", text="At ten instead."
    )
    await set_time(here, edit, "in 5 hours")
    await here.env.advance_time(2 * HOUR)
    result = await press(here, edit, "Schedule")
    assert "already posted" in text_of(result.followups[0])
    assert len(announcements_in(here)) == 1


async def test_another_moderator_may_edit_and_the_author_stays_and_both_are_logged(
    here: World,
) -> None:
    await scheduled(here)
    nora = add_moderator(here)
    edit = await write_announcement(
        here, "announce edit", nora, announcement="Doors", text="At ten instead."
    )
    previewed = announcement_parts(stored_message(here, edit.response))
    await press(here, edit, "Schedule", nora)
    await here.env.advance_time(2 * HOUR)
    (posted,) = announcements_in(here)
    assert f"Announced by <@{here.mod.id}>, changed by <@{nora.id}>" in text_of(posted)
    assert announcement_parts(stored_message(here, posted)) == previewed
    who, act, detail = (await stored_log(here))[-1]
    assert (who, act) == (here.mod.id, "posted an announcement")
    assert f"Changed by <@{nora.id}>" in detail


async def test_a_cancelled_announcement_is_never_posted(here: World) -> None:
    await scheduled(here)
    asked = await here.mod.slash(here.channel, "announce cancel", announcement="Doors")
    assert asked.ephemeral
    assert "Nothing is done until you confirm" in text_of(asked.response)
    assert await announcement_states(here) == ["scheduled"]
    await press(here, asked, "Cancel the announcement")
    await here.restart()
    await here.env.advance_time(3 * HOUR)
    assert here.channel.last_message is None
    assert await announcement_states(here) == ["cancelled"]
    assert (await stored_log(here))[-1][:2] == (here.mod.id, "cancelled an announcement")


async def test_what_is_posted_can_be_neither_edited_nor_cancelled(here: World) -> None:
    preview = await write_announcement(here)
    await press(here, preview, "Post")
    for command in ("announce edit", "announce cancel"):
        result = await here.mod.slash(here.channel, command, announcement="Doors")
        assert result.modal is None
        assert result.ephemeral
        assert "already posted" in text_of(result.response)


async def test_lists_show_what_needs_somebody_first_and_link_what_is_posted(here: World) -> None:
    preview = await write_announcement(here, title="Old news")
    await press(here, preview, "Post")
    await scheduled(here, title="Soon news")
    await write_announcement(here, title="Half a thought")
    result = await here.mod.slash(here.channel, "announce list")
    assert result.ephemeral
    text = text_of(result.response)
    assert text.index("Your drafts") < text.index("Half a thought")
    assert text.index("Half a thought") < text.index("Scheduled") < text.index("Soon news")
    assert f"[Old news]({announcements_in(here)[0].jump_url})" in text


async def test_long_lists_have_pages(here: World) -> None:
    for number in range(30):
        await write_announcement(here, title=f"Draft number {number}")
    listed = await here.mod.slash(here.channel, "announce list")
    assert "Draft number 29" in text_of(listed.response)
    assert "Draft number 0**" not in text_of(listed.response)
    await press(here, listed, "▶")
    assert "Draft number 0**" in text_of(listed.response)
    assert "Draft number 29" not in text_of(listed.response)


async def test_titles_complete_what_is_typed_and_only_where_it_makes_sense(here: World) -> None:
    preview = await write_announcement(here, title="Old news")
    await press(here, preview, "Post")
    await scheduled(here, title="Soon news")
    for command, expected in (
        ("announce show", ["Soon news · scheduled", "Old news · posted"]),
        ("announce edit", ["Soon news · scheduled"]),
        ("announce cancel", ["Soon news · scheduled"]),
        ("announce correct", ["Old news · posted"]),
    ):
        found = await here.mod.autocomplete(here.channel, command, "announcement", "nws")
        assert [choice["name"] for choice in found] == expected  # type: ignore[index]
    when = await here.mod.autocomplete(here.channel, "announce schedule", "when", "tom")
    assert "tomorrow 9:00" in [choice["name"] for choice in when]  # type: ignore[index]


async def test_a_scheduled_announcement_for_a_channel_that_is_deleted_is_told_to_its_author(
    here: World,
) -> None:
    place = here.guild.create_text_channel("soon-gone")
    await change_settings(here, announcement_channel=place.id)
    await scheduled(here)
    channel = here.bot.get_channel(place.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.delete()
    await here.env.advance_time(2 * HOUR)
    assert await announcement_states(here) == ["failed"]
    (told,) = direct_messages(here, here.mod)
    assert "no longer exists" in told
    assert "/announce edit" in told


@pytest.mark.parametrize("lost", ["role", "right"])
async def test_a_ping_that_reaches_nobody_any_more_is_told_and_the_rest_is_posted(
    here: World, lost: str
) -> None:
    boss = here.guild.create_role(
        "Boss", permissions=discord.Permissions(manage_messages=True, mention_everyone=True)
    )
    chief = here.guild.add_member(here.env.create_user("boss"), roles=[boss])
    news = here.guild.create_role("News")
    await here.env.settle()
    preview = await write_announcement(here, "announce schedule", chief, when="in 1 hour")
    menu = next(
        node["custom_id"]
        for node in components(preview.response)
        if str(node.get("custom_id", "")).startswith("announce:role:")
    )
    await chief.select(preview.response, [news], custom_id=menu)  # type: ignore[arg-type]
    await press(here, preview, "Schedule", chief)
    channel = here.bot.get_channel(here.channel.id)
    assert isinstance(channel, discord.TextChannel)
    if lost == "role":
        role = channel.guild.get_role(news.id)
        assert role is not None
        await role.delete()
    else:
        await channel.set_permissions(channel.guild.me, mention_everyone=False)
    await here.env.advance_time(HOUR + 1)
    (posted,) = announcements_in(here)
    assert (f"<@&{news.id}>" in text_of(posted)) == (lost == "right")
    (told,) = direct_messages(here, chief)
    assert "so nobody was pinged" in told
    who, act, detail = (await stored_log(here))[-1]
    assert (who, act) == (chief.id, "posted an announcement")
    assert "so nobody was pinged" in detail


async def test_a_change_that_came_between_is_not_undone_by_an_older_one(here: World) -> None:
    await scheduled(here)
    nora = add_moderator(here)
    mine = await write_announcement(here, "announce edit", announcement="Doors", text="At ten.")
    hers = await write_announcement(
        here, "announce edit", nora, announcement="1", title="Doors at nine"
    )
    await press(here, mine, "Schedule")
    refused = await press(here, hers, "Schedule", nora)
    assert f"<@{here.mod.id}> has changed this announcement since" in text_of(refused.followups[0])
    await here.env.advance_time(2 * HOUR)
    (posted,) = announcements_in(here)
    assert "## Doors open at nine\nAt ten." in text_of(posted)
    assert [(row.state, row.title) for row in await stored_announcements(here)][1:] == [
        ("draft", "Doors at nine")
    ]
