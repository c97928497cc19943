"""Servers' settings, and what moderators did."""

import sqlalchemy as sa
from alembic import op

from bot.db.columns import RowIdType, UtcDateTimeType

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "server_settings",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("announcement_channel", sa.BigInteger(), nullable=True),
        sa.Column("log_channel", sa.BigInteger(), nullable=True),
        sa.Column("moderator_role", sa.BigInteger(), nullable=True),
        sa.Column("summit", sa.String(length=32), nullable=True),
        sa.Column("zone", sa.String(length=64), server_default="UTC", nullable=False),
        sa.Column("language", sa.String(length=16), nullable=True),
        sa.Column("second_approval", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("quiet_from", sa.Time(), nullable=True),
        sa.Column("quiet_until", sa.Time(), nullable=True),
        sa.Column("name_author", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("min_forecasters", sa.Integer(), server_default="3", nullable=False),
        sa.CheckConstraint(
            "(quiet_from IS NULL) = (quiet_until IS NULL)",
            name=op.f("ck_server_settings_quiet_hours"),
        ),
        sa.PrimaryKeyConstraint("guild_id", name=op.f("pk_server_settings")),
    )
    op.create_table(
        "modlog",
        sa.Column("id", RowIdType, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.BigInteger(), nullable=True),
        sa.Column("at", UtcDateTimeType(), nullable=False),
        sa.Column("act", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("telling_until", UtcDateTimeType(), nullable=True),
        sa.Column("told_at", UtcDateTimeType(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_modlog")),
    )
    op.create_index(op.f("ix_modlog_guild_id_id"), "modlog", ["guild_id", "id"])
    op.create_index(op.f("ix_modlog_guild_id_told_at"), "modlog", ["guild_id", "told_at"])


def downgrade() -> None:
    op.execute("DELETE FROM jobs WHERE kind LIKE 'modlog.%'")
    op.drop_table("modlog")
    op.drop_table("server_settings")
