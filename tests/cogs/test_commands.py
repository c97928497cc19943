"""Every command: whom it is for, as the services decide it, and what it leaves in the log channel.

A new command needs one row in `ROWS`.
"""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
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
from tests.sim.announcements import fill_announcement, write_announcement
from tests.sim.messages import components, labels_of, press, text_of
from tests.sim.polls import create_poll, open_poll, propose, resolve_poll
from tests.sim.server import World, add_administrator, add_moderator, add_moderators_channel, world
from tests.sim.settings import choose_setting, open_settings

PACKS = Path(__file__).parent.parent / "packs"
LINE = re.compile(r"<@(\d+)> (.+) · <t:\d+:f>((?s:.*))")
HOTLINE, TITLE = "Will they agree on a hotline?", "Doors open at nine"
TURN = "settings:turn:v1:second_approval:"


@dataclass(frozen=True)
class Moderation:
    """A server with a log channel, two moderators and an administrator."""

    here: World
    log: ChannelHandle
    mod: MemberActor
    nora: MemberActor
    ada: MemberActor

    async def turn(self, on: bool) -> None:
        panel = await open_settings(self.here, self.ada, "Posts & polls")
        await self.ada.click(panel, custom_id=f"{TURN}{on:d}")

    async def propose(self, verb: str, **options: str) -> None:
        asked = await propose(self.here, verb, "1", **options)
        await self.mod.click(asked.response, label="Confirm")

    async def export(self) -> None:
        await self.mod.slash(self.here.channel, "poll export", poll="1")

    async def close(self) -> None:
        await open_poll(self.here, "tone")
        asked = await propose(self.here, "close", "tone")
        await self.mod.click(asked.response, label="Confirm")

    async def announce(self, command: str, button: str, **options: str) -> None:
        await press(self.here, await write_announcement(self.here, command, **options), button)

    async def cancel(self) -> None:
        asked = await self.mod.slash(self.here.channel, "announce cancel", announcement="2")
        await self.mod.click(asked.response, label="Cancel the announcement")

    def request(self) -> discord.Message:
        """The newest message that asks for approval; it goes to the log channel."""
        found = [message for message in self.log.history() if "Approve" in labels_of(message)]
        return max(found, key=lambda message: message.id)

    async def decline(self) -> None:
        form = await self.nora.click(self.request(), label="Decline")
        assert form.modal is not None
        field = form.modal["components"][0]["component"]["custom_id"]
        await self.nora.submit_modal(form, {field: "Too early."})

    async def approve(self) -> None:
        shown = await self.mod.slash(self.here.channel, "announce show", announcement="5")
        form = await press(self.here, shown, "Edit")
        await fill_announcement(self.mod, form, text="At ten.")
        await press(self.here, shown, "Ask for approval")
        await self.nora.click(self.request(), label="Approve")

    async def offer(self) -> None:
        listed = await self.mod.slash(self.here.channel, "announce list")
        preview = await self.mod.click(listed.response, label="Post a subscription panel")
        await self.mod.click(preview.response, label="Post it here")

    async def use(self, command: str) -> None:
        """Give a command as the moderator, with options with which it works."""
        await self.mod.slash(self.here.channel, command, **ROWS[command].options)

    def told(self) -> list[str]:
        """The entries of the log: by whom, what, and the details."""
        names = {str(who.id): who.user.name for who in (self.mod, self.nora, self.ada)}
        found = (LINE.fullmatch(text_of(message)) for message in self.log.history())
        return [f"{names[line[1]]} {line[2]}{line[3]}" for line in found if line]


@dataclass(frozen=True)
class Logged:
    """Something that moderators do, and the lines that it leaves in the log channel."""

    act: Callable[[Moderation], Awaitable[object]]
    lines: tuple[str, ...]


def logged(act: Callable[[Moderation], Awaitable[object]], *lines: str) -> Logged:
    return Logged(act, lines)


def changes_nothing(command: str) -> Logged:
    """The command leaves no line, because it only shows something."""
    return Logged(lambda at: at.use(command), ())


