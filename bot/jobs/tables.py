"""Timed work."""

from sqlalchemy import (
    Index,
    String,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base
from bot.db.columns import RowId, UtcDateTime, enum_type
from bot.jobs.model import JobState


class JobRow(Base):
    """Something to do later; see `bot.jobs.scheduler`. One row for a kind and key.

    No job is claimed before `lease_until`: until then its holder runs it, or it rests after a
    failure. `done_at` is when it was done or given up.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        UniqueConstraint("kind", "key"),
        Index(None, "state", "due_at"),
    )

    id: Mapped[RowId]
    kind: Mapped[str] = mapped_column(String(32))
    key: Mapped[str] = mapped_column(String(64))
    state: Mapped[JobState] = mapped_column(enum_type(JobState, "state"))
    due_at: Mapped[UtcDateTime]
    lease_until: Mapped[UtcDateTime | None]
    holder: Mapped[str | None] = mapped_column(String(64))
    attempts: Mapped[int] = mapped_column(server_default="0")
    last_error: Mapped[str | None] = mapped_column(Text)
    late: Mapped[bool] = mapped_column(server_default=false())
    done_at: Mapped[UtcDateTime | None]
