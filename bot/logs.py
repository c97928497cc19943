"""Logging: one line a record, to standard error."""

import logging


def set_up(level: str) -> None:
    """Log at `level` and above. discord.py's own debug records hold tokens and are never shown."""
    logging.basicConfig(
        level=level, format="%(asctime)s %(levelname)-7s %(name)s: %(message)s", force=True
    )
    logging.getLogger("discord").setLevel(max(logging.INFO, logging.getLevelName(level)))
    logging.getLogger("aiosqlite").setLevel(logging.WARNING)
