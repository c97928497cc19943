"""How long a big pack takes to load."""

import tempfile
import time
from pathlib import Path

from bot.knowledge.loader import load_pack
from tests.knowledge.big_pack import write_big_pack


def loading_seconds() -> float:
    """The best of three loads of 1,000 actors, 500 issues and 20,000 positions."""
    with tempfile.TemporaryDirectory() as folder:
        pack = write_big_pack(Path(folder))
        taken = []
        for _ in range(3):
            started = time.perf_counter()
            load_pack(pack)
            taken.append(time.perf_counter() - started)
    return min(taken)
