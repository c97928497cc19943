"""Whether an announcement named its author when posted, and which version an edit set out from."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("announcements", sa.Column("signed", sa.Boolean(), nullable=True))
    op.add_column("announcements", sa.Column("edits_revision", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("announcements", "edits_revision")
    op.drop_column("announcements", "signed")
