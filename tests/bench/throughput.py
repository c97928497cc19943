"""Interactions a second through the simulated Discord: a bot that says pong, and this one."""

import asyncio
import gc
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any

import discord
import simcord
from discord.ext import commands
from simcord.backend import serializers
from simcord.enums import InteractionType
from simcord.interactions import base_payload

from bot.access import SYSTEM
from bot.db.engine import Database
from bot.knowledge.library import Library
from tests.sim.server import World, world

Payload = dict[str, Any]


async def pong(count: int) -> float:
    """Slash commands a second that a bot answers with nothing but "pong"."""
    bot = commands.Bot(command_prefix="!", intents=discord.Intents.none())

    @bot.tree.command(name="pong", description="Answers.")
    async def answer(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("pong", ephemeral=True)

    async with _plain(bot) as (env, channel_id, guild_id, user_id):
        data = command(env, "pong", guild_id)
        sent = (payload(env, channel_id, guild_id, user_id, data) for _ in range(count))
        return await _rate(env, sent, count)


async def pong_to_clicks(library: Library, database: Database, count: int) -> float:
    """Clicks on a poll a second that a bot answers with nothing but "pong".

    A click brings its whole message along, which costs the simulated Discord more than a command.
    """
    async with world(library, database) as here:
        (click,) = await _clicks(here, 1)
    bot = commands.Bot(command_prefix="!", intents=discord.Intents.none())

    @bot.event
    async def on_interaction(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("pong", ephemeral=True)

    async with _plain(bot) as (env, channel_id, guild_id, user_id):
        kind = InteractionType.MESSAGE_COMPONENT
        sent = (
            {
                **payload(env, channel_id, guild_id, user_id, click["data"], kind),
                "message": click["message"],
            }
            for _ in range(count)
        )
        return await _rate(env, sent, count)


@asynccontextmanager
async def _plain(bot: commands.Bot) -> AsyncIterator[tuple[simcord.Env, int, int, int]]:
    """A bot in a server of its own, with the ids of a channel, the server and a member."""

    async def setup() -> None:
        await bot.tree.sync()

    bot.setup_hook = setup  # type: ignore[method-assign]
    async with simcord.run(bot) as env:
        guild = env.create_guild()
        channel = guild.create_text_channel("bench")
        user = guild.add_member(env.create_user("someone"))
        await env.settle()
        yield env, channel.id, guild.id, user.id


async def actor(library: Library, database: Database, count: int) -> float:
    """/actor a second."""
    async with world(library, database) as here:
        name = next(iter(library.default.actors))
        data = command(here.env, "actor", here.guild.id)
        data["options"] = [{"name": "name", "type": 3, "value": name}]
        payloads = (
            payload(here.env, here.channel.id, here.guild.id, here.ann.id, data)
            for _ in range(count)
        )
        return await _rate(here.env, payloads, count)


async def votes(
    library: Library, database: Database, count: int, in_flight: int
) -> tuple[float, list[float]]:
    """Votes a second, each answered after its commit, and how long each answer took in seconds.

    `count` members vote, `in_flight` at a time.
    """
    async with world(library, database) as here:
        payloads = await _clicks(here, count)
        freeze()
        started = time.perf_counter()
        latencies = await _answered(here, payloads, in_flight)
        rate = count / (time.perf_counter() - started)
        await _check(here, count)
        return rate, latencies


async def rush(library: Library, database: Database, count: int) -> list[float]:
    """How long each answer takes, in seconds, where `count` members vote at the same moment, each
    with a double click.
    """
    async with world(library, database) as here:
        payloads = await _clicks(here, count, times=2)
        freeze()
        latencies = await _answered(here, payloads, in_flight=len(payloads))
        await _check(here, count)
        return latencies


def freeze() -> None:
    """What a bot does once it has started, so that collections leave what is loaded alone."""
    gc.collect()
    gc.freeze()


async def _clicks(here: World, count: int, times: int = 1) -> list[Payload]:
    """A poll, and clicks of so many members on one of its answers, so many times each."""
    outcome = next(iter(here.library.default.outcomes))
    await here.mod.slash(here.channel, "poll open", outcome=outcome)
    message = here.channel.last_message
    assert message is not None
    button = next(
        part["custom_id"]
        for part in _parts(here.env.backend.get_message(here.channel.id, message.id).components)
        if str(part.get("custom_id", "")).startswith("poll:answer:")
    )
    voters = here.members(count)
    await here.env.settle(timeout=60)
    stored = here.env.backend.get_message(here.channel.id, message.id)
    shown = dict(serializers.message_payload(here.env.backend, stored))
    data = {"custom_id": button, "component_type": 2}
    kind = InteractionType.MESSAGE_COMPONENT
    return [
        {
            **payload(here.env, here.channel.id, here.guild.id, voter.id, data, kind),
            "message": shown,
        }
        for voter in voters
        for _ in range(times)
    ]


async def _check(here: World, count: int) -> None:
    """That every ballot is stored."""
    await here.env.settle(timeout=60)
    report = await here.bot.services.polls.show(SYSTEM, 1)
    assert report.ballots == count


class _Answers(list[Any]):
    """simcord's list of requests, which tells of each answer to an interaction as it comes."""

    def __init__(self, answered: Callable[[int], None]) -> None:
        super().__init__()
        self._answered = answered

    def append(self, request: Any) -> None:
        parts = request.path.split("/")
        if parts[1] == "interactions":
            self._answered(int(parts[2]))


async def _answered(here: World, payloads: list[Payload], in_flight: int) -> list[float]:
    """Send these clicks, so many under way at any time; how long each waited for its answer."""
    sent: dict[int, float] = {}
    latencies: list[float] = []
    room = asyncio.Semaphore(in_flight)

    def answered(number: int) -> None:
        latencies.append(time.perf_counter() - sent[number])
        room.release()

    here.env.backend.http_requests = _Answers(answered)
    for click in payloads:
        await room.acquire()
        sent[int(click["id"])] = time.perf_counter()
        here.env.backend.emit("INTERACTION_CREATE", click)
    while len(latencies) < len(payloads):
        await asyncio.sleep(0.001)
    return latencies


async def _rate(env: simcord.Env, payloads: Iterable[Payload], count: int) -> float:
    ready = list(payloads)
    freeze()
    started = time.perf_counter()
    for one in ready:
        env.backend.emit("INTERACTION_CREATE", one)
    await env.settle(timeout=120)
    rate = count / (time.perf_counter() - started)
    assert all(env.backend.interactions[int(one["id"])].responded for one in ready)
    return rate


def command(env: simcord.Env, name: str, guild_id: int) -> Payload:
    found = env.backend.find_command(name, guild_id, type=1)
    assert found is not None
    return {"id": found["id"], "name": name, "type": 1, "options": []}


def payload(
    env: simcord.Env,
    channel_id: int,
    guild_id: int,
    user_id: int,
    data: Payload,
    kind: int = InteractionType.APPLICATION_COMMAND,
) -> Payload:
    _, made = base_payload(
        env.backend,
        type=kind,
        channel_id=channel_id,
        guild_id=guild_id,
        user_id=user_id,
        data=data,
    )
    return made


def _parts(nodes: Iterable[Any]) -> Iterable[Any]:
    for node in nodes:
        yield node
        yield from _parts(node.get("components") or ())
