"""Who may use which command, as the services decide it, whatever Discord hides.

A new command needs one line in `ROWS`.
"""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import discord
import pytest
from discord import app_commands
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle

from bot.access import Who
from bot.db.engine import Database
from bot.errors import UserError
from bot.knowledge.library import Library
from bot.knowledge.loader import load_library
from bot.ui.audience import who_may
from tests.cogs.announcements.desk import pressed, written
from tests.cogs.polls.asking import opened, proposed
from tests.cogs.settings.desk import administrator, choose
from tests.cogs.settings.desk import opened as panel_of
from tests.world import World, components, text_of, world

PACKS = Path(__file__).parent.parent / "packs"


@dataclass(frozen=True)
class Row:
    """Whom a command is for, and options with which it works.

    `foreign` is what somebody is told in another server who names a thing of this one, or of whom
    only this one stores anything.
    """

    who: Who
    options: dict[str, Any] = field(default_factory=dict)
    foreign: str | None = None


NO_POLL = "no such poll"
NO_ANNOUNCEMENT = "no such announcement"
NOTHING_STORED = "Nothing is stored about you in this server"
OPEN, ANNULLED = {"poll": "2"}, {"poll": "1"}
ROWS = {
    "summit": Row(Who.EVERYONE),
    "actor": Row(Who.EVERYONE, {"name": "Norland"}),
    "issue": Row(Who.EVERYONE, {"name": "Ferry lanes"}),
    "position": Row(Who.EVERYONE, {"actor": "Norland", "issue": "Ferry lanes"}),
    "compare": Row(Who.EVERYONE, {"first": "Norland", "second": "Southmark"}),
    "outcomes": Row(Who.EVERYONE),
    "glossary": Row(Who.EVERYONE, {"term": "lane"}),
    "help": Row(Who.EVERYONE),
    # Before what stores something about whoever does it.
    "privacy export": Row(Who.EVERYONE, foreign=NOTHING_STORED),
    "privacy delete": Row(Who.EVERYONE, foreign=NOTHING_STORED),
    "settings": Row(Who.ADMINISTRATORS),
    "poll list": Row(Who.EVERYONE),
    "poll show": Row(Who.EVERYONE, OPEN, NO_POLL),
    "poll open": Row(Who.MODERATORS, {"outcome": "lanes-agreed"}),
    "poll close": Row(Who.MODERATORS, OPEN, NO_POLL),
    "poll extend": Row(Who.MODERATORS, {**OPEN, "by": "2 days"}, NO_POLL),
    "poll resolve": Row(Who.MODERATORS, {**OPEN, "result": "Both"}, NO_POLL),
    "poll annul": Row(Who.MODERATORS, {**OPEN, "reason": "Broken."}, NO_POLL),
    "poll unresolve": Row(Who.MODERATORS, {**ANNULLED, "reason": "Too soon."}, NO_POLL),
    "poll create": Row(Who.MODERATORS),
    "poll export": Row(Who.MODERATORS, OPEN, NO_POLL),
    "forecast mine": Row(Who.EVERYONE),
    "forecast leaderboard": Row(Who.EVERYONE),
    "forecast calibration": Row(Who.EVERYONE),
    "forecast surprises": Row(Who.EVERYONE),
    "discuss": Row(Who.MODERATORS, {"issue": "Ferry lanes"}),
    "announce post": Row(Who.MODERATORS),
    "announce schedule": Row(Who.MODERATORS, {"when": "in 2 hours"}),
    "announce list": Row(Who.MODERATORS),
    "announce show": Row(Who.MODERATORS, {"announcement": "1"}, NO_ANNOUNCEMENT),
    "announce edit": Row(Who.MODERATORS, {"announcement": "2"}, NO_ANNOUNCEMENT),
    "announce cancel": Row(Who.MODERATORS, {"announcement": "2"}, NO_ANNOUNCEMENT),
    "announce correct": Row(Who.MODERATORS, {"announcement": "1"}, NO_ANNOUNCEMENT),
}
PEOPLE = {
    "a member": {Who.EVERYONE},
    "a member who tidies up one channel": {Who.EVERYONE},
    "a moderator by permission": {Who.EVERYONE, Who.MODERATORS},
    "a moderator by role": {Who.EVERYONE, Who.MODERATORS},
    "an administrator": set(Who),
}


@dataclass(frozen=True)
class Stage:
    """A server with an annulled and an open poll, a posted and a scheduled announcement, and
    somebody of each sort, of whom a ballot is stored."""

    here: World
    people: dict[str, MemberActor]


