"""Stopping: what people asked for is finished first, what comes after is told so."""

import asyncio
import sys
from collections.abc import AsyncIterator

import discord
import pytest
from simcord.results import InteractionResult

from bot.db.engine import Database
from bot.knowledge.library import Library
from tests.packs_in_code import talks
from tests.sim.messages import text_of
from tests.sim.server import World, world


@pytest.fixture
async def here(sqlite_url: str) -> AsyncIterator[World]:
    database = Database(sqlite_url)
    async with world(Library([talks()]), database) as made:
        # A bot that closes unloads the cogs. Other tests of this process hold their classes.
        loaded = {name: module for name, module in sys.modules.items() if name.startswith("cogs.")}
        yield made
    await database.close()
    sys.modules.update(loaded)


async def test_an_interaction_under_way_is_finished_before_the_bot_leaves(here: World) -> None:
    started, proceed = asyncio.Event(), asyncio.Event()
    answered = []

    @here.bot.tree.command(name="slow", description="Takes its time.")
    async def slow(interaction: discord.Interaction) -> None:
        started.set()
        await proceed.wait()
        await interaction.response.send_message("done")
        answered.append(True)

    await here.bot.tree.sync()
    asking = asyncio.create_task(here.ann.slash(here.channel, "slow"))
    await started.wait()
    closing = asyncio.create_task(here.bot.close())
    await asyncio.sleep(0.05)
    assert not closing.done()
    proceed.set()
    await closing
    assert answered == [True]
    result: InteractionResult = await asking
    assert text_of(result.response) == "done"


async def test_what_comes_while_the_bot_stops_is_told_to_try_later(here: World) -> None:
    here.bot.stopping = True
    result = await here.ann.slash(here.channel, "poll list")
    assert result.ephemeral
    assert "restarting" in text_of(result.response)
