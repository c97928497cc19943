"""The real bot in a local browser page: no token, no network.

Everything that touches simcord's private parts is in this module.
"""

from __future__ import annotations

import asyncio
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import discord
import simcord
from simcord._clock import Clock as SimulatedClock
from simcord.backend.errors import SetupError
from simcord.http.router import RequestContext, route

from bot.client import SummitBot
from bot.clock import Clock
from bot.errors import StartupError, UserError
from bot.knowledge.index import Library
from bot.knowledge.loader import load_library
from bot.storage.engine import Database
from bot.storage.upgrade import upgrade
from bot.ui.card import Block, Card, card_view

Build = Callable[[Library, Database, Clock], SummitBot]

# Always the same, so that a database that is kept goes on being this server's.
GUILD_ID = 1_400_000_000_000_000_000
BEAT_SECONDS = 0.5
SETTLE_SECONDS = 0.2


@route("GET", "/guilds/{guild_id}/roles/member-counts")
def _count_members_of_roles(ctx: RequestContext) -> dict[str, int]:
    """What Discord answers and simcord knows nothing of: how many members each role has."""
    guild = ctx.backend.get_guild(ctx.int_arg("guild_id"))
    ctx.require_guild_permissions(guild.id, "manage_roles")
    counted = Counter(role for member in guild.members.values() for role in member.role_ids)
    return {str(role_id): counted[role_id] for role_id in guild.roles if role_id != guild.id}


class WallClock(SimulatedClock):
    """Simulated Discord's time, kept equal to the wall clock."""

    def __init__(self) -> None:
        self._epoch = discord.utils.utcnow()
        # simcord replaces time.monotonic by this very clock.
        self._started = time.perf_counter()

    @property
    def elapsed(self) -> float:
        return time.perf_counter() - self._started

    @elapsed.setter
    def elapsed(self, value: float) -> None:
        """Time cannot be set: it passes."""

    def advance(self, seconds: float) -> None:
        """Time cannot be moved: it passes."""


class Parking:
    """Declares the idle waits of the bot's workers to the simulated Discord.

    Without that it takes a resting worker for one that hangs. Knows the environment only once
    there is one, since the bot is built before it.
    """

    def __init__(self) -> None:
        self.env: simcord.Env | None = None

    async def __call__(self, wait: Awaitable[None]) -> None:
        if self.env is None:
            await wait
        else:
            await self.env.external_wait(wait, reason="a worker of the bot rests")


@asynccontextmanager
async def simulate(
    bot: SummitBot, parking: Parking, clock: SimulatedClock | None = None
) -> AsyncIterator[simcord.Env]:
    """A simulated Discord with this bot in it, whose workers may rest."""
    env = simcord.Env(bot)
    parking.env = env
    env.backend.bot_user.name = "summit-bot"
    if clock is not None:
        env.backend.clock = clock
    await env.start()
    try:
        yield env
    finally:
        await env.shutdown()


async def serve(knowledge_dir: Path, *, port: int, database_url: str | None, build: Build) -> None:
    """Print the page's address and serve it until Ctrl-C or SIGTERM."""
    library = Library(load_library(knowledge_dir))
    with tempfile.TemporaryDirectory(prefix="summit-bot-") as folder:
        database = Database(database_url or f"sqlite+aiosqlite:///{folder}/preview.db")
        try:
            await upgrade(database)
            await _serve(library, database, port, build)
        finally:
            await database.close()


async def _serve(library: Library, database: Database, port: int, build: Build) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signal_number, stop.set)
    parking = Parking()
    bot = build(library, database, Clock(discord.utils.utcnow, parking))
    async with simulate(bot, parking, WallClock()) as env:
        _take_refusals_for_answers(env)
        channel, people = _furnish(env, str(library.default.summit.name))
        await env.settle()
        await bot.get_partial_messageable(channel.id).send(view=_welcome(library))
        preview = env.preview(channel, viewers=people, layout="channel", port=port)
        turn = asyncio.Lock()
        _make_patient(preview, turn)
        try:
            await preview.__aenter__()
        except SetupError as error:
            raise StartupError(
                f"The page cannot be served on port {port}: it is in use or not allowed. "
                "Choose another one with --port."
            ) from error
        try:
            sys.stdout.write(f"Preview: {preview.url}\n")
            sys.stdout.flush()
            await _keep_alive(env, preview, turn, stop)
        finally:
            await preview.close()


