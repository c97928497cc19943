"""What the messages of polls show and who may know of a poll; when drafts were last edited."""

import sqlalchemy as sa
from alembic import op

from bot.db.columns import UtcDateTimeType

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

NEW = (
    ("revision", sa.Integer(), "0"),
    ("shown_revision", sa.Integer(), "0"),
    ("audience_id", sa.BigInteger(), "0"),
)
# What an earlier version gave up on is edited once more at the next start.
GIVEN_UP = """
    UPDATE polls SET revision = 1 WHERE state = 'closed' AND (
        CAST(id AS VARCHAR(64)) IN (
            SELECT key FROM jobs WHERE kind = 'poll.close' AND state = 'failed'
        )
        OR id IN (
            SELECT poll_id FROM poll_actions WHERE CAST(id AS VARCHAR(64)) IN (
                SELECT key FROM jobs WHERE kind = 'poll.tell' AND state = 'failed'
            )
        )
    )
"""


def upgrade() -> None:
    with op.batch_alter_table("polls") as table:
        for name, kind, default in NEW:
            table.add_column(sa.Column(name, kind, server_default=default, nullable=False))
        table.add_column(sa.Column("problem", sa.Text(), nullable=True))
        table.add_column(sa.Column("scored_ruling_id", sa.BigInteger(), nullable=True))
    with op.batch_alter_table("announcements") as table:
        table.add_column(sa.Column("edited_at", UtcDateTimeType(), nullable=True))
    op.execute(sa.text(GIVEN_UP))
    op.execute("UPDATE polls SET audience_id = channel_id")
    op.execute(
        "UPDATE polls SET scored_ruling_id = ruling_id WHERE id IN (SELECT poll_id FROM scores)"
    )


def downgrade() -> None:
    op.execute("DELETE FROM jobs WHERE kind = 'poll.warn'")
    with op.batch_alter_table("announcements") as table:
        table.drop_column("edited_at")
    with op.batch_alter_table("polls") as table:
        for name in ("scored_ruling_id", "problem", *(name for name, _, _ in NEW)):
            table.drop_column(name)
