"""Announcements that are scheduled, approved, corrected, and carry pictures."""

import sqlalchemy as sa
from alembic import op

from bot.db.columns import RowIdType, UtcDateTimeType

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

STATES = (
    "state IN ('draft', 'waiting', 'scheduled', 'posting', 'posted', 'failed',"
    " 'cancelled', 'discarded')"
)
OLD_STATES = "state IN ('draft', 'posting', 'posted', 'discarded')"
CUT_SHORT = (
    "The bot was stopped while it posted this. Look whether it is in the channel; if not, use "
    "/announce edit to post it."
)
PLAIN = (
    ("role_id", sa.BigInteger()),
    ("post_at", UtcDateTimeType()),
    ("edited_by", sa.BigInteger()),
    ("decided_at", UtcDateTimeType()),
    ("approved_by", sa.BigInteger()),
    ("problem", sa.Text()),
    ("request_channel_id", sa.BigInteger()),
    ("request_message_id", sa.BigInteger()),
    ("request_revision", sa.Integer()),
)
REFERENCES = (
    ("poll_id", "polls", "SET NULL"),
    ("corrects_id", "announcements", "SET NULL"),
    ("edits_id", "announcements", "CASCADE"),
)


def upgrade() -> None:
    with op.batch_alter_table("announcements") as table:
        table.drop_constraint(op.f("ck_announcements_state"), type_="check")
        for name, kind in PLAIN:
            table.add_column(sa.Column(name, kind, nullable=True))
        for name in ("publish", "late"):
            table.add_column(
                sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False)
            )
        table.add_column(sa.Column("revision", sa.Integer(), server_default="1", nullable=False))
        table.add_column(sa.Column("origin_id", sa.BigInteger(), nullable=True))
        for name, target, ondelete in REFERENCES:
            table.add_column(sa.Column(name, RowIdType, nullable=True))
            table.create_foreign_key(
                op.f(f"fk_announcements_{name}_{target}"), target, [name], ["id"], ondelete=ondelete
            )
        table.create_check_constraint(op.f("ck_announcements_state"), STATES)
    op.execute("UPDATE announcements SET origin_id = channel_id")
    # Nothing takes up by itself what an earlier version was cut short over.
    op.execute(
        sa.text(
            "UPDATE announcements SET state = 'failed', problem = :problem WHERE state = 'posting'"
        ).bindparams(problem=CUT_SHORT)
    )
    # From here on SQLite gives no id twice: an old button must not act on a newer announcement.
    with op.batch_alter_table(
        "announcements", table_kwargs={"sqlite_autoincrement": True}
    ) as table:
        table.alter_column("origin_id", existing_type=sa.BigInteger(), nullable=False)
    for name in ("corrects_id", "edits_id"):
        op.create_index(op.f(f"ix_announcements_{name}"), "announcements", [name], unique=False)
    op.create_table(
        "announcement_pictures",
        sa.Column("announcement_id", RowIdType, nullable=False),
        sa.Column("filename", sa.String(length=32), nullable=False),
        sa.Column("alt", sa.String(length=300), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["announcement_id"],
            ["announcements.id"],
            name=op.f("fk_announcement_pictures_announcement_id_announcements"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("announcement_id", name=op.f("pk_announcement_pictures")),
    )


def downgrade() -> None:
    op.drop_table("announcement_pictures")
    op.execute(
        "UPDATE announcements SET state = 'discarded' WHERE state NOT IN ('draft', 'posted')"
    )
    op.execute("DELETE FROM jobs WHERE kind LIKE 'announcement.%'")
    for name in ("corrects_id", "edits_id"):
        op.drop_index(op.f(f"ix_announcements_{name}"), "announcements")
    with op.batch_alter_table("announcements") as table:
        table.drop_constraint(op.f("ck_announcements_state"), type_="check")
        for name, target, _ in REFERENCES:
            table.drop_constraint(op.f(f"fk_announcements_{name}_{target}"), type_="foreignkey")
            table.drop_column(name)
        for name, _ in PLAIN:
            table.drop_column(name)
        for name in ("publish", "late", "revision", "origin_id"):
            table.drop_column(name)
        table.create_check_constraint(op.f("ck_announcements_state"), OLD_STATES)
