"""Approval polls, roles, hopes, what moderators do to polls, scores, drafts and reminders."""

import sqlalchemy as sa
from alembic import op

from bot.db.columns import RowIdType, UtcDateTimeType

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NEVER_TWICE = {"sqlite_autoincrement": True}
KINDS = "kind IN ('choice', 'approval', 'forecast')"
VERDICTS = "verdict IN ('settled', 'ambiguous', 'annulled')"
OLD_KINDS = "kind IN ('choice', 'forecast')"


def upgrade() -> None:
    _poll_columns()
    _actions_and_scores()
    _drafts_and_reminders()
    op.execute(
        "INSERT INTO tallies (poll_id, value, count) "
        "SELECT poll_id, -1, SUM(count) FROM tallies GROUP BY poll_id"
    )


def _poll_columns() -> None:
    op.drop_index("uq_polls_open_outcome", "polls")
    # From here on SQLite gives no id twice: an old button must not act on a newer poll.
    with op.batch_alter_table("polls", table_kwargs=NEVER_TWICE) as polls:
        polls.add_column(sa.Column("verdict", sa.String(length=16), nullable=True))
        polls.add_column(sa.Column("result", sa.Integer(), nullable=True))
        polls.add_column(sa.Column("ruling_id", sa.BigInteger(), nullable=True))
        polls.add_column(sa.Column("role_id", sa.BigInteger(), nullable=True))
        polls.add_column(sa.Column("hope_for", RowIdType, nullable=True))
        polls.add_column(
            sa.Column("min_forecasters", sa.Integer(), server_default="3", nullable=False)
        )
        polls.add_column(sa.Column("held", sa.JSON(), nullable=True))
        polls.create_foreign_key(
            op.f("fk_polls_hope_for_polls"), "polls", ["hope_for"], ["id"], ondelete="CASCADE"
        )
        polls.drop_constraint(op.f("ck_polls_kind"), type_="check")
        polls.create_check_constraint(op.f("ck_polls_kind"), KINDS)
        polls.create_check_constraint(op.f("ck_polls_verdict"), VERDICTS)
    op.create_index(op.f("ix_polls_hope_for"), "polls", ["hope_for"], unique=True)
    _open_outcome_index()


def _open_outcome_index() -> None:
    op.create_index(
        "uq_polls_open_outcome",
        "polls",
        ["guild_id", "summit_id", "outcome_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )


def _actions_and_scores() -> None:
    op.create_table(
        "poll_actions",
        sa.Column("id", RowIdType, nullable=False),
        sa.Column("poll_id", RowIdType, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("by", sa.BigInteger(), nullable=False),
        sa.Column("at", UtcDateTimeType(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("evidence", sa.String(length=500), nullable=True),
        sa.Column("verdict", sa.String(length=16), nullable=True),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("closes_at", UtcDateTimeType(), nullable=True),
        sa.Column("readouts", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('close', 'extend', 'resolve', 'annul', 'unresolve')",
            name=op.f("ck_poll_actions_kind"),
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'done', 'told')", name=op.f("ck_poll_actions_state")
        ),
        sa.ForeignKeyConstraint(
            ["poll_id"],
            ["polls.id"],
            name=op.f("fk_poll_actions_poll_id_polls"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poll_actions")),
        **NEVER_TWICE,
    )
    op.create_index(
        op.f("ix_poll_actions_poll_id_state"), "poll_actions", ["poll_id", "state"], unique=False
    )
    op.create_table(
        "scores",
        sa.Column("poll_id", RowIdType, nullable=False),
        sa.Column("voter", sa.String(length=64), nullable=False),
        sa.Column("brier", sa.Double(), nullable=False),
        sa.Column("coverage", sa.Double(), nullable=False),
        sa.Column("peer", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["poll_id"], ["polls.id"], name=op.f("fk_scores_poll_id_polls"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("poll_id", "voter", name=op.f("pk_scores")),
    )


def _drafts_and_reminders() -> None:
    op.create_table(
        "poll_drafts",
        sa.Column("id", RowIdType, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", UtcDateTimeType(), nullable=False),
        sa.Column("typed", sa.JSON(), nullable=False),
        sa.Column("poll_id", RowIdType, nullable=True),
        sa.ForeignKeyConstraint(
            ["poll_id"],
            ["polls.id"],
            name=op.f("fk_poll_drafts_poll_id_polls"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poll_drafts")),
        sa.UniqueConstraint("poll_id", name=op.f("uq_poll_drafts_poll_id")),
        **NEVER_TWICE,
    )
    op.create_index(op.f("ix_poll_drafts_guild_id"), "poll_drafts", ["guild_id"], unique=False)
    op.create_table(
        "reminders",
        sa.Column("poll_id", RowIdType, nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["poll_id"], ["polls.id"], name=op.f("fk_reminders_poll_id_polls"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("poll_id", "user_id", name=op.f("pk_reminders")),
    )


GONE = "SELECT id FROM polls WHERE kind = 'approval' OR hope_for IS NOT NULL"


def downgrade() -> None:
    op.execute("DELETE FROM jobs WHERE kind IN ('poll.tell', 'poll.remind')")
    for table in ("ballots", "ballot_log", "tallies", "poll_options"):
        op.execute(f"DELETE FROM {table} WHERE poll_id IN ({GONE})")  # noqa: S608 - our own names
    for table in ("reminders", "poll_drafts", "scores", "poll_actions"):
        op.drop_table(table)
    op.execute("DELETE FROM polls WHERE kind = 'approval' OR hope_for IS NOT NULL")
    op.execute("DELETE FROM tallies WHERE value = -1")
    op.drop_index("uq_polls_open_outcome", "polls")
    op.drop_index(op.f("ix_polls_hope_for"), "polls")
    with op.batch_alter_table("polls") as polls:
        polls.drop_constraint(op.f("fk_polls_hope_for_polls"), type_="foreignkey")
        polls.drop_constraint(op.f("ck_polls_verdict"), type_="check")
        polls.drop_constraint(op.f("ck_polls_kind"), type_="check")
        polls.create_check_constraint(op.f("ck_polls_kind"), OLD_KINDS)
        for column in (
            "held",
            "min_forecasters",
            "hope_for",
            "role_id",
            "ruling_id",
            "result",
            "verdict",
        ):
            polls.drop_column(column)
    _open_outcome_index()
