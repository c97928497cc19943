"""Discussions, and the roles of those who subscribe to announcements."""

import sqlalchemy as sa
from alembic import op

from bot.db.columns import RowIdType, UtcDateTimeType

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

LIVE = "state IN ('opening', 'open')"


def upgrade() -> None:
    op.create_table(
        "discussions",
        sa.Column("id", RowIdType, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("summit_id", sa.String(length=32), nullable=False),
        sa.Column("issue_id", sa.String(length=32), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("thread_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("opened_by", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", UtcDateTimeType(), nullable=False),
        sa.Column("opening_since", UtcDateTimeType(), nullable=True),
        sa.CheckConstraint(
            "state IN ('opening', 'open', 'resting', 'ended')", name=op.f("ck_discussions_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discussions")),
    )
    op.create_index(
        "uq_discussions_live_issue",
        "discussions",
        ["guild_id", "summit_id", "issue_id"],
        unique=True,
        sqlite_where=sa.text(LIVE),
        postgresql_where=sa.text(LIVE),
    )
    op.create_index(op.f("ix_discussions_thread_id"), "discussions", ["thread_id"], unique=True)
    op.create_index(
        op.f("ix_discussions_guild_id_opened_at"),
        "discussions",
        ["guild_id", "opened_at"],
        unique=False,
    )
    op.create_table(
        "topic_roles",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("topic", sa.String(length=16), nullable=False),
        sa.Column("role_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "topic", name=op.f("pk_topic_roles")),
    )


def downgrade() -> None:
    op.execute("DELETE FROM jobs WHERE kind LIKE 'discussion.%'")
    op.drop_table("topic_roles")
    op.drop_table("discussions")
