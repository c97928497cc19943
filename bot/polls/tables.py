"""Polls, the ballots in them, and what moderators do to them."""

from typing import Annotated, Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import NEVER_TWICE, Base
from bot.db.columns import OwnText, PersonId, RowId, SnowflakeId, UtcDateTime, enum_type
from bot.polls.model import ActionKind, ActionState, HideResults, PollKind, PollState, Verdict

PollId = Annotated[int, mapped_column(ForeignKey("polls.id", ondelete="CASCADE"))]
"""The id of a poll; the row goes with the poll."""


class PollRow(Base):
    """A poll. `secret` keys the hashes that stand for the voters of an anonymous poll.

    An open anonymous poll shows the tallies in `published`, [value, count] pairs from the time when
    the log's last row was `published_upto`. `held` is the step that it shows next, see
    `bot.polls.visibility`. A server has at most one open poll on an outcome.
    A poll on what members hope for opens and closes with the forecast poll `hope_for`.
    `revision` counts the changes that the poll's message must show; `shown_revision` is the last
    one that it shows. Members who may view the channel `audience_id` may know of the poll: that is
    its channel, or the parent of a public thread. `problem` is a warning to moderators about its
    message.
    `ruling_id` is the action that resolved or annulled the poll. Scores count once that action is
    in `scored_ruling_id` too: then all of them are stored.
    """

    __tablename__ = "polls"
    __table_args__ = (
        Index(None, "guild_id", "state"),
        Index(None, "hope_for", unique=True),
        Index(
            "uq_polls_open_outcome",
            "guild_id",
            "summit_id",
            "outcome_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        NEVER_TWICE,
    )

    id: Mapped[RowId]
    guild_id: Mapped[SnowflakeId]
    channel_id: Mapped[SnowflakeId]
    message_id: Mapped[SnowflakeId | None]
    summit_id: Mapped[str | None] = mapped_column(String(32))
    outcome_id: Mapped[str | None] = mapped_column(String(32))
    kind: Mapped[PollKind] = mapped_column(enum_type(PollKind, "kind"))
    state: Mapped[PollState] = mapped_column(enum_type(PollState, "state"))
    question: Mapped[str] = mapped_column(String(300))
    criteria: Mapped[str | None] = mapped_column(Text)
    anonymous: Mapped[bool]
    secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    hide_results: Mapped[HideResults] = mapped_column(enum_type(HideResults, "hide"))
    opened_by: Mapped[PersonId]
    opened_at: Mapped[UtcDateTime]
    closes_at: Mapped[UtcDateTime]
    closed_by: Mapped[PersonId | None]
    closed_at: Mapped[UtcDateTime | None]
    closed_late: Mapped[bool] = mapped_column(server_default=false())
    verdict: Mapped[Verdict | None] = mapped_column(enum_type(Verdict, "verdict"))
    result: Mapped[int | None]
    ruling_id: Mapped[int | None] = mapped_column(BigInteger)
    role_id: Mapped[SnowflakeId | None]
    hope_for: Mapped[int | None] = mapped_column(ForeignKey("polls.id", ondelete="CASCADE"))
    min_forecasters: Mapped[int] = mapped_column(server_default="3")
    published: Mapped[list[list[int]] | None] = mapped_column(JSON)
    published_upto: Mapped[int] = mapped_column(BigInteger, server_default="0")
    held: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    revision: Mapped[int] = mapped_column(server_default="0")
    shown_revision: Mapped[int] = mapped_column(server_default="0")
    problem: Mapped[OwnText | None]
    scored_ruling_id: Mapped[int | None] = mapped_column(BigInteger)
    audience_id: Mapped[SnowflakeId] = mapped_column(server_default="0")


class OptionRow(Base):
    """An option of a poll; `position` counts from 0 and is what ballots refer to."""

    __tablename__ = "poll_options"

    poll_id: Mapped[PollId] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(32))
    label: Mapped[str] = mapped_column(String(80))


