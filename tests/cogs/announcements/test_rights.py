"""Every /announce command and every control: who may, and only in the server it belongs to."""

from typing import Any

import discord
import pytest
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle

from tests.sim.announcements import announcement_states, stored_announcements, write_announcement
from tests.sim.messages import press, text_of, use_forged_control
from tests.sim.server import World, add_moderator, add_private_channel, change_settings

COMMANDS: dict[str, dict[str, Any]] = {
    "announce post": {},
    "announce schedule": {"when": "in 2 hours"},
    "announce list": {},
    "announce show": {"announcement": "1"},
    "announce edit": {"announcement": "2"},
    "announce cancel": {"announcement": "2"},
    "announce correct": {"announcement": "1"},
}
CONTROLS = {
    "announce:post:v1:3:1": 2,
    "announce:edit:v1:3": 2,
    "announce:edit:v1:2": 2,
    "announce:time:v1:3": 2,
    "announce:nopicture:v1:3": 2,
    "announce:discard:v1:3": 2,
    "announce:publish:v1:3:1": 2,
    "announce:cancel:v1:2": 2,
    "announce:approve:v1:4:1": 2,
    "announce:decline:v1:4:1": 2,
    "announce:poll:v1:3": 3,
    "announce:role:v1:3": 6,
    "announce:channel:v1:3": 8,
}


async def furnish(here: World) -> None:
    """Announcement 1 is posted, 2 scheduled, 3 a draft, and 4 waits for approval."""
    preview = await write_announcement(here, title="Posted")
    await press(here, preview, "Post")
    preview = await write_announcement(
        here, "announce schedule", title="Scheduled", when="in 5 hours"
    )
    await press(here, preview, "Schedule")
    await write_announcement(here, title="A draft")
    await change_settings(here, second_approval=True)
    preview = await write_announcement(here, title="Waiting")
    await press(here, preview, "Ask for approval")


async def let_use(here: World, who: MemberActor) -> None:
    """Have Discord offer the commands, as a server's owner can for anyone."""
    command = here.env.backend.find_command("announce", here.guild.id, type=1)
    here.guild.set_command_permissions(int(command["id"]), {who: True})  # type: ignore[index]


async def test_a_member_is_refused_every_command_and_told_what_it_takes(here: World) -> None:
    await furnish(here)
    before = await _everything(here)
    for command, options in COMMANDS.items():
        result = await here.ann.slash(here.channel, command, **options)
        assert result.modal is None, command
        assert result.ephemeral, command
        assert "Manage Messages" in text_of(result.response), command
    assert await _everything(here) == before


async def test_what_is_for_a_channel_that_a_moderator_cannot_see_is_not_known_to_them(
    here: World,
) -> None:
    boss = here.guild.create_role("Boss", permissions=discord.Permissions(manage_guild=True))
    chief = here.guild.add_member(here.env.create_user("boss"), roles=[boss])
    assert here.bot.user is not None
    room = here.guild.create_text_channel(
        "board",
        overwrites={
            here.guild.default_role: discord.PermissionOverwrite(view_channel=False),
            boss: discord.PermissionOverwrite(view_channel=True),
            here.bot.user: discord.PermissionOverwrite(view_channel=True),
        },
    )
    await here.env.settle()
    preview = await write_announcement(here, "announce schedule", chief, at=room, when="in 2 hours")
    await press(here, preview, "Schedule", chief)
    offered = await here.mod.autocomplete(here.channel, "announce show", "announcement", "")
    assert offered == []
    for command in ("announce show", "announce edit", "announce cancel"):
        refused = await here.mod.slash(here.channel, command, announcement="1")
        assert refused.modal is None
        assert "no such announcement" in text_of(refused.response)
    shown = await chief.slash(here.channel, "announce show", announcement="1")
    assert "opens early" in text_of(shown.response)


