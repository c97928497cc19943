"""Logging: one line a record, to standard error."""

import logging


def set_up(level: str) -> None:
    """Log at `level` and above.

    discord.py's own debug records hold tokens, SQLAlchemy's hold every row: who votes what, and
    the keys of anonymous polls. They are never shown.
    """
    logging.basicConfig(
        level=level, format="%(asctime)s %(levelname)-7s %(name)s: %(message)s", force=True
    )
    logging.getLogger("discord").setLevel(max(logging.INFO, logging.getLevelName(level)))
    for name in ("aiosqlite", "sqlalchemy"):
        logging.getLogger(name).setLevel(logging.WARNING)
