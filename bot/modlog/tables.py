"""The table of what moderators did."""

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base
from bot.db.columns import OwnText, PersonId, RowId, SnowflakeId, UtcDateTime


class ModlogRow(Base):
    """What a moderator did; see `bot.modlog.model.Entry`. Rows are only appended.

    `told_at` is when the entry was posted in the log channel, or skipped because there is none.
    A process that posts an entry holds it until `telling_until`.
    """

    __tablename__ = "modlog"
    __table_args__ = (Index(None, "guild_id", "id"), Index(None, "guild_id", "told_at"))

    id: Mapped[RowId]
    guild_id: Mapped[SnowflakeId]
    by: Mapped[PersonId | None]
    at: Mapped[UtcDateTime]
    act: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(Text)
    url: Mapped[str | None] = mapped_column(String(500))
    detail: Mapped[OwnText]
    telling_until: Mapped[UtcDateTime | None]
    told_at: Mapped[UtcDateTime | None]
