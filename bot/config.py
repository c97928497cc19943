"""Settings, read once from the environment and from `.env`."""

import re
from pathlib import Path

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

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


class Settings(BaseSettings):
    """What the environment and the file `.env` ask for, under the same names in capitals.

    The environment goes first, and an empty variable counts as absent. StartupError for a value
    that cannot be used. The token is a secret, so that no log shows it.
    """

    model_config = SettingsConfigDict(
        env_file=".env",
        validate_default=True,
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    database_url: str = "sqlite:///summit-bot.db"
    knowledge_dir: Path = Field(default_factory=lambda: data_folder() / "summits")
    log_level: str = "INFO"
    discord_token: SecretStr = SecretStr("")

    @field_validator("database_url")
    @classmethod
    def _is_database(cls, url: str) -> str:
        return async_url(url)

    @field_validator("log_level")
    @classmethod
    def _is_level(cls, typed: str) -> str:
        level = typed.upper()
        if level not in LOG_LEVELS:
            raise StartupError(f"LOG_LEVEL is {level!r}; use one of {', '.join(LOG_LEVELS)}.")
        return level

    def require_token(self) -> str:
        """The token to connect with; StartupError if it is missing or cannot be one."""
        token = self.discord_token.get_secret_value().strip()
        if not token:
            raise StartupError(f"DISCORD_TOKEN is not set. {WHERE_TOKENS_COME_FROM}")
        if not TOKEN_SHAPE.fullmatch(token):
            raise StartupError(
                "DISCORD_TOKEN does not look like a bot token (three parts joined by dots). "
                + WHERE_TOKENS_COME_FROM
            )
        return token


def read_settings() -> Settings:
    """The settings of this process; StartupError if one, or the file `.env`, cannot be used."""
    try:
        return Settings()
    except (OSError, UnicodeDecodeError) as error:
        raise StartupError(
            f"{Path.cwd() / '.env'} cannot be read as UTF-8 text: {error}."
        ) from error
