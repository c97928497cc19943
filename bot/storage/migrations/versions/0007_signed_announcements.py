"""Whether an announcement names its author is kept as it was when it was posted."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("announcements", sa.Column("signed", sa.Boolean(), nullable=True))


def downgrade() -> None:
    op.drop_column("announcements", "signed")
