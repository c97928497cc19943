"""The table of what moderators did."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base
from bot.db.columns import RowId, UtcDateTime


class ModlogRow(Base):
    """What a moderator did; see `bot.modlog.model.Entry`. Rows are only appended.

    `told_at` is when the entry was posted in the log channel, or skipped because there is none.
    A process that posts an entry holds it until `telling_until`.
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
