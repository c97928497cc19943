"""A process in which the real bot takes votes until it is killed.

`python -m tests.polls.voting_process URL [early]`: members click at once and go on clicking, each
with a higher forecast every time. As the bot acknowledges a ballot to (simulated) Discord,
`USER VALUE` is written to standard output. With `early` ballots are acknowledged before they are
committed, which is the mistake that the test must be able to see.
"""

import asyncio
import os
import sys
import time
from dataclasses import replace
from typing import Any

from simcord.backend import serializers
from simcord.enums import InteractionType
from simcord.interactions import base_payload

from bot.db.engine import Database
from bot.knowledge.library import Library
from bot.polls import ballot_store as rows
from bot.polls.ballots import BallotBox, Entry, Receipt
from tests.packs_in_code import talks
from tests.sim.server import World, world

MEMBERS = 60
HIGHEST = 1000


class Voters:
    """Each has one click under way. Stands in for simcord's list of the requests it got."""

    def __init__(self, here: World, message: Any) -> None:
        self._here = here
        stored = here.env.backend.get_message(here.channel.id, message.id)
        self._message = dict(serializers.message_payload(here.env.backend, stored))
        self._sent: dict[int, tuple[int, int]] = {}

    def click(self, user_id: int, value: int) -> None:
        _, payload = base_payload(
            self._here.env.backend,
            type=InteractionType.MESSAGE_COMPONENT,
            channel_id=self._here.channel.id,
            guild_id=self._here.guild.id,
            user_id=user_id,
            data={"custom_id": f"poll:answer:v1:1:{value}", "component_type": 2},
        )
        self._sent[int(payload["id"])] = (user_id, value)
        payload["message"] = self._message
        self._here.env.backend.emit("INTERACTION_CREATE", payload)

    def append(self, request: Any) -> None:
        parts = request.path.split("/")
        if parts[1] != "interactions":
            return
        user_id, value = self._sent.pop(int(parts[2]))
        assert "Stored" in str(request.json) or "Changed" in str(request.json)
        os.write(sys.stdout.fileno(), f"{user_id} {value}\n".encode())
        if value < HIGHEST:
            asyncio.get_running_loop().call_soon(self.click, user_id, value + 1)


def acknowledge_early() -> None:
    """Make the ballot box answer at once, and commit when it gets to it."""
    put, store = BallotBox.put, rows.put
    under_way = set()

    async def early(self: BallotBox, entry: Entry) -> Receipt:
        if not hasattr(self, "first"):
            self.first = await put(self, replace(entry, value=0))  # type: ignore[attr-defined]
        under_way.add(asyncio.create_task(put(self, entry)))
        return replace(self.first, before=None, now=entry.value)  # type: ignore[attr-defined]

    async def slow(*arguments: Any) -> None:
        await asyncio.to_thread(time.sleep, 0.2)
        await store(*arguments)

    BallotBox.put, rows.put = early, slow  # type: ignore[method-assign]


async def main(url: str, *options: str) -> None:
    if "early" in options:
        acknowledge_early()
    async with world(Library([talks()]), Database(url)) as here:
        await here.mod.slash(here.channel, "poll open", outcome="hotline")
        members = here.members(MEMBERS)
        await here.env.settle()
        voters = Voters(here, here.channel.last_message)
        here.env.backend.http_requests = voters  # type: ignore[assignment]
        for member in members:
            voters.click(member.id, 1)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