async def test_what_is_for_a_thread_at_rest_is_known_to_its_author_and_to_moderators(
    here: World,
) -> None:
    room = await add_private_channel(here, "board", here.ben, here.moderators)
    channel = here.bot.get_channel(room.id)
    assert isinstance(channel, discord.TextChannel)
    thread = await channel.create_thread(name="talk", type=discord.ChannelType.public_thread)
    await here.env.settle()
    preview = await write_announcement(
        here, "announce schedule", at=room.threads[-1], when="in 2 hours"
    )
    await press(here, preview, "Schedule")
    other = add_moderator(here)
    boss = here.guild.create_role("Boss", permissions=discord.Permissions(manage_guild=True))
    chief = here.guild.add_member(here.env.create_user("boss"), roles=[boss])
    assert await _is_shown(here, other)
    assert not await _is_shown(here, chief)
    await thread.edit(archived=True)
    await here.env.settle()
    # Nobody can say who may view it now. It must be possible to cancel what is planned for it.
    assert await _is_shown(here, other)
    assert await _is_shown(here, chief)
    assert await _is_shown(here, here.mod)
    assert not await _is_shown(here, here.ann)


async def _is_shown(here: World, who: MemberActor) -> bool:
    shown = await who.slash(here.channel, "announce show", announcement="1")
    assert shown.ephemeral
    text = text_of(shown.response)
    return "no such announcement" not in text and "is for moderators" not in text


async def test_a_member_is_not_even_offered_titles(here: World) -> None:
    await furnish(here)
    offered = await here.ann.autocomplete(here.channel, "announce show", "announcement", "")
    assert offered == []


@pytest.mark.parametrize("who", ["moderator", "administrator", "named"])
async def test_moderators_administrators_and_the_servers_own_role_may(
    here: World, who: str
) -> None:
    await furnish(here)
    actor = add_moderator(here)
    if who == "administrator":
        boss = here.guild.create_role("Boss", permissions=discord.Permissions(manage_guild=True))
        actor = here.guild.add_member(here.env.create_user("boss"), roles=[boss])
    if who == "named":
        desk = here.guild.create_role("Desk")
        actor = here.guild.add_member(here.env.create_user("dora"), roles=[desk])
        await change_settings(here, moderator_role=desk.id)
    await let_use(here, actor)
    for command, options in COMMANDS.items():
        result = await actor.slash(here.channel, command, **options)
        if result.modal is None:
            assert result.ephemeral, command
            assert "is for moderators" not in text_of(result.response), command
            assert "no such" not in text_of(result.response), command


async def _elsewhere(here: World) -> tuple[MemberActor, ChannelHandle, int]:
    """The owner of another server, a channel there, and a message of the bot's in it."""
    other = here.env.create_guild("Elsewhere")
    room = other.create_text_channel("room")
    boss = other.add_member(other.owner)
    await here.env.settle()
    listed = await boss.slash(room, "announce list")
    assert "There are none yet" in text_of(listed.response)
    return boss, room, listed.response.id  # type: ignore[union-attr]


async def test_another_servers_announcements_are_not_found(here: World) -> None:
    await furnish(here)
    boss, room, _ = await _elsewhere(here)
    before = await _everything(here)
    named = [command for command, options in COMMANDS.items() if "announcement" in options]
    assert len(named) == 4
    for command in named:
        for announcement in ("1", "2", "3", "4"):
            result = await boss.slash(room, command, announcement=announcement)
            assert result.modal is None, command
            assert result.ephemeral, command
            assert "no such announcement" in text_of(result.response), command
    assert await _everything(here) == before


@pytest.mark.parametrize("who", ["member", "elsewhere"])
async def test_a_forged_control_does_nothing_and_is_answered_privately(
    here: World, who: str
) -> None:
    await furnish(here)
    actor, room = here.ann, here.channel
    if who == "elsewhere":
        actor, room, _ = await _elsewhere(here)
    said = "Manage Messages" if who == "member" else "no such announcement"
    before = await _everything(here)
    for custom_id, kind in CONTROLS.items():
        posted = len(here.channel.history())
        result = await use_forged_control(here, actor, room, custom_id, kind)
        assert result.acknowledged, custom_id
        assert result.modal is None, custom_id
        answers = [*result.followups, *([result.response] if result.response else [])]
        told = [answer for answer in answers if said in text_of(answer)]
        assert told, (custom_id, [text_of(answer) for answer in answers])
        assert all(answer.ephemeral for answer in told), custom_id
        assert await _everything(here) == before, custom_id
        assert len(here.channel.history()) == posted + (who == "member"), custom_id


async def _everything(here: World) -> list[tuple[Any, ...]]:
    found = [
        (row.id, row.state, row.revision, row.channel_id, row.publish, row.approved_by)
        for row in await stored_announcements(here)
    ]
    assert await announcement_states(here) == ["posted", "scheduled", "draft", "waiting"]
    return found
