"""A sign of life for whoever supervises the bot: a file that is touched while it is connected."""

import asyncio
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

FILE = Path(tempfile.gettempdir()) / "summit-bot.alive"
BEAT_SECONDS = 15.0
DEAD_AFTER_SECONDS = 60.0


async def beat(is_well: Callable[[], bool], file: Path = FILE) -> None:
    """Touch `file` every few seconds while `is_well`, until cancelled; then remove it."""
    try:
        while True:
            if is_well():
                await asyncio.to_thread(file.touch)
            await asyncio.sleep(BEAT_SECONDS)
    finally:
        await asyncio.to_thread(file.unlink, missing_ok=True)


def is_alive(file: Path = FILE) -> bool:
    """Whether `file` was touched lately."""
    try:
        return time.time() - file.stat().st_mtime < DEAD_AFTER_SECONDS
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(0 if is_alive() else 1)
