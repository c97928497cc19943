"""The first tables."""

import sqlalchemy as sa
from alembic import op

from bot.db.columns import RowIdType, UtcDateTimeType

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "announcements",
        sa.Column("id", RowIdType, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("link", sa.String(length=500), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("created_at", UtcDateTimeType(), nullable=False),
        sa.Column("posting_since", UtcDateTimeType(), nullable=True),
        sa.Column("posted_at", UtcDateTimeType(), nullable=True),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'posting', 'posted', 'discarded')",
            name=op.f("ck_announcements_state"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcements")),
    )
    op.create_index(op.f("ix_announcements_guild_id"), "announcements", ["guild_id"], unique=False)

    op.create_table(
        "jobs",
        sa.Column("id", RowIdType, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("due_at", UtcDateTimeType(), nullable=False),
        sa.Column("lease_until", UtcDateTimeType(), nullable=True),
        sa.Column("holder", sa.String(length=64), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("late", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("done_at", UtcDateTimeType(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'done', 'failed')", name=op.f("ck_jobs_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("kind", "key", name=op.f("uq_jobs_kind_key")),
    )
    op.create_index(op.f("ix_jobs_state_due_at"), "jobs", ["state", "due_at"], unique=False)

    op.create_table(
        "polls",
        sa.Column("id", RowIdType, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("summit_id", sa.String(length=32), nullable=True),
        sa.Column("outcome_id", sa.String(length=32), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("question", sa.String(length=300), nullable=False),
        sa.Column("criteria", sa.Text(), nullable=True),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("hide_results", sa.String(length=16), nullable=False),
        sa.Column("opened_by", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", UtcDateTimeType(), nullable=False),
        sa.Column("closes_at", UtcDateTimeType(), nullable=False),
        sa.Column("closed_by", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", UtcDateTimeType(), nullable=True),
        sa.Column("closed_late", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("published", sa.JSON(), nullable=True),
        sa.Column("published_upto", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "hide_results IN ('never', 'until_close', 'until_ballot')", name=op.f("ck_polls_hide")
        ),
        sa.CheckConstraint("kind IN ('choice', 'forecast')", name=op.f("ck_polls_kind")),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_polls_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_polls")),
    )
    op.create_index(op.f("ix_polls_guild_id_state"), "polls", ["guild_id", "state"], unique=False)
    op.create_index(
        "uq_polls_open_outcome",
        "polls",
        ["guild_id", "summit_id", "outcome_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )

    op.create_table(
        "ballot_log",
        sa.Column("id", RowIdType, nullable=False),
        sa.Column("poll_id", RowIdType, nullable=False),
        sa.Column("voter", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("at", UtcDateTimeType(), nullable=False),
        sa.ForeignKeyConstraint(
            ["poll_id"], ["polls.id"], name=op.f("fk_ballot_log_poll_id_polls"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballot_log")),
    )
    op.create_index(
        op.f("ix_ballot_log_poll_id_voter"), "ballot_log", ["poll_id", "voter"], unique=False
    )

    op.create_table(
        "ballots",
        sa.Column("poll_id", RowIdType, nullable=False),
        sa.Column("voter", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("cast_at", UtcDateTimeType(), nullable=False),
        sa.Column("changed_at", UtcDateTimeType(), nullable=False),
        sa.ForeignKeyConstraint(
            ["poll_id"], ["polls.id"], name=op.f("fk_ballots_poll_id_polls"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("poll_id", "voter", name=op.f("pk_ballots")),
    )
    op.create_index(
        op.f("ix_ballots_poll_id_changed_at"), "ballots", ["poll_id", "changed_at"], unique=False
    )

    op.create_table(
        "poll_options",
        sa.Column("poll_id", RowIdType, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["poll_id"],
            ["polls.id"],
            name=op.f("fk_poll_options_poll_id_polls"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("poll_id", "position", name=op.f("pk_poll_options")),
    )
    op.create_table(
        "tallies",
        sa.Column("poll_id", RowIdType, nullable=False),
        sa.Column("value", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["poll_id"], ["polls.id"], name=op.f("fk_tallies_poll_id_polls"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("poll_id", "value", name=op.f("pk_tallies")),
    )


def downgrade() -> None:
    for table in (
        "tallies",
        "poll_options",
        "ballots",
        "ballot_log",
        "polls",
        "jobs",
        "announcements",
    ):
        op.drop_table(table)
