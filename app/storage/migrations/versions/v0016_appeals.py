"""Appeals against decisions, and the quarantine of motifs that flood the queue."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the columns: no decision was appealed against, and no motif is in quarantine."""
    op.add_column("reviews", sa.Column("appeal", sa.String(), nullable=True))
    op.create_index(op.f("ix_reviews_appeal"), "reviews", ["appeal"])
    for name in ("appellant", "appeal"):
        op.add_column("review_events", sa.Column(name, sa.String(), nullable=True))
    for name in ("quarantined_at", "released_at"):
        op.add_column("motifs", sa.Column(name, MOMENT, nullable=True))
    for name in ("quarantine_code", "quarantine_detail"):
        column = sa.Column(name, sa.String(), server_default="", nullable=False)
        op.add_column("motifs", column)
    op.create_index(op.f("ix_motifs_quarantined_at"), "motifs", ["quarantined_at"])


def downgrade() -> None:
    """Drop them: motifs in quarantine count again."""
    op.drop_index(op.f("ix_motifs_quarantined_at"), "motifs")
    for name in ("quarantine_detail", "quarantine_code", "released_at", "quarantined_at"):
        op.drop_column("motifs", name)
    for name in ("appeal", "appellant"):
        op.drop_column("review_events", name)
    op.drop_index(op.f("ix_reviews_appeal"), "reviews")
    op.drop_column("reviews", "appeal")
