"""Embedded regions of photos, kept for photos that come again."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "photo_regions",
        sa.Column("id", ID, sa.Identity(), nullable=False),
        sa.Column("photo", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.UniqueConstraint("photo", "model", name=op.f("uq_photo_regions_photo_model")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo_regions")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_photo_regions_id_size", "photo_regions", ["id", "size"])


def downgrade() -> None:
    """Drop it: a cache."""
    op.drop_table("photo_regions")
