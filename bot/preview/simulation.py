"""A simulated Discord with the bot in it, whose workers may rest."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager

import discord
import simcord
from simcord._clock import Clock as SimulatedClock
from simcord.http.router import RequestContext, route

from bot.errors import UserError


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
    bot: discord.Client, parking: Parking, clock: SimulatedClock | None = None
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


def take_refusals_for_answers(env: simcord.Env) -> None:
    """Have the page call no refusal a failure: the person was told what was wrong."""
    record = env._record_error

    def record_failures(error: BaseException) -> None:
        if not isinstance(getattr(error, "original", error), UserError):
            record(error)

    env._record_error = record_failures  # type: ignore[method-assign]
