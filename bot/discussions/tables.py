"""Discussions of issues."""

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base
from bot.db.columns import PersonId, RowId, SnowflakeId, UtcDateTime, enum_type
from bot.discussions.model import DiscussionState

LIVE = "state IN ('opening', 'open')"


class DiscussionRow(Base):
    """A thread about an issue. A server has at most one at a time that is open or being opened."""

    __tablename__ = "discussions"
    __table_args__ = (
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

    id: Mapped[RowId]
    guild_id: Mapped[SnowflakeId]
    summit_id: Mapped[str] = mapped_column(String(32))
    issue_id: Mapped[str] = mapped_column(String(32))
    channel_id: Mapped[SnowflakeId]
    thread_id: Mapped[SnowflakeId | None]
    state: Mapped[DiscussionState] = mapped_column(enum_type(DiscussionState, "state"))
    opened_by: Mapped[PersonId]
    opened_at: Mapped[UtcDateTime]
    opening_since: Mapped[UtcDateTime | None]
