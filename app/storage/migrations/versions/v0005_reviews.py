"""Reviews, the motifs seen in them, and their events."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the three tables."""
    _make_reviews()
    _make_motifs()
    _make_events()


def downgrade() -> None:
    """Drop them, those that point to others first."""
    for table in ("review_events", "review_motifs", "reviews"):
        op.drop_table(table)


def _make_reviews() -> None:
    op.create_table(
        "reviews",
        sa.Column("id", ID, sa.Identity(), nullable=False),
        sa.Column("assessment_id", ID, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("listing_id", sa.String(), nullable=False),
        sa.Column("seller_id", sa.String(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("exposure", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("claimed_by", sa.String(), nullable=True),
        sa.Column("claimed_until", MOMENT, nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.UniqueConstraint("assessment_id", name=op.f("uq_reviews_assessment_id")),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessments.id"], name=op.f("fk_reviews_assessment_id_assessments")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
        sqlite_autoincrement=True,
    )
    for columns in (["state", "score"], ["listing_id", "seller_id"], ["seller_id", "state"]):
        op.create_index(f"ix_reviews_{'_'.join(columns)}", "reviews", columns)


def _make_motifs() -> None:
    op.create_table(
        "review_motifs",
        sa.Column("review_id", ID, autoincrement=False, nullable=False),
        sa.Column("motif_id", ID, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"], ["reviews.id"], name=op.f("fk_review_motifs_review_id_reviews")
        ),
        sa.PrimaryKeyConstraint("review_id", "motif_id", name=op.f("pk_review_motifs")),
    )
    op.create_index(op.f("ix_review_motifs_motif_id"), "review_motifs", ["motif_id"])


def _make_events() -> None:
    op.create_table(
        "review_events",
        sa.Column("id", ID, sa.Identity(), nullable=False),
        sa.Column("review_id", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("references", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"], ["reviews.id"], name=op.f("fk_review_events_review_id_reviews")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_events")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_review_events_review_id"), "review_events", ["review_id"])
