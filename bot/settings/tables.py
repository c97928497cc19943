"""The table of server settings."""

from datetime import time

from sqlalchemy import CheckConstraint, String, Time, false, true
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base
from bot.db.columns import SnowflakeId


class ServerSettingsRow(Base):
    """A server's settings; see `bot.settings.model.ServerSettings`. No row: all are defaults."""

    __tablename__ = "server_settings"
    __table_args__ = (
        CheckConstraint("(quiet_from IS NULL) = (quiet_until IS NULL)", name="quiet_hours"),
    )

    guild_id: Mapped[SnowflakeId] = mapped_column(primary_key=True, autoincrement=False)
    announcement_channel: Mapped[SnowflakeId | None]
    log_channel: Mapped[SnowflakeId | None]
    moderator_role: Mapped[SnowflakeId | None]
    summit: Mapped[str | None] = mapped_column(String(32))
    zone: Mapped[str] = mapped_column(String(64), server_default="UTC")
    language: Mapped[str | None] = mapped_column(String(16))
    second_approval: Mapped[bool] = mapped_column(server_default=false())
    quiet_from: Mapped[time | None] = mapped_column(Time)
    quiet_until: Mapped[time | None] = mapped_column(Time)
    name_author: Mapped[bool] = mapped_column(server_default=true())
    min_forecasters: Mapped[int] = mapped_column(server_default="3")