class BallotRow(Base):
    """A member's standing answer: the primary key makes it one a member and poll.

    `value` is an option's position in a choice poll, the sum of `2 ** position` over the options
    approved of in an approval poll (never 0), a probability in tenths of a percent (0..1000) in a
    forecast poll. `voter` is a user id, or a keyed hash in an anonymous poll.
    """

    __tablename__ = "ballots"
    __table_args__ = (Index(None, "poll_id", "changed_at"),)

    poll_id: Mapped[PollId] = mapped_column(primary_key=True)
    voter: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[int]
    cast_at: Mapped[UtcDateTime]
    changed_at: Mapped[UtcDateTime]


class BallotLogRow(Base):
    """Every change of a ballot, in order; a null `value` is a withdrawal."""

    __tablename__ = "ballot_log"
    __table_args__ = (Index(None, "poll_id", "voter"),)

    id: Mapped[RowId]
    poll_id: Mapped[PollId]
    voter: Mapped[str] = mapped_column(String(64))
    value: Mapped[int | None]
    at: Mapped[UtcDateTime]


class TallyRow(Base):
    """How many standing ballots have an answer, kept in the transaction that changes them.

    `value` is an option's position or a probability, or -1 for the number of ballots. Reading a
    poll's results costs the number of distinct values, whatever the number of ballots.
    """

    __tablename__ = "tallies"

    poll_id: Mapped[PollId] = mapped_column(primary_key=True)
    value: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    count: Mapped[int]


class PollDraftRow(Base):
    """What a moderator typed for a poll, until it is discarded or too old.

    `poll_id` is the poll that it became. A poll that cannot be posted is deleted, and the draft can
    be posted again.
    """

    __tablename__ = "poll_drafts"
    __table_args__ = (NEVER_TWICE,)

    id: Mapped[RowId]
    guild_id: Mapped[SnowflakeId] = mapped_column(index=True)
    channel_id: Mapped[SnowflakeId]
    author_id: Mapped[PersonId]
    created_at: Mapped[UtcDateTime]
    typed: Mapped[dict[str, object]] = mapped_column(JSON)
    poll_id: Mapped[int | None] = mapped_column(
        ForeignKey("polls.id", ondelete="SET NULL"), unique=True
    )


class ReminderRow(Base):
    """A member's request for a reminder before a poll closes.

    Deleted when the reminder is sent or the member votes, so that it never reveals who voted.
    """

    __tablename__ = "reminders"

    poll_id: Mapped[PollId] = mapped_column(primary_key=True)
    user_id: Mapped[PersonId] = mapped_column(primary_key=True)


class ActionRow(Base):
    """What a moderator does to a posted poll: proposed, confirmed, posted. Never deleted.

    `value` is the answer that came true, `closes_at` the new closing time of an extension.
    """

    __tablename__ = "poll_actions"
    __table_args__ = (
        Index(None, "poll_id", "state"),
        NEVER_TWICE,
    )

    id: Mapped[RowId]
    poll_id: Mapped[PollId]
    kind: Mapped[ActionKind] = mapped_column(enum_type(ActionKind, "kind"))
    state: Mapped[ActionState] = mapped_column(enum_type(ActionState, "state"))
    by: Mapped[PersonId]
    at: Mapped[UtcDateTime]
    reason: Mapped[str] = mapped_column(Text)
    evidence: Mapped[str | None] = mapped_column(String(500))
    verdict: Mapped[Verdict | None] = mapped_column(enum_type(Verdict))
    value: Mapped[int | None]
    closes_at: Mapped[UtcDateTime | None]
    readouts: Mapped[list[list[str]]] = mapped_column(JSON)


class ScoreRow(Base):
    """A member's score in a settled forecast poll; see `bot.polls.scoring.scores`."""

    __tablename__ = "scores"

    poll_id: Mapped[PollId] = mapped_column(primary_key=True)
    voter: Mapped[str] = mapped_column(String(64), primary_key=True)
    brier: Mapped[float]
    coverage: Mapped[float]
    peer: Mapped[float]
