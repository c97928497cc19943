"""The settings panel, as administrators use it and as others may not."""

from datetime import time
from typing import Any

import discord
import pytest
from simcord.actors import MemberActor
from sqlalchemy import func, select

from bot.modlog.tables import ModlogRow
from tests.sim.messages import components, labels_of, text_of
from tests.sim.server import World, add_administrator
from tests.sim.settings import (
    choose_setting,
    open_settings,
    settings_menu,
    stored_settings,
    type_setting,
)

TABS = ("Channels & roles", "Language & time", "Posts & polls", "Recent changes")
ZONE, QUIET = "settings:zone:v1:", "settings:quiet:v1:~"


async def test_the_panel_is_private_and_one_message_for_everything(
    here: World, ada: MemberActor
) -> None:
    panel = await open_settings(here, ada)
    for tab in TABS:
        result = await ada.click(panel, label=tab)
        assert result.acknowledged
        assert text_of(panel).startswith(f"## {tab}\n")
        assert len(list(components(panel))) <= 40
        assert len(text_of(panel)) <= 2000
        assert set(TABS) <= set(labels_of(panel))
    assert here.channel.last_message is None


async def test_a_member_and_a_moderator_are_refused_in_private(here: World) -> None:
    command = here.env.backend.find_command("settings", here.guild.id, type=1)
    for who in (here.ann, here.mod):
        assert "settings" not in who.available_commands(here.channel)
        here.guild.set_command_permissions(int(command["id"]), {who: True})  # type: ignore[index]
        result = await who.slash(here.channel, "settings")
        assert result.ephemeral
        assert "is for administrators" in text_of(result.response)


async def test_channels_are_chosen_and_cleared_in_place(here: World, ada: MemberActor) -> None:
    log = here.guild.create_text_channel("log")
    panel = await open_settings(here, ada)
    assert settings_menu(panel, "log_channel")["min_values"] == 0
    await choose_setting(ada, panel, "log_channel", log)
    await choose_setting(ada, panel, "announcement_channel", here.channel)
    assert f"Announcement channel: none → <#{here.channel.id}>" in text_of(panel)
    chosen = settings_menu(panel, "log_channel")["default_values"]
    assert [int(value["id"]) for value in chosen] == [log.id]
    found = await stored_settings(here)
    assert (found.log_channel, found.announcement_channel) == (log.id, here.channel.id)
    await choose_setting(ada, panel, "log_channel")
    assert (await stored_settings(here)).log_channel is None
    assert not settings_menu(panel, "log_channel").get("default_values")


@pytest.mark.parametrize("readers", ["everybody", "those of a role", "a member"])
async def test_a_log_that_others_can_read_is_stored_with_a_warning(
    here: World, ada: MemberActor, readers: str
) -> None:
    hidden = discord.PermissionOverwrite(view_channel=False)
    seen = discord.PermissionOverwrite(view_channel=True)
    assert here.bot.user is not None
    allowed: dict[Any, discord.PermissionOverwrite] = {
        here.guild.default_role: hidden,
        here.guild.roles["Admins"]: seen,
        here.bot.user: seen,
    }
    room = here.guild.create_text_channel("room", overwrites=allowed)
    others: dict[str, dict[Any, discord.PermissionOverwrite]] = {
        "everybody": {here.guild.default_role: seen},
        "those of a role": {here.guild.create_role("Verified"): seen},
        "a member": {here.ann: seen},
    }
    open_room = here.guild.create_text_channel("open", overwrites=allowed | others[readers])
    panel = await open_settings(here, ada)
    await choose_setting(ada, panel, "log_channel", open_room)
    assert f"⚠️ Not only moderators can read <#{open_room.id}>" in text_of(panel)
    assert (await stored_settings(here)).log_channel == open_room.id
    await choose_setting(ada, panel, "log_channel", room)
    assert "Not only moderators" not in text_of(panel)


