"""A process that does timed work: `worker.py NAME URL FOLDER`.

Every job done is a line in FOLDER/done. The first job waits until the other worker has begun one
too, so that both are at it. A job whose key is "deadly" says so in FOLDER/begun and never ends.
"""

import asyncio
import os
import signal
import sys
from pathlib import Path

from bot.clock import Clock
from bot.db.engine import Database
from bot.jobs.model import Job
from bot.jobs.scheduler import Scheduler

OTHER = {"left": "right", "right": "left"}


def append(path: Path, line: str) -> None:
    """One write, so that lines of two processes do not mix."""
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(handle, f"{line}\n".encode())
    os.close(handle)


async def main(name: str, url: str, folder: Path) -> None:
    async def work(job: Job) -> None:
        if job.key == "deadly":
            append(folder / "begun", job.key)
            await asyncio.Event().wait()
        (folder / name).touch()
        while not (folder / OTHER[name]).exists():
            await asyncio.sleep(0.01)
        append(folder / "done", f"{name} {job.key}")

    database = Database(url)
    scheduler = Scheduler(database, Clock())
    scheduler.handle("test", work)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    scheduler.start()
    await stop.wait()
    await scheduler.stop()
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], Path(sys.argv[3])))
