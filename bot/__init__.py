"""summit-bot: a Discord bot for discussing a diplomatic summit."""

__version__ = "0.1.0"