async def test_a_channel_the_bot_cannot_write_in_is_stored_with_a_warning(
    here: World, ada: MemberActor
) -> None:
    closed = {here.guild.default_role: discord.PermissionOverwrite(send_messages=False)}
    log = here.guild.create_text_channel("log", overwrites=closed)
    panel = await open_settings(here, ada)
    await choose_setting(ada, panel, "log_channel", log)
    assert (await stored_settings(here)).log_channel == log.id
    assert f"I cannot write in <#{log.id}>: allow me **Send Messages** there" in text_of(panel)
    # The change itself is the first that cannot be told.
    await ada.click(panel, label="Channels & roles")
    assert "Not posted yet: 1 entry" in text_of(panel)


async def test_a_moderator_role_makes_moderators_of_who_has_it(
    here: World, ada: MemberActor
) -> None:
    role = here.guild.create_role("Stewards")
    steward = here.guild.add_member(here.env.create_user("stew"), roles=[role])
    refused = await steward.slash(here.channel, "poll open", outcome="hotline")
    assert "is for moderators" in text_of(refused.response)
    panel = await open_settings(here, ada)
    await choose_setting(ada, panel, "moderator_role", role)
    allowed = await steward.slash(here.channel, "poll open", outcome="hotline")
    assert "is open and closes" in text_of(allowed.response)
    await choose_setting(ada, panel, "moderator_role")
    refused = await steward.slash(here.channel, "poll open", outcome="tone")
    assert "is for moderators" in text_of(refused.response)


async def test_everyone_and_roles_of_bots_cannot_be_the_moderator_role(
    here: World, ada: MemberActor
) -> None:
    panel = await open_settings(here, ada)
    bots = next(role for role in here.guild.roles.values() if role._role.managed)
    for role, said in (
        (here.guild.default_role, "every member would be a moderator"),
        (bots, "nobody can be given it by hand"),
    ):
        await choose_setting(ada, panel, "moderator_role", role)
        assert said in text_of(panel)
        assert (await stored_settings(here)).moderator_role is None


async def test_toggles_number_and_language_are_stored(here: World, ada: MemberActor) -> None:
    panel = await open_settings(here, ada, "Posts & polls")
    await ada.click(panel, custom_id="settings:turn:v1:second_approval:1")
    assert "Second approval: off → on" in text_of(panel)
    await ada.click(panel, custom_id="settings:turn:v1:name_author:0")
    await choose_setting(ada, panel, "min_forecasters", "10")
    await ada.click(panel, label="Language & time")
    await choose_setting(ada, panel, "language", "en")
    found = await stored_settings(here)
    assert (found.second_approval, found.name_author) == (True, False)
    assert (found.min_forecasters, found.language) == (10, "en")


async def test_a_time_zone_is_typed_and_shown_with_its_time(here: World, ada: MemberActor) -> None:
    panel = await open_settings(here, ada, "Language & time")
    before, _ = await type_setting(ada, panel, ZONE, "seoul")
    assert before == ["UTC"]
    assert "Time zone: UTC → Asia/Seoul" in text_of(panel)
    assert "It is Thursday, 09:00 there" in text_of(panel)
    assert (await stored_settings(here)).zone == "Asia/Seoul"


async def test_a_mistyped_time_zone_offers_the_nearest_and_keeps_what_was_typed(
    here: World, ada: MemberActor
) -> None:
    panel = await open_settings(here, ada, "Language & time")
    await type_setting(ada, panel, ZONE, "Soul")
    assert "`Soul` does not name one time zone" in text_of(panel)
    assert (await stored_settings(here)).zone == "UTC"
    await here.restart()
    before, _ = await type_setting(ada, panel, f"{ZONE}Soul", "Soeul")
    assert before == ["Soul"]
    await ada.click(panel, label="Asia/Seoul · 09:00")
    assert (await stored_settings(here)).zone == "Asia/Seoul"