@pytest.fixture
async def stage(kept: Database) -> AsyncIterator[Stage]:
    async with world(Library(load_library(PACKS)), kept) as here:
        ada = administrator(here)
        role = here.guild.create_role("Stewards")
        steward = here.guild.add_member(here.env.create_user("stew"), roles=[role])
        await choose(ada, await panel_of(here, ada), "moderator_role", role)
        await opened(here, "who-pays")
        asked = await proposed(here, "annul", "1", reason="Broken.")
        await here.mod.click(asked.response, label="Confirm")
        poll = await opened(here, "who-pays")
        people = dict(
            zip(PEOPLE, (here.ann, await _tidier(here), here.mod, steward, ada), strict=True)
        )
        for person in people.values():
            await person.click(poll, label="Both")
        await pressed(here, await written(here), "Post")
        await pressed(here, await written(here, "announce schedule", when="in 5 hours"), "Schedule")
        yield Stage(here, people)


async def _tidier(here: World) -> MemberActor:
    """Somebody who may do everything in the usual channel, and nothing special elsewhere."""
    role = here.guild.create_role("Tidiers")
    who = here.guild.add_member(here.env.create_user("tidier"), roles=[role])
    await here.env.settle()
    channel = here.bot.get_channel(here.channel.id)
    assert isinstance(channel, discord.TextChannel)
    target = channel.guild.get_role(role.id)
    assert target is not None
    everything = discord.PermissionOverwrite.from_pair(
        discord.Permissions.all_channel(), discord.Permissions.none()
    )
    await channel.set_permissions(target, overwrite=everything)
    await here.env.settle()
    return who


async def decided(here: World, who: MemberActor, place: ChannelHandle, name: str) -> str:
    """`allowed`, or what the person was told in private instead."""
    root = name.partition(" ")[0]
    if name not in who.available_commands(place):
        command = here.env.backend.find_command(root, who.guild.id, type=1)
        who.guild.set_command_permissions(int(command["id"]), {who: True})  # type: ignore[index]
    errors, posted = len(here.env.errors), place.last_message
    result = await who.slash(place, name, **ROWS[name].options)
    assert result.acknowledged
    refusals = [getattr(error, "original", error) for error in here.env.errors[errors:]]
    if not refusals:
        return "allowed"
    assert isinstance(refusals[0], UserError)
    assert result.ephemeral
    assert result.modal is None
    assert place.last_message == posted
    said = result.followups[-1] if result.followups else result.response
    return text_of(said)


async def test_every_command_has_a_row_that_agrees_with_its_declaration(here: World) -> None:
    declared = {
        command.qualified_name: who_may(command)
        for command in here.bot.tree.walk_commands()
        if isinstance(command, app_commands.Command)
    }
    assert declared == {command: row.who for command, row in ROWS.items()}


@pytest.mark.parametrize("name", PEOPLE)
async def test_who_may_do_what(stage: Stage, name: str) -> None:
    for command, row in ROWS.items():
        found = await decided(stage.here, stage.people[name], stage.here.channel, command)
        if row.who in PEOPLE[name]:
            assert found == "allowed", command
        else:
            assert f"is for {row.who}" in found, command


async def test_a_moderator_of_another_server_reaches_nothing_of_this_one(stage: Stage) -> None:
    here = stage.here
    guild = here.env.create_guild("Elsewhere")
    place = guild.create_text_channel("lobby")
    powers = discord.Permissions(manage_messages=True, manage_guild=True)
    role = guild.create_role("Mods", permissions=powers)
    rival = guild.add_member(here.env.create_user("rival"), roles=[role])
    await here.env.settle()
    for command, row in ROWS.items():
        found = await decided(here, rival, place, command)
        if row.foreign is None:
            assert found == "allowed", command
        else:
            assert row.foreign in found, command


@pytest.mark.parametrize("name", PEOPLE)
async def test_help_shows_exactly_what_one_may_do(stage: Stage, name: str) -> None:
    who = stage.people[name]
    page = (await who.slash(stage.here.channel, "help")).response
    text = text_of(page)
    while following := [n for n in components(page) if n.get("label") == "▶" and not n["disabled"]]:
        await who.click(page, custom_id=following[0]["custom_id"])
        text += text_of(page)
    shown = set(re.findall(r"</([a-z ]+):\d+>", text))
    assert shown == {command for command, row in ROWS.items() if row.who in PEOPLE[name]}
