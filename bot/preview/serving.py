"""Serves the preview: no token, no network."""

from __future__ import annotations

import asyncio
import signal
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import discord
import simcord
from simcord.backend.errors import SetupError

from bot.client import SummitBot
from bot.clock import Clock
from bot.db.engine import Database
from bot.db.upgrade import upgrade
from bot.errors import StartupError
from bot.knowledge.library import Library
from bot.knowledge.loader import load_library
from bot.preview.page import ServerPage, prepare
from bot.preview.scene import furnish, open_doors
from bot.preview.simulation import SimulatedClock, simulate

Build = Callable[[Library, Database, Clock], SummitBot]

BEAT_SECONDS = 0.5
SETTLE_SECONDS = 0.2


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
    clock = SimulatedClock(discord.utils.utcnow)
    bot = build(library, database, clock)
    async with simulate(bot, clock, prepare) as env:
        scene = furnish(env, str(library.default.summit.name))
        await env.settle()
        await open_doors(bot, scene)
        page = ServerPage(env, scene.channel, scene.people, port)
        try:
            await page.__aenter__()
        except SetupError as error:
            raise StartupError(
                f"The page cannot be served on port {port}: it is in use or not allowed. "
                "Choose another one with --port."
            ) from error
        try:
            sys.stdout.write(f"Preview: {page.url}\n")
            sys.stdout.flush()
            await _keep_alive(env, page, stop)
        finally:
            await page.close()


async def _keep_alive(env: simcord.Env, page: ServerPage, stop: asyncio.Event) -> None:
    """Let the bot do its timed work and show what it posts, until `stop` is set."""
    seen = 0
    while not stop.is_set():
        with suppress(TimeoutError):
            async with asyncio.timeout(BEAT_SECONDS):
                await stop.wait()
        async with page.turn:
            # If the bot is busy for longer than this, look again after the next beat.
            with suppress(SetupError, TimeoutError):
                await env.settle(timeout=SETTLE_SECONDS)
                posted = len(env.http_requests)
                if posted != seen:
                    await page.refresh()
                    seen = posted
