"""A simulated Discord with the bot in it, whose workers may rest."""

from __future__ import annotations

from collections import Counter
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, ClassVar

import simcord
from simcord.http.router import RequestContext, route

from bot.clock import Clock

if TYPE_CHECKING:
    import asyncio
    from collections.abc import AsyncIterator, Callable

    import discord


@route("GET", "/guilds/{guild_id}/roles/member-counts")
def _count_members_of_roles(ctx: RequestContext) -> dict[str, int]:
    """How many members each role has, which Discord tells and simcord does not."""
    guild = ctx.backend.get_guild(ctx.int_arg("guild_id"))
    ctx.require_guild_permissions(guild.id, "manage_roles")
    counted = Counter(role for member in guild.members.values() for role in member.role_ids)
    return {str(role_id): counted[role_id] for role_id in guild.roles if role_id != guild.id}


class SimulatedClock(Clock):
    """Tells simulated Discord when a worker of the bot rests.

    Without that simcord takes a resting worker for one that hangs. The bot is built before its
    environment, so `env` is set later. Simulated time never jumps.
    """

    longest_rest: ClassVar[float | None] = None
    env: simcord.Env | None = None

    async def rest(self, wake: asyncio.Event, seconds: float | None = None) -> None:
        wait = super().rest(wake, seconds)
        if self.env is None:
            await wait
        else:
            await self.env.external_wait(wait, reason="a worker of the bot rests")


@asynccontextmanager
async def simulate(
    bot: discord.Client,
    clock: SimulatedClock,
    prepare: Callable[[simcord.Env], None] | None = None,
) -> AsyncIterator[simcord.Env]:
    """A simulated Discord with this bot, which was built with this clock, in it.

    `prepare` is called before it starts.
    """
    env = clock.env = simcord.Env(bot)
    env.backend.bot_user.name = "summit-bot"
    if prepare is not None:
        prepare(env)
    await env.start()
    try:
        yield env
    finally:
        await env.shutdown()
