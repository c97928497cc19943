"""Whom the preview's page shows which channels, asked as its script asks."""

import itertools
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any, Self

import aiohttp
import discord
import pytest
import simcord

from bot.app import build
from bot.client import SummitBot
from bot.db.engine import Database
from bot.knowledge.library import Library
from bot.preview import SimulatedClock, simulate
from bot.preview.page import ServerPage
from bot.preview.scene import Scene, furnish, open_doors
from tests.packs_in_code import talks


@dataclass
class Visitor:
    """A browser that has the page open."""

    http: aiohttp.ClientSession
    headers: dict[str, str]
    snapshot: dict[str, Any]
    numbers: Iterator[int]

    @classmethod
    async def arrive(cls, page: ServerPage, http: aiohttp.ClientSession) -> Self:
        headers = {"X-Simcord-Capability": page.capability}
        async with http.post("/api/pages", json={}, headers=headers) as answer:
            snapshot = await answer.json()
        headers["X-Simcord-Context"] = snapshot["context"]["id"]
        return cls(http, headers, snapshot, itertools.count(1))

    async def become(self, viewer: str) -> dict[str, Any]:
        """Ask to be shown what `viewer`, perhaps in a certain channel, sees; gives the receipt."""
        number = next(self.numbers)
        body = {
            "protocol_version": 3,
            "sequence": number,
            "request_id": f"request-{number}",
            "generation": self.snapshot["context"]["generation"],
            "bot_generation": self.snapshot["botGeneration"],
            "kind": "viewer",
            "viewer_id": viewer,
        }
        async with self.http.post("/api/action", json=body, headers=self.headers) as answer:
            receipt: dict[str, Any] = await answer.json()
        async with self.http.get("/api/state", headers=self.headers) as answer:
            self.snapshot = await answer.json()
        return receipt

    @property
    def sees(self) -> tuple[str, list[str]]:
        """Where the page is, and what it offers to look at."""
        offered = self.snapshot["presentation"]["channels"]
        return self.snapshot["channel"]["name"], [channel["name"] for channel in offered]


@dataclass
class Stage:
    env: simcord.Env
    bot: SummitBot
    scene: Scene
    visitor: Visitor

    def person(self, name: str) -> int:
        (found,) = [one.id for one in self.scene.people if one.user.name == name]
        return found


@pytest.fixture
async def stage(sqlite_url: str) -> AsyncIterator[Stage]:
    clock, database = SimulatedClock(discord.utils.utcnow), Database(sqlite_url)
    bot = build(Library([talks()]), database, clock)
    async with simulate(bot, clock) as env:
        scene = furnish(env, "A topic")
        await env.settle()
        await open_doors(bot, scene)
        async with ServerPage(env, scene.channel, scene.people, 0) as page:
            address = page.url.partition("#")[0]
            async with aiohttp.ClientSession(address) as http:
                yield Stage(env, bot, scene, await Visitor.arrive(page, http))
    await database.close()


ALL = ["#summit", "#announcements", "#mod-log"]


async def test_only_who_may_see_the_log_is_shown_it(stage: Stage) -> None:
    visitor, log = stage.visitor, stage.scene.log.id
    assert visitor.sees == ("summit", ALL)
    await visitor.become(f"{stage.person('joon')}/{log}")
    assert visitor.sees == ("mod-log", ALL)
    # Who stays where they may not be is taken home, and so is who asks for it outright.
    await visitor.become(str(stage.person("alex")))
    assert visitor.sees == ("summit", ALL[:2])
    await visitor.become(f"{stage.person('alex')}/{log}")
    assert visitor.sees == ("summit", ALL[:2])


async def test_a_place_or_person_that_is_not_there_leaves_the_page_usable(stage: Stage) -> None:
    visitor = stage.visitor
    await visitor.become(f"{stage.person('joon')}/{stage.scene.log.id}")
    receipt = await visitor.become("7/7")
    assert receipt["rejected"]
    assert visitor.sees == ("mod-log", ALL)
    visitor.numbers = itertools.count(2)
    await visitor.become(f"{stage.person('joon')}/7")
    assert visitor.sees == ("summit", ALL)


async def test_a_member_reads_what_the_bot_wrote_to_them_and_nobody_else_does(
    stage: Stage,
) -> None:
    visitor, sora = stage.visitor, stage.person("sora")
    user = await stage.bot.fetch_user(sora)
    written = await user.send("A reminder.")
    await visitor.become(f"{sora}/{written.channel.id}")
    assert visitor.sees == (None, [*ALL[:2], "From the bot"])
    assert [message["content"] for message in visitor.snapshot["messages"].values()] == [
        "A reminder."
    ]
    await visitor.become(f"{stage.person('alex')}/{written.channel.id}")
    assert visitor.sees == ("summit", ALL[:2])
