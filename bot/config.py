"""Settings, read once from the environment."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.db.url import async_url
from bot.errors import StartupError

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
TOKEN_SHAPE = re.compile(r"[\w-]{18,}\.[\w-]{4,}\.[\w-]{20,}")
WHERE_TOKENS_COME_FROM = (
    "Create one in the Discord Developer Portal (discord.com/developers/applications, your "
    "application, Bot, Reset Token) and set it in the environment or in .env."
)


def data_folder() -> Path:
    """The folder of packs, locales and schemas: inside an installed bot, or in the checkout."""
    package = Path(__file__).resolve().parent
    installed = package / "_data"
    return installed if installed.is_dir() else package.parent / "data"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment asks for. `token` is kept out of `repr`, so that no log shows it."""

    database_url: str = "sqlite+aiosqlite:///summit-bot.db"
    knowledge_dir: Path = field(default_factory=lambda: data_folder() / "summits")
    log_level: str = "INFO"
    token: str | None = field(default=None, repr=False)

    def require_token(self) -> str:
        """The token to connect with; StartupError if it is missing or cannot be one."""
        if not self.token:
            raise StartupError(f"DISCORD_TOKEN is not set. {WHERE_TOKENS_COME_FROM}")
        if not TOKEN_SHAPE.fullmatch(self.token):
            raise StartupError(
                "DISCORD_TOKEN does not look like a bot token (three parts joined by dots). "
                + WHERE_TOKENS_COME_FROM
            )
        return self.token


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings from environment variables; an empty variable counts as absent.

    Raises StartupError for a value that cannot be used.
    """
    defaults = Settings()
    level = (environment.get("LOG_LEVEL") or defaults.log_level).upper()
    if level not in LOG_LEVELS:
        raise StartupError(f"LOG_LEVEL is {level!r}; use one of {', '.join(LOG_LEVELS)}.")
    folder = environment.get("KNOWLEDGE_DIR")
    return Settings(
        database_url=async_url(environment.get("DATABASE_URL") or defaults.database_url),
        knowledge_dir=Path(folder) if folder else defaults.knowledge_dir,
        log_level=level,
        token=(environment.get("DISCORD_TOKEN") or "").strip() or None,
    )
