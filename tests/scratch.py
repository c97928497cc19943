"""Where the tests leave what they make, and what spares them most of the waiting."""

import os
import shutil
import sys
from pathlib import Path

MEMORY = Path("/dev/shm")
ENOUGH = 2 * 1024**3


def choose() -> None:
    """Have temporary folders in memory, and keep byte code; for processes started from here too.

    A thousand databases are made and thrown away, and every commit waits for its disk. Without
    byte code each of the bot's processes compiles all of it, and each worker all tests.
    """
    if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and _free(MEMORY) > ENOUGH:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False


def folder() -> str | None:
    """Where temporary folders are made; None for where the machine has them."""
    return os.environ.get("PYTEST_DEBUG_TEMPROOT")


def _free(folder: Path) -> int:
    return shutil.disk_usage(folder).free
