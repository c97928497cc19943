"""A simulated server with the real bot in it, and people who act."""

import logging
import os
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import discord
import simcord
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle, GuildHandle, RoleHandle
from simcord.enums import InteractionType
from simcord.interactions import base_payload
from simcord.results import InteractionResult

from bot.access import Viewer
from bot.app import build, build_services
from bot.client import SummitBot
from bot.clock import Clock
from bot.db.engine import Database
from bot.errors import UserError
from bot.knowledge.library import Library
from bot.preview import SimulatedClock, simulate
from bot.services import Services
from tests.discord_api import MOST_BYTES, problem, text_bytes
from tests.factories import make_viewer


class Incidents(logging.Handler):
    """Counts the failures that the guard answered with an apology; a test expects none."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.seen = 0
        self.expected = 0

    def emit(self, record: logging.LogRecord) -> None:
        self.seen += 1


@dataclass
class World:
    """One server: a channel, a moderator and two members. `restart` puts a fresh bot in it."""

    env: simcord.Env
    database: Database
    library: Library
    guild: GuildHandle
    channel: ChannelHandle
    moderators: RoleHandle
    mod: MemberActor
    ann: MemberActor
    ben: MemberActor
    clock: SimulatedClock = field(repr=False)
    incidents: "Incidents" = field(repr=False)

    @property
    def bot(self) -> SummitBot:
        bot = self.env.bot
        assert isinstance(bot, SummitBot)
        return bot

    @property
    def services(self) -> Services:
        """Services beside the bot's own, which no message is kept up to date by.

        Outside an action of the simulated Discord the bot's own clock tells the real time.
        """
        return build_services(self.library, self.database, Clock(self.env.now))

    def viewer(self, who: MemberActor) -> Viewer:
        """The member as the services know them; the moderator and nobody else is one."""
        return make_viewer(who.id, self.guild.id, manage_messages=who.id == self.mod.id)

    async def restart(self) -> None:
        """End the bot as a crash would, and start another on the same database."""
        await self.env.restart_bot(build(self.library, self.database, self.clock))

    def members(self, count: int) -> list[MemberActor]:
        """So many more members."""
        return [
            self.guild.add_member(self.env.create_user(f"member{number}"))
            for number in range(count)
        ]

    async def raw_click(
        self, who: MemberActor, channel: ChannelHandle, custom_id: str, message_id: int, **data: Any
    ) -> InteractionResult:
        """Send a click that the page could not make: a forged or stale custom id."""
        result = self.press(who, channel, custom_id, message_id, **data)
        await self.env.settle()
        return result

    def press(
        self, who: MemberActor, channel: ChannelHandle, custom_id: str, message_id: int, **data: Any
    ) -> InteractionResult:
        """Such a click, without waiting for what comes of it: several can be under way at once."""
        message = self.env.backend.get_message(channel.id, message_id)
        record, payload = base_payload(
            self.env.backend,
            type=InteractionType.MESSAGE_COMPONENT,
            channel_id=channel.id,
            guild_id=who.guild.id,
            user_id=who.id,
            data={"custom_id": custom_id, "component_type": 2, **data},
        )
        from simcord.backend import serializers

        payload["message"] = dict(serializers.message_payload(self.env.backend, message))
        self.env.backend.emit("INTERACTION_CREATE", payload)
        return InteractionResult(self.env, record)

    def edits(self, message_id: int) -> int:
        """How many times the bot edited a message."""
        return sum(
            request.method == "PATCH" and request.path.endswith(f"/messages/{message_id}")
            for request in self.env.http_requests
        )


PATIENCE = 20.0


@contextmanager
def one_core() -> Iterator[None]:
    """Keep this process and its threads to one core.

    The loop and the database's thread take turns anyway, a hundred times a click, and to wake a
    core that sleeps costs more than most turns.
    """
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    allowed = os.sched_getaffinity(0)
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    os.sched_setaffinity(0, {sorted(allowed)[worker % len(allowed)]})
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)


@asynccontextmanager
async def world(library: Library, database: Database) -> AsyncIterator[World]:
    """A running world; errors that the bot did not answer fail the test."""
    clock = SimulatedClock(discord.utils.utcnow)
    with one_core():
        async with _inhabited(library, database, clock) as made:
            yield made


@asynccontextmanager
async def _inhabited(
    library: Library, database: Database, clock: SimulatedClock
) -> AsyncIterator[World]:
    async with simulate(build(library, database, clock), clock) as env:
        # Within this long a step must be done, on however busy a machine.
        env.settle_timeout = PATIENCE
        guild = env.create_guild("Summit Watch")
        channel = guild.create_text_channel("summit")
        role = guild.create_role("Mods", permissions=discord.Permissions(manage_messages=True))
        mod = guild.add_member(env.create_user("mod"), roles=[role])
        ann = guild.add_member(env.create_user("ann"))
        ben = guild.add_member(env.create_user("ben"))
        await env.settle()
        incidents = Incidents()
        logging.getLogger("bot.ui.failures").addHandler(incidents)
        try:
            yield World(
                env, database, library, guild, channel, role, mod, ann, ben, clock, incidents
            )
        finally:
            logging.getLogger("bot.ui.failures").removeHandler(incidents)
        assert incidents.seen == incidents.expected
        if wrong := wrong_requests(env):
            raise AssertionError("Discord would refuse:\n" + "\n".join(wrong))
        allowed = incidents.expected
        unanswered = [
            error
            for error in env.errors
            if not isinstance(getattr(error, "original", error), UserError)
        ]
        if len(unanswered) > allowed:
            raise ExceptionGroup("the bot failed", unanswered)


def wrong_requests(env: simcord.Env) -> list[str]:
    """What Discord would not have accepted of what the bot sent, by its own description."""
    wrong = []
    for request in env.http_requests:
        found = problem(request.method, request.path, request.json)
        if found is None and text_bytes(request.json) > MOST_BYTES:
            found = f"{request.method} {request.path}: {text_bytes(request.json)} bytes of text"
        if found is not None:
            wrong.append(found)
    return wrong


def add_administrator(here: World, name: str = "ada") -> MemberActor:
    """One more member, who may manage the server."""
    role = here.guild.create_role("Admins", permissions=discord.Permissions(manage_guild=True))
    return here.guild.add_member(here.env.create_user(name), roles=[role])


def add_moderator(here: World, name: str = "nora") -> MemberActor:
    role = here.guild.roles["Mods"]
    return here.guild.add_member(here.env.create_user(name), roles=[role])


def add_moderators_channel(here: World, name: str, readers: Iterable[Any] = ()) -> ChannelHandle:
    """A channel that nobody sees but moderators, the bot, and those roles or members."""
    shown = discord.PermissionOverwrite(view_channel=True)
    who = (here.guild.roles["Mods"], here.bot.user, *readers)
    allowed: dict[Any, discord.PermissionOverwrite] = dict.fromkeys(who, shown)
    hidden = {here.guild.default_role: discord.PermissionOverwrite(view_channel=False)}
    return here.guild.create_text_channel(name, overwrites=hidden | allowed)


def moderators_channel(here: World) -> ChannelHandle:
    """A channel that members cannot see."""
    return here.guild.channels.get("mods") or add_moderators_channel(here, "mods")


async def add_private_channel(here: World, name: str, *viewers: Any) -> ChannelHandle:
    """A channel that only these, members or roles, and the bot may view."""
    seen = discord.PermissionOverwrite(view_channel=True, send_messages=True)
    hidden = discord.PermissionOverwrite(view_channel=False)
    allowed = dict.fromkeys((*viewers, here.bot.user), seen)
    made = here.guild.create_text_channel(
        name, overwrites={here.guild.default_role: hidden} | allowed
    )
    await here.env.settle()
    return made


async def change_settings(here: World, **settings: Any) -> None:
    """Change the server's settings as its owner would."""
    owner = make_viewer(here.guild.owner.id, here.guild.id, manage_server=True)
    await here.bot.services.settings.change(owner, **settings)
    await here.env.settle()
