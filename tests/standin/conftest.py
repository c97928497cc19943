import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import discord
import pytest
import yarl
from discord.gateway import DiscordWebSocket, KeepAliveHandler
from sqlalchemy import func, select

from bot.access import Viewer
from bot.app import build
from bot.client import SummitBot
from bot.clock import Clock
from bot.db.engine import Database
from bot.jobs.model import JobState
from bot.jobs.tables import JobRow
from bot.knowledge.library import Library
from bot.ui import delivery as once
from tests.factories import make_viewer
from tests.packs_in_code import talks
from tests.standin.payloads import GUILD_ID, MOD_ID
from tests.standin.rest import StandIn

TOKEN = f"{'a' * 24}.{'b' * 6}.{'c' * 30}"
MOST_SECONDS = 20.0
GUILD_SECONDS = 0.1

HURRY = 20
SECONDS_FOR_LISTENERS = 5.0


class Hurried:
    """asyncio for discord.py's HTTP client, with its pauses before it tries again cut short."""

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / HURRY)


@dataclass
class Connected:
    """The real bot, connected over HTTP and the gateway to the stand-in."""

    discord: StandIn
    database: Database
    bot: SummitBot = field(init=False)
    mod: Viewer = field(default=make_viewer(MOD_ID, GUILD_ID, manage_messages=True))

    async def connect(self) -> None:
        """Start a bot, as after a crash: whatever ran before is not asked."""
        self.bot = build(Library([talks()]), self.database, Clock(self.discord.now))
        # How long discord.py waits for guilds that do not come; here the one comes at once.
        self.bot._connection.guild_ready_timeout = GUILD_SECONDS
        self.serving = asyncio.create_task(self.bot.start(TOKEN))
        async with asyncio.timeout(MOST_SECONDS):
            while not (self.bot.is_ready() or self.serving.done()):
                await asyncio.sleep(0.02)
        assert not self.serving.done(), self.serving.exception()

    async def pass_time(self, amount: timedelta) -> None:
        self.discord.ahead += amount
        self.bot.services.scheduler.wake()

    async def until(self, reached: Callable[[], bool | Awaitable[bool]]) -> None:
        """Wait until something is so; fails the test if it never is."""
        async with asyncio.timeout(MOST_SECONDS):
            while True:
                found = reached()
                if found if isinstance(found, bool) else await found:
                    return
                await asyncio.sleep(0.02)

    async def is_idle(self) -> bool:
        """Whether nothing is being done and nothing that is due is left to be done."""
        is_due = func.coalesce(JobRow.lease_until, JobRow.due_at) <= self.discord.now()
        left = select(func.count()).where(
            (JobRow.state == JobState.RUNNING.value)
            | ((JobRow.state == JobState.WAITING.value) & is_due)
        )
        async with self.database.read() as session:
            return await session.scalar(left) == 0

    async def die(self) -> None:
        """End the bot as a crash would: what is under way is neither finished nor given back."""
        scheduler = self.bot.services.scheduler
        tasks = [task for task in (scheduler._worker, *scheduler._running) if task]
        scheduler._worker = None
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.close()

    async def close(self) -> None:
        await self.bot.close()
        await asyncio.gather(self.serving, return_exceptions=True)
        # discord.py waits for no listener. One that is reading would outlive its database.
        listeners = {task for task in asyncio.all_tasks() if "discord.py" in task.get_name()}
        if listeners:
            await asyncio.wait(listeners, timeout=SECONDS_FOR_LISTENERS)
        # One that was about to reconnect has a heart that would beat on after its loop.
        for thread in threading.enumerate():
            if isinstance(thread, KeepAliveHandler):
                thread.stop()


@pytest.fixture
async def standin(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[StandIn]:
    made = StandIn()
    await made.start()
    monkeypatch.setattr(discord.http.Route, "BASE", made.url)
    monkeypatch.setattr(discord.http, "asyncio", Hurried())
    monkeypatch.setattr(once, "PAUSES", tuple(pause / HURRY for pause in once.PAUSES))
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(made.gateway.url))
    yield made
    await made.stop()
    assert made.wrong == []


@pytest.fixture
async def connected(standin: StandIn, database: Database) -> AsyncIterator[Connected]:
    made = Connected(standin, database)
    await made.connect()
    yield made
    await made.close()