async def test_quiet_hours_are_typed_as_people_write_them_and_turned_off(
    here: World, ada: MemberActor
) -> None:
    panel = await open_settings(here, ada, "Posts & polls")
    await type_setting(ada, panel, QUIET, "10 pm", "7")
    assert "Quiet hours: off → 22:00 to 07:00" in text_of(panel)
    found = await stored_settings(here)
    assert (found.quiet_from, found.quiet_until) == (time(22), time(7))
    before, _ = await type_setting(ada, panel, QUIET, "23:00", "07:00")
    assert before == ["22:00", "07:00"]
    await ada.click(panel, label="Turn quiet hours off")
    assert (await stored_settings(here)).quiet_from is None
    assert "Turn quiet hours off" not in labels_of(panel)


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [("22:00", "late", "not a time of day"), ("7am", "07:00", "must not end")],
)
async def test_quiet_hours_that_cannot_be_keep_what_was_typed(
    here: World, ada: MemberActor, start: str, end: str, said: str
) -> None:
    panel = await open_settings(here, ada, "Posts & polls")
    await type_setting(ada, panel, QUIET, start, end)
    assert said in text_of(panel)
    assert (await stored_settings(here)).quiet_from is None
    before, _ = await type_setting(ada, panel, f"settings:quiet:v1:{start}~{end}", "22:00", "07:00")
    assert before == [start, end]
    assert (await stored_settings(here)).quiet_from == time(22)


async def test_recent_changes_tell_who_and_when(here: World, ada: MemberActor) -> None:
    panel = await open_settings(here, ada, "Recent changes")
    assert "Nobody has changed the settings yet" in text_of(panel)
    await ada.click(panel, label="Posts & polls")
    await ada.click(panel, custom_id="settings:turn:v1:second_approval:1")
    await ada.click(panel, label="Recent changes")
    assert f"<@{ada.id}> <t:{int(here.env.now().timestamp())}:f>" in text_of(panel)
    assert "Second approval: off → on" in text_of(panel)


async def test_a_former_administrator_can_use_no_control_of_a_panel_left_open(
    here: World, ada: MemberActor
) -> None:
    panel = await open_settings(here, ada, "Posts & polls")
    await type_setting(ada, panel, QUIET, "22", "7")
    panels = [await open_settings(here, ada, tab) for tab in TABS]
    await type_setting(ada, panels[1], ZONE, "Soul")
    forms = {
        await ada.click(panels[1], custom_id=ZONE): ["Asia/Seoul"],
        await ada.click(panels[2], custom_id=QUIET): ["23:00", "06:00"],
    }
    before, recorded = await stored_settings(here), await entries(here)
    here.env.backend.remove_member_role(here.guild.id, ada.id, here.guild.roles["Admins"].id)
    await here.env.settle()
    used = set()
    for panel in panels:
        for node in list(components(panel)):
            if "custom_id" not in node:
                continue
            pressed = node["type"] == 2
            result = (
                await ada.click(panel, custom_id=node["custom_id"])
                if pressed
                else await ada.select(panel, _some(node), custom_id=node["custom_id"])
            )
            assert result.ephemeral
            assert "is for administrators" in text_of(result.response)
            used.add(node["custom_id"].split(":")[1])
    assert used == {
        "tab",
        "channel",
        "role",
        "pick",
        "turn",
        "zone",
        "take-zone",
        "quiet",
        "quiet-off",
    }
    for form, answers in forms.items():
        assert form.modal is not None
        fields = [part["component"]["custom_id"] for part in form.modal["components"]]
        result = await ada.submit_modal(form, dict(zip(fields, answers, strict=True)))
        assert "is for administrators" in text_of(result.response)
    assert (await stored_settings(here), await entries(here)) == (before, recorded)


