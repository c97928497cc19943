"""Discussions of issues."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base
from bot.db.columns import RowId, UtcDateTime

LIVE = "state IN ('opening', 'open')"


class DiscussionRow(Base):
    """A thread about an issue. A server has at most one at a time that is open or being opened."""

    __tablename__ = "discussions"
    __table_args__ = (
        CheckConstraint("state IN ('opening', 'open', 'resting', 'ended')", name="state"),
        Index(
            "uq_discussions_live_issue",
            "guild_id",
            "summit_id",
            "issue_id",
            unique=True,
            sqlite_where=text(LIVE),
            postgresql_where=text(LIVE),
        ),
        Index(None, "thread_id", unique=True),
        Index(None, "guild_id", "opened_at"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    guild_id: Mapped[int] = mapped_column(BigInteger)
    summit_id: Mapped[str] = mapped_column(String(32))
    issue_id: Mapped[str] = mapped_column(String(32))
    channel_id: Mapped[int] = mapped_column(BigInteger)
    thread_id: Mapped[int | None] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(16))
    opened_by: Mapped[int] = mapped_column(BigInteger)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opening_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