def _take_refusals_for_answers(env: simcord.Env) -> None:
    """Have the page call no refusal a failure: the person was told what was wrong."""
    record = env._record_error

    def record_failures(error: BaseException) -> None:
        if not isinstance(getattr(error, "original", error), UserError):
            record(error)

    env._record_error = record_failures  # type: ignore[method-assign]


def _make_patient(preview: Any, turn: asyncio.Lock) -> None:
    """Let what a person does wait for its turn, where simcord would refuse it.

    It refuses what comes while something else is under way, and what was done on a page that
    was refreshed a moment ago. Here posts come in at any time, so neither is the person's fault.
    """
    act = preview._action

    async def patient(context_id: str, body: dict[str, Any]) -> Any:
        async with turn:
            page = preview._pages.get(context_id)
            sequence = body.get("sequence")
            if page and isinstance(sequence, int) and sequence > page.last_sequence:
                body = {**body, "published_revision": page.revision}
            return await act(context_id, body)

    preview._action = patient


def _furnish(env: simcord.Env, topic: str) -> tuple[Any, tuple[Any, ...]]:
    """A server with a channel to talk in, one for announcements, a moderator and two members."""
    guild = env.create_guild("Summit Watch", id=GUILD_ID)
    channel = guild.create_text_channel("summit", topic=topic)
    guild.create_text_channel("announcements", topic="News from the moderators")
    powers = discord.Permissions(manage_messages=True, manage_guild=True)
    moderator = guild.create_role("Moderator", permissions=powers, color=0x5865F2)
    people = (
        guild.add_member(
            env.create_user("mod_mina", global_name="Mina (moderator)"), roles=[moderator]
        ),
        guild.add_member(env.create_user("alex", global_name="Alex (member)")),
        guild.add_member(env.create_user("sora", global_name="Sora (member)")),
    )
    return channel, people


def _welcome(library: Library) -> discord.ui.LayoutView:
    """What to try, with names from the pack that is loaded."""
    pack = library.default
    people = [actor.name for actor in pack.actors.values()][:2]
    issue = next(iter(pack.issues.values())).name
    blocks = (
        Block(
            "The bot is the real one, the server around it is simulated: nothing leaves this "
            "machine. Type `/` below to see every command.",
        ),
        Block(
            f"`/summit` what this is about\n`/actor` for example {people[0]}\n"
            f"`/compare` {' with '.join(map(str, people))} on {issue}\n"
            "`/forecast mine` how your forecasts did\n"
            "`/help` everything else",
            heading="As anyone",
        ),
        Block(
            "`/poll open` then vote, switch to Alex or Sora, and vote again\n"
            "`/poll close` to see the result drawn, `/poll resolve` to see who was right\n"
            "`/poll create` for a question of your own\n"
            "`/discuss` for a thread with every side's stand\n"
            "`/announce post` to write, preview and post\n"
            "`/settings` for how the bot works in a server",
            heading="As Mina, who moderates",
        ),
    )
    return card_view(Card(f"Try it: {pack.summit.name}", blocks))


async def _keep_alive(
    env: simcord.Env, preview: Any, turn: asyncio.Lock, stop: asyncio.Event
) -> None:
    """Let the bot's own work go on, and show what it posts, until `stop` is set."""
    seen = 0
    while not stop.is_set():
        with suppress(TimeoutError):
            async with asyncio.timeout(BEAT_SECONDS):
                await stop.wait()
        async with turn:
            # A bot that is busy for longer than a beat is looked at again after the next.
            with suppress(SetupError, TimeoutError):
                await env.settle(timeout=SETTLE_SECONDS)
                posted = len(env.http_requests)
                if posted != seen:
                    await preview.refresh()
                    seen = posted
