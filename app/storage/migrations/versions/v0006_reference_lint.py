"""What was found wrong with a reference when it was enrolled, and whether it takes part.

References from before were never examined; they stay active, as they were.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLE = "motif_references"


def upgrade() -> None:
    """Add the two columns."""
    status = sa.Column("status", sa.String(), server_default="active", nullable=False)
    op.add_column(TABLE, status)
    op.add_column(TABLE, sa.Column("findings", sa.JSON(), server_default="[]", nullable=False))


def downgrade() -> None:
    """Drop them: references in quarantine take part again."""
    op.drop_column(TABLE, "findings")
    op.drop_column(TABLE, "status")