async def test_a_panel_left_open_undoes_nothing_that_somebody_else_has_changed(
    here: World, ada: MemberActor
) -> None:
    bea = add_administrator(here, "bea")
    stale, hers = (
        await open_settings(here, ada, "Posts & polls"),
        await open_settings(here, bea, "Posts & polls"),
    )
    turn = "settings:turn:v1:second_approval:1"
    await bea.click(hers, custom_id=turn)
    await ada.click(stale, custom_id=turn)
    assert "Nothing has changed." in text_of(stale)
    assert "Second approval: on" in text_of(stale)
    assert await entries(here) == 1
    old = await open_settings(here, ada)
    await choose_setting(bea, await open_settings(here, bea), "log_channel", here.channel)
    await choose_setting(ada, old, "announcement_channel", here.channel)
    assert int(settings_menu(old, "log_channel")["default_values"][0]["id"]) == here.channel.id
    found = await stored_settings(here)
    assert (found.second_approval, found.log_channel) == (True, here.channel.id)
    assert found.announcement_channel == here.channel.id


async def test_what_is_gone_or_never_was_cannot_be_chosen_and_changes_nothing(
    here: World, ada: MemberActor
) -> None:
    role, gone = here.guild.create_role("Stewards"), here.guild.create_role("Gone")
    log, lost = (here.guild.create_text_channel(name) for name in ("log", "lost"))
    panel = await open_settings(here, ada)
    await choose_setting(ada, panel, "moderator_role", role)
    for name in ("log_channel", "announcement_channel"):
        await choose_setting(ada, panel, name, log)
    here.env.backend.delete_role(here.guild.id, gone.id)
    here.env.backend.delete_channel(lost.id)
    await here.env.settle()
    before, recorded = await stored_settings(here), await entries(here)
    no_role, no_channel = "That role is not in", "That channel is not in"
    no_choice = "That choice no longer exists"
    for control, kind, deleted, said in (
        ("role:v1:moderator_role", 6, gone.id, no_role),
        ("channel:v1:log_channel", 8, lost.id, no_channel),
        ("channel:v1:announcement_channel", 8, lost.id, no_channel),
        ("pick:v1:language", 3, "xx", no_choice),
        ("pick:v1:min_forecasters", 3, "many", no_choice),
    ):
        for value in (str(deleted), "nonsense", "²", "-1", "0x1F"):
            await ada.click(panel, label="Recent changes")
            data = {"component_type": kind, "values": [value]}
            result = here.press(ada, here.channel, f"settings:{control}", panel.id, **data)
            # The answer is an edit of the panel, so Discord has to know where this was pressed.
            result._interaction.source_message_id = panel.id
            await here.env.settle()
            assert said in text_of(panel), (control, value)
            assert (await stored_settings(here), await entries(here)) == (before, recorded)


async def test_the_panel_works_after_a_restart(here: World, ada: MemberActor) -> None:
    panel = await open_settings(here, ada)
    await here.restart()
    await choose_setting(ada, panel, "log_channel", here.channel)
    assert (await stored_settings(here)).log_channel == here.channel.id


async def test_a_deleted_channel_and_role_are_warned_of(here: World, ada: MemberActor) -> None:
    log, role = here.guild.create_text_channel("log"), here.guild.create_role("Stewards")
    panel = await open_settings(here, ada)
    await choose_setting(ada, panel, "log_channel", log)
    await choose_setting(ada, panel, "moderator_role", role)
    here.env.backend.delete_channel(log.id)
    here.env.backend.delete_role(here.guild.id, role.id)
    await here.env.settle()
    panel = await open_settings(here, ada)
    assert "This channel no longer exists" in text_of(panel)
    assert "This role no longer exists" in text_of(panel)
    assert not settings_menu(panel, "log_channel").get("default_values")


async def test_a_summit_is_chosen_only_where_there_are_several(
    here: World, ada: MemberActor
) -> None:
    panel = await open_settings(here, ada, "Language & time")
    assert "**Summit**" not in text_of(panel)


async def entries(here: World) -> int:
    async with here.database.read() as session:
        return await session.scalar(select(func.count(ModlogRow.id))) or 0


def _some(node: Any) -> list[Any]:
    """Something to choose in a select that is used by who may not."""
    return [node["options"][0]["value"]] if node.get("options") else []
