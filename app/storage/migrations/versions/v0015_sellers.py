"""Authorised sellers of brands, and what the brands' goods are known to cost."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLE = "brand_sellers"


def upgrade() -> None:
    """Make the table and add the column."""
    op.create_table(
        TABLE,
        sa.Column("id", ID, sa.Identity(), nullable=False),
        sa.Column("brand_id", ID, nullable=False),
        sa.Column("seller_id", sa.String(), nullable=False),
        sa.Column("seller_key", sa.String(), nullable=False),
        sa.Column("territory", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["brand_id"],
            ["brands.id"],
            name=op.f("fk_brand_sellers_brand_id_brands"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brand_sellers")),
        sa.UniqueConstraint(
            "brand_id",
            "seller_key",
            "territory",
            name=op.f("uq_brand_sellers_brand_id_seller_key_territory"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_brand_sellers_seller_key"), TABLE, ["seller_key"])
    op.add_column("brands", sa.Column("prices", sa.JSON(), server_default="[]", nullable=False))


def downgrade() -> None:
    """Drop them: nobody is authorised, and no price is known."""
    op.drop_column("brands", "prices")
    op.drop_table(TABLE)
