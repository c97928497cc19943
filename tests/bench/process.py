"""What the bot costs as a process: time to start, memory at rest."""

import asyncio
import subprocess
import sys
import tempfile
import time

import psutil

from bot.app import build
from bot.client import EXTENSIONS
from bot.clock import Clock
from bot.config import data_folder
from bot.db.engine import Database
from bot.db.upgrade import upgrade
from bot.knowledge.library import Library
from bot.knowledge.loader import load_library


def seconds_to_ready() -> float:
    """From the command to the address of the preview page."""
    started = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "preview"], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        taken = time.perf_counter() - started
        process.terminate()
    return taken


def idle_megabytes() -> float:
    """The memory of a process that holds the bot, all its cogs, the pack and a database."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.process"], capture_output=True, text=True, check=True
    )
    return float(done.stdout)


async def _rest() -> None:
    library = Library(load_library(data_folder() / "summits"))
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite+aiosqlite:///{folder}/bot.db")
        await upgrade(database)
        bot = build(library, database, Clock())
        for extension in EXTENSIONS:
            await bot.load_extension(extension)
        sys.stdout.write(str(psutil.Process().memory_info().rss / 2**20))
        await database.close()


if __name__ == "__main__":
    asyncio.run(_rest())
