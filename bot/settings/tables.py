"""Servers: how each wants the bot to behave, and what its moderators did."""

from datetime import datetime, time

from sqlalchemy import BigInteger, CheckConstraint, Index, String, Text, Time, false, true
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base
from bot.db.columns import RowId, UtcDateTime


class ServerSettingsRow(Base):
    """A server's settings; see `bot.settings.model.ServerSettings`. No row: all is as usual."""

    __tablename__ = "server_settings"
    __table_args__ = (
        CheckConstraint("(quiet_from IS NULL) = (quiet_until IS NULL)", name="quiet_hours"),
    )

    guild_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    announcement_channel: Mapped[int | None] = mapped_column(BigInteger)
    log_channel: Mapped[int | None] = mapped_column(BigInteger)
    moderator_role: Mapped[int | None] = mapped_column(BigInteger)
    summit: Mapped[str | None] = mapped_column(String(32))
    zone: Mapped[str] = mapped_column(String(64), server_default="UTC")
    language: Mapped[str | None] = mapped_column(String(16))
    second_approval: Mapped[bool] = mapped_column(server_default=false())
    quiet_from: Mapped[time | None] = mapped_column(Time)
    quiet_until: Mapped[time | None] = mapped_column(Time)
    name_author: Mapped[bool] = mapped_column(server_default=true())
    min_forecasters: Mapped[int] = mapped_column(server_default="3")


class ModlogRow(Base):
    """What a moderator did; see `bot.modlog.model.Entry`. Only ever appended.

    `told_at` is when it was posted in the log channel, or passed over where there is none. Until
    `telling_until` somebody is posting it.
    """

    __tablename__ = "modlog"
    __table_args__ = (Index(None, "guild_id", "id"), Index(None, "guild_id", "told_at"))

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    guild_id: Mapped[int] = mapped_column(BigInteger)
    by: Mapped[int | None] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    act: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(Text)
    url: Mapped[str | None] = mapped_column(String(500))
    detail: Mapped[str] = mapped_column(Text)
    telling_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
