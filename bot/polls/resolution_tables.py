"""What moderators do to polls, and the scores that come of it."""

from datetime import datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import NEVER_TWICE, Base
from bot.db.columns import RowId, UtcDateTime


class ActionRow(Base):
    """What a moderator does to a poll once it is posted: proposed, confirmed, told. Kept for good.

    `value` is the answer that came true, `closes_at` the new closing time of an extension.
    """

    __tablename__ = "poll_actions"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('close', 'extend', 'resolve', 'annul', 'unresolve')", name="kind"
        ),
        CheckConstraint("state IN ('proposed', 'done', 'told')", name="state"),
        Index(None, "poll_id", "state"),
        NEVER_TWICE,
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    poll_id: Mapped[int] = mapped_column(ForeignKey("polls.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16))
    by: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text)
    evidence: Mapped[str | None] = mapped_column(String(500))
    verdict: Mapped[str | None] = mapped_column(String(16))
    value: Mapped[int | None]
    closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    readouts: Mapped[list[list[str]]] = mapped_column(JSON)


class ScoreRow(Base):
    """How a member's forecast did in a settled poll; see `bot.polls.scores`."""

    __tablename__ = "scores"

    poll_id: Mapped[int] = mapped_column(
        ForeignKey("polls.id", ondelete="CASCADE"), primary_key=True
    )
    voter: Mapped[str] = mapped_column(String(64), primary_key=True)
    brier: Mapped[float]
    coverage: Mapped[float]
    peer: Mapped[float]
