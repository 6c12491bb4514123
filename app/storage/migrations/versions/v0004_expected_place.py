"""Where a motif sits on its product; motifs from before may sit anywhere."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    place = sa.Column("expected_place", sa.String(), server_default="", nullable=False)
    op.add_column("motifs", place)


def downgrade() -> None:
    """Drop it: motifs may sit anywhere again."""
    op.drop_column("motifs", "expected_place")