@dataclass(frozen=True)
class Row:
    """Whom a command is for, and options with which it works.

    `elsewhere` is what somebody is told in another server who names a thing of this one, or of whom
    only this one stores anything. `log` is there for commands that are not for everyone.
    """

    who: Who
    options: dict[str, Any] = field(default_factory=dict)
    elsewhere: str | None = None
    log: Logged | None = None


NO_POLL = "no such poll"
NO_ANNOUNCEMENT = "no such announcement"
NOTHING_STORED = "Nothing is stored about you in this server"
OPEN, ANNULLED = {"poll": "2"}, {"poll": "1"}
# The rows are tried in this order: `privacy` before what stores something about whoever does it,
# and each line of the log after those about what it changes.
ROWS = {
    "privacy export": Row(Who.EVERYONE, elsewhere=NOTHING_STORED),
    "privacy delete": Row(Who.EVERYONE, elsewhere=NOTHING_STORED),
    "summit": Row(Who.EVERYONE),
    "actor": Row(Who.EVERYONE, {"name": "Norland"}),
    "issue": Row(Who.EVERYONE, {"name": "Ferry lanes"}),
    "position": Row(Who.EVERYONE, {"actor": "Norland", "issue": "Ferry lanes"}),
    "compare": Row(Who.EVERYONE, {"first": "Norland", "second": "Southmark"}),
    "outcomes": Row(Who.EVERYONE),
    "glossary": Row(Who.EVERYONE, {"term": "lane"}),
    "help": Row(Who.EVERYONE),
    "poll list": Row(Who.EVERYONE),
    "poll show": Row(Who.EVERYONE, OPEN, NO_POLL),
    "poll open": Row(
        Who.MODERATORS,
        {"outcome": "lanes-agreed"},
        log=logged(lambda at: open_poll(at.here), f"mod opened a poll: [{HOTLINE}]"),
    ),
    "poll create": Row(
        Who.MODERATORS,
        log=logged(
            lambda at: create_poll(at.here), "mod opened a poll: [Which topic comes first?]"
        ),
    ),
    "poll extend": Row(
        Who.MODERATORS,
        {**OPEN, "by": "2 days"},
        NO_POLL,
        logged(lambda at: at.propose("extend", by="2 days"), f"mod extended a poll: [{HOTLINE}]"),
    ),
    "poll close": Row(
        Who.MODERATORS,
        OPEN,
        NO_POLL,
        logged(
            Moderation.close,
            "mod opened a poll: [Which tone will the readouts take?]",
            "mod closed a poll: [Which tone will the readouts take?]",
        ),
    ),
    "poll resolve": Row(
        Who.MODERATORS,
        {**OPEN, "result": "Both"},
        NO_POLL,
        logged(lambda at: resolve_poll(at.here, "1", "Yes"), f"mod resolved a poll: [{HOTLINE}]"),
    ),
    "poll unresolve": Row(
        Who.MODERATORS,
        {**ANNULLED, "reason": "Too soon."},
        NO_POLL,
        logged(
            lambda at: at.propose("unresolve", reason="Too soon."),
            f"mod undid a poll's resolution: [{HOTLINE}]",
        ),
    ),
    "poll annul": Row(
        Who.MODERATORS,
        {**OPEN, "reason": "Broken."},
        NO_POLL,
        logged(
            lambda at: at.propose("annul", reason="Broken."), f"mod annulled a poll: [{HOTLINE}]"
        ),
    ),
    "poll export": Row(
        Who.MODERATORS,
        OPEN,
        NO_POLL,
        logged(Moderation.export, f"mod exported a poll: [{HOTLINE}]"),
    ),
    "forecast mine": Row(Who.EVERYONE),
    "forecast leaderboard": Row(Who.EVERYONE),
    "forecast calibration": Row(Who.EVERYONE),
    "forecast surprises": Row(Who.EVERYONE),
    "discuss": Row(
        Who.MODERATORS,
        {"issue": "Ferry lanes"},
        log=logged(
            lambda at: at.mod.slash(at.here.channel, "discuss", issue="security"),
            "mod opened a discussion: [Security]",
        ),
    ),
    "announce post": Row(
        Who.MODERATORS,
        log=logged(
            lambda at: at.announce("announce post", "Post"),
            f"mod posted an announcement: [{TITLE}]",
        ),
    ),
    "announce schedule": Row(
        Who.MODERATORS,
        {"when": "in 2 hours"},
        log=logged(
            lambda at: at.announce("announce schedule", "Schedule", when="in 5 hours"),
            f"mod scheduled an announcement: {TITLE}",
        ),
    ),
    "announce list": Row(
        Who.MODERATORS,
        log=logged(Moderation.offer, "mod posted the subscription buttons: [here]"),
    ),
    "announce show": Row(
        Who.MODERATORS,
        {"announcement": "1"},
        NO_ANNOUNCEMENT,
        changes_nothing("announce show"),
    ),
    "announce edit": Row(
        Who.MODERATORS,
        {"announcement": "2"},
        NO_ANNOUNCEMENT,
        logged(
            lambda at: at.announce("announce edit", "Schedule", announcement="2", text="At ten."),
            f"mod changed an announcement: {TITLE}",
        ),
    ),
    "announce cancel": Row(
        Who.MODERATORS,
        {"announcement": "2"},
        NO_ANNOUNCEMENT,
        logged(Moderation.cancel, f"mod cancelled an announcement: {TITLE}"),
    ),
    "announce correct": Row(
        Who.MODERATORS,
        {"announcement": "1"},
        NO_ANNOUNCEMENT,
        logged(
            lambda at: at.announce("announce correct", "Post", announcement="1"),
            f"mod posted a correction: [{TITLE}]",
        ),
    ),
    "settings": Row(
        Who.ADMINISTRATORS,
        log=logged(
            lambda at: at.turn(on=True), "ada changed the settings\n>>> Second approval: off → on"
        ),
    ),
}
SECOND_APPROVAL = (
    logged(
        lambda at: at.announce("announce post", "Ask for approval"),
        f"mod asked for approval of an announcement: {TITLE}",
    ),
    logged(Moderation.decline, f"nora declined an announcement: {TITLE}"),
    logged(
        Moderation.approve,
        f"mod asked for approval of an announcement: {TITLE}",
        f"nora approved an announcement: {TITLE}",
        f"mod posted an announcement: [{TITLE}]",
    ),
)
"""What moderators do while two of them must agree."""
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
        ada = add_administrator(here)
        role = here.guild.create_role("Stewards")
        steward = here.guild.add_member(here.env.create_user("stew"), roles=[role])
        await choose_setting(ada, await open_settings(here, ada), "moderator_role", role)
        await open_poll(here, "who-pays")
        asked = await propose(here, "annul", "1", reason="Broken.")
        await here.mod.click(asked.response, label="Confirm")
        poll = await open_poll(here, "who-pays")
        people = dict(
            zip(PEOPLE, (here.ann, await _tidier(here), here.mod, steward, ada), strict=True)
        )
        for person in people.values():
            await person.click(poll, label="Both")
        await press(here, await write_announcement(here), "Post")
        await press(
            here, await write_announcement(here, "announce schedule", when="in 5 hours"), "Schedule"
        )
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
        if row.elsewhere is None:
            assert found == "allowed", command
        else:
            assert row.elsewhere in found, command


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


async def test_everything_that_moderators_do_is_told_with_who_and_what(here: World) -> None:
    ada = add_administrator(here)
    log = add_moderators_channel(here, "log", [here.guild.roles["Admins"]])
    at = Moderation(here, log, here.mod, add_moderator(here), ada)
    await choose_setting(ada, await open_settings(here, ada), "log_channel", log)
    steps = [(name, row.log) for name, row in ROWS.items() if row.log is not None]
    for name, step in (*steps, *(("second approval", step) for step in SECOND_APPROVAL)):
        before = len(at.told())
        await step.act(at)
        await here.env.advance_time(5)
        lines = at.told()[before:]
        assert len(lines) == len(step.lines), (name, lines)
        for line, expected in zip(lines, step.lines, strict=True):
            assert line.startswith(expected), name


def test_every_command_of_moderators_says_what_it_leaves_in_the_log() -> None:
    assert {name for name, row in ROWS.items() if row.log is not None} == {
        name for name, row in ROWS.items() if row.who is not Who.EVERYONE
    }
