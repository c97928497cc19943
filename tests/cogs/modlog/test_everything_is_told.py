"""Everything that moderators and administrators do is told in the log channel: who, and what.

A new command for them needs one line in `STEPS`, or in `LOOKING` if it changes nothing.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import discord
from discord import app_commands
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle

from bot.access import Who
from bot.ui.audience import who_may
from tests.cogs.announcements.desk import another_moderator, filled, pressed, room_of, written
from tests.cogs.polls.asking import opened as poll_opened
from tests.cogs.polls.asking import proposed, resolved
from tests.cogs.polls.creating import posted as poll_created
from tests.cogs.settings.desk import administrator, choose
from tests.cogs.settings.desk import opened as panel_of
from tests.world import World, labels_of, text_of

LOOKING = {"announce list", "announce show"}
LINE = re.compile(r"<@(\d+)> (.+) · <t:\d+:f>((?s:.*))")
HOTLINE, TITLE = "Will they agree on a hotline?", "Doors open at nine"
TURN = "settings:turn:v1:second_approval:"


@dataclass(frozen=True)
class Desk:
    """A server with a log channel, two moderators and an administrator."""

    here: World
    log: ChannelHandle
    mod: MemberActor
    nora: MemberActor
    ada: MemberActor

    async def turn(self, on: bool) -> None:
        panel = await panel_of(self.here, self.ada, "Posts & polls")
        await self.ada.click(panel, custom_id=f"{TURN}{on:d}")

    async def propose(self, verb: str, **options: str) -> None:
        asked = await proposed(self.here, verb, "1", **options)
        await self.mod.click(asked.response, label="Confirm")

    async def export(self) -> None:
        await self.mod.slash(self.here.channel, "poll export", poll="1")

    async def close(self) -> None:
        await poll_opened(self.here, "tone")
        asked = await proposed(self.here, "close", "tone")
        await self.mod.click(asked.response, label="Confirm")

    async def announce(self, command: str, button: str, **options: str) -> None:
        await pressed(self.here, await written(self.here, command, **options), button)

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
        form = await pressed(self.here, shown, "Edit")
        await filled(self.mod, form, text="At ten.")
        await pressed(self.here, shown, "Ask for approval")
        await self.nora.click(self.request(), label="Approve")

    async def offer(self) -> None:
        listed = await self.mod.slash(self.here.channel, "announce list")
        preview = await self.mod.click(listed.response, label="Post a subscription panel")
        await self.mod.click(preview.response, label="Post it here")

    def told(self) -> list[str]:
        """The entries of the log: by whom, what, and the details."""
        names = {str(who.id): who.user.name for who in (self.mod, self.nora, self.ada)}
        found = (LINE.fullmatch(text_of(message)) for message in self.log.history())
        return [f"{names[line[1]]} {line[2]}{line[3]}" for line in found if line]


@dataclass(frozen=True)
class Step:
    """A command with what follows it, done, and the lines in the log that come of it."""

    command: str
    doing: Callable[[Desk], Awaitable[object]]
    told: tuple[str, ...]


STEPS = (
    Step("poll open", lambda at: poll_opened(at.here), (f"mod opened a poll: [{HOTLINE}]",)),
    Step(
        "poll create",
        lambda at: poll_created(at.here),
        ("mod opened a poll: [Which topic comes first?]",),
    ),
    Step(
        "poll extend",
        lambda at: at.propose("extend", by="2 days"),
        (f"mod extended a poll: [{HOTLINE}]",),
    ),
    Step(
        "poll close",
        Desk.close,
        (
            "mod opened a poll: [Which tone will the readouts take?]",
            "mod closed a poll: [Which tone will the readouts take?]",
        ),
    ),
    Step(
        "poll resolve",
        lambda at: resolved(at.here, "1", "Yes"),
        (f"mod resolved a poll: [{HOTLINE}]",),
    ),
    Step(
        "poll unresolve",
        lambda at: at.propose("unresolve", reason="Too soon."),
        (f"mod undid a poll's resolution: [{HOTLINE}]",),
    ),
    Step(
        "poll annul",
        lambda at: at.propose("annul", reason="Broken."),
        (f"mod annulled a poll: [{HOTLINE}]",),
    ),
    Step("poll export", Desk.export, (f"mod exported a poll: [{HOTLINE}]",)),
    Step(
        "discuss",
        lambda at: at.mod.slash(at.here.channel, "discuss", issue="security"),
        ("mod opened a discussion: [Security]",),
    ),
    Step(
        "announce post",
        lambda at: at.announce("announce post", "Post"),
        (f"mod posted an announcement: [{TITLE}]",),
    ),
    Step(
        "announce schedule",
        lambda at: at.announce("announce schedule", "Schedule", when="in 5 hours"),
        (f"mod scheduled an announcement: {TITLE}",),
    ),
    Step(
        "announce edit",
        lambda at: at.announce("announce edit", "Schedule", announcement="2", text="At ten."),
        (f"mod changed an announcement: {TITLE}",),
    ),
    Step("announce cancel", Desk.cancel, (f"mod cancelled an announcement: {TITLE}",)),
    Step(
        "announce correct",
        lambda at: at.announce("announce correct", "Post", announcement="1"),
        (f"mod posted a correction: [{TITLE}]",),
    ),
    Step(
        "settings",
        lambda at: at.turn(on=True),
        ("ada changed the settings\n>>> Second approval: off → on",),
    ),
    Step(
        "announce post",
        lambda at: at.announce("announce post", "Ask for approval"),
        (f"mod asked for approval of an announcement: {TITLE}",),
    ),
    Step("announce post", Desk.decline, (f"nora declined an announcement: {TITLE}",)),
    Step(
        "announce edit",
        Desk.approve,
        (
            f"mod asked for approval of an announcement: {TITLE}",
            f"nora approved an announcement: {TITLE}",
            f"mod posted an announcement: [{TITLE}]",
        ),
    ),
    Step("announce list", Desk.offer, ("mod posted the subscription buttons: [here]",)),
)


async def test_everything_that_moderators_do_is_told_with_who_and_what(here: World) -> None:
    ada = administrator(here)
    log = room_of(here, "log", [here.guild.roles["Admins"]])
    at = Desk(here, log, here.mod, another_moderator(here), ada)
    await choose(ada, await panel_of(here, ada), "log_channel", log)
    for step in STEPS:
        before = len(at.told())
        await step.doing(at)
        await here.env.advance_time(5)
        lines = at.told()[before:]
        assert len(lines) == len(step.told), (step.command, lines)
        for line, said in zip(lines, step.told, strict=True):
            assert line.startswith(said), step.command


async def test_every_command_of_moderators_is_a_step_or_only_looks(here: World) -> None:
    commands = {
        command.qualified_name
        for command in here.bot.tree.walk_commands()
        if isinstance(command, app_commands.Command) and who_may(command) is not Who.EVERYONE
    }
    assert commands == {step.command for step in STEPS} | LOOKING
