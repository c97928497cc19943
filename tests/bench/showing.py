"""How long showing a poll takes, by how many ballots it has."""

import random
import time
from collections import Counter
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, update

from bot.access import SYSTEM
from bot.db.engine import Database
from bot.knowledge.library import Library
from bot.polls.model import VOTERS, PollKind, Question
from bot.polls.tables import BallotLogRow, BallotRow, PollRow, TallyRow
from tests.bench.throughput import Payload, command, payload
from tests.factories import make_poll
from tests.sim.server import World, world

SIZES = (1_000, 100_000, 1_000_000)
QUESTIONS = {
    "forecast": Question(PollKind.FORECAST, "Will they meet again?"),
    "choice": Question(
        PollKind.CHOICE, "Which tone?", tuple((f"tone-{n}", f"Tone {n}") for n in range(5))
    ),
}
CHUNK = 50_000
MANY_DAYS = timedelta(days=300)
Times = dict[tuple[str, int], list[float]]


async def filled(here: World, kind: str, ballots: int) -> int:
    """Put a poll with so many ballots, its tallies and its log in the database; returns its id."""
    with here.env.time_context():
        poll = await make_poll(
            here.bot.services,
            QUESTIONS[kind],
            by=here.viewer(here.mod),
            channel_id=here.channel.id,
            lasts=MANY_DAYS,
        )
    chance = random.Random(ballots)
    # As members forecast: mostly round numbers around one opinion, some of all kinds.
    values = (
        [chance.randrange(5) for _ in range(ballots)]
        if kind == "choice"
        else [
            min(max(round(chance.gauss(620, 180) / 10) * 10, 0), 1000)
            if chance.random() < 0.8
            else chance.randrange(1001)
            for _ in range(ballots)
        ]
    )
    step = timedelta(days=200) / ballots
    rows = [
        {
            "poll_id": poll.id,
            "voter": str(1_000_000 + number),
            "value": value,
            "cast_at": poll.lifecycle.opened_at + number * step,
            "changed_at": poll.lifecycle.opened_at + number * step,
        }
        for number, value in enumerate(values)
    ]
    tallies = {VOTERS: ballots, **Counter(values)}
    async with here.database.write() as session:
        for start in range(0, ballots, CHUNK):
            part = rows[start : start + CHUNK]
            await session.execute(insert(BallotRow.__table__), part)  # type: ignore[arg-type]
            log = [
                {
                    "poll_id": poll.id,
                    "voter": row["voter"],
                    "value": row["value"],
                    "at": row["cast_at"],
                }
                for row in part
            ]
            await session.execute(insert(BallotLogRow.__table__), log)  # type: ignore[arg-type]
        await session.execute(
            insert(TallyRow.__table__),  # type: ignore[arg-type]
            [{"poll_id": poll.id, "value": value, "count": n} for value, n in tallies.items()],
        )
        await session.execute(
            update(PollRow).where(PollRow.id == poll.id).values(message_id=poll.id)
        )
    return poll.id


async def showing_seconds(
    library: Library, database: Database, rounds: int, sizes: tuple[int, ...] = SIZES
) -> tuple[Times, Times]:
    """How long the service and the whole command take, by kind of poll and number of ballots."""
    service: Times = {}
    whole: Times = {}
    async with world(library, database) as here:
        polls = {
            (kind, size): await filled(here, kind, size) for size in sizes for kind in QUESTIONS
        }
        show = command(here.env, "poll", here.guild.id)
        for _ in range(rounds):
            for key, poll_id in polls.items():
                with here.env.time_context():
                    started = time.perf_counter()
                    report = await here.bot.services.polls.show(SYSTEM, poll_id)
                    service.setdefault(key, []).append(time.perf_counter() - started)
                assert report.results is not None
                assert report.ballots == key[1]
                whole.setdefault(key, []).append(await _commanded(here, show, poll_id))
    return service, whole


async def _commanded(here: World, show: Payload, poll_id: int) -> float:
    option = {"name": "poll", "type": 3, "value": str(poll_id)}
    data: dict[str, Any] = {**show, "options": [{"name": "show", "type": 1, "options": [option]}]}
    made = payload(here.env, here.channel.id, here.guild.id, here.ann.id, data)
    started = time.perf_counter()
    here.env.backend.emit("INTERACTION_CREATE", made)
    await here.env.settle(timeout=60)
    taken = time.perf_counter() - started
    assert here.env.backend.interactions[int(made["id"])].responded
    return taken
