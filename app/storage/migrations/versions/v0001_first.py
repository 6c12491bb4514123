"""The first schema: registry, embeddings, assessments and backgrounds.

Written out and not taken from `tables.py`, which moves on while a released revision must not.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make every table, and the version's only row."""
    _make_registry()
    _make_motifs()
    _make_references()
    _make_assessments()
    _make_backgrounds()


def downgrade() -> None:
    """Drop every table, those that point to others first."""
    for table in (
        "backgrounds",
        "assessments",
        "reference_embeddings",
        "motif_references",
        "motifs",
        "brands",
        "registry_version",
    ):
        op.drop_table(table)


def _make_registry() -> None:
    version = op.create_table(
        "registry_version",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_registry_version_single_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registry_version")),
    )
    # Changes update this row and never make it, so it is there from the start.
    op.bulk_insert(version, [{"id": 1, "version": 0}])
    op.create_table(
        "brands",
        sa.Column("id", ID, sa.Identity(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", sa.String(), nullable=False),
        sa.Column("aliases", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brands")),
        sa.UniqueConstraint("name_key", name=op.f("uq_brands_name_key")),
        sqlite_autoincrement=True,
    )


def _make_motifs() -> None:
    op.create_table(
        "motifs",
        sa.Column("id", ID, sa.Identity(), nullable=False),
        sa.Column("brand_id", ID, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("registrations", sa.JSON(), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("disabled_until", MOMENT, nullable=True),
        sa.UniqueConstraint("brand_id", "name_key", name=op.f("uq_motifs_brand_id_name_key")),
        sa.ForeignKeyConstraint(
            ["brand_id"], ["brands.id"], name=op.f("fk_motifs_brand_id_brands")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_motifs")),
        sqlite_autoincrement=True,
    )


def _make_references() -> None:
    op.create_table(
        "motif_references",
        sa.Column("id", ID, sa.Identity(), nullable=False),
        sa.Column("motif_id", ID, nullable=False),
        sa.Column("polarity", sa.String(), nullable=False),
        sa.Column("blob", sa.String(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("box", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.UniqueConstraint(
            "motif_id",
            "blob",
            "polarity",
            "box",
            name=op.f("uq_motif_references_motif_id_blob_polarity_box"),
        ),
        sa.ForeignKeyConstraint(
            ["motif_id"],
            ["motifs.id"],
            name=op.f("fk_motif_references_motif_id_motifs"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_motif_references")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "reference_embeddings",
        sa.Column("reference_id", ID, autoincrement=False, nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("dim", sa.Integer(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reference_id"],
            ["motif_references.id"],
            name=op.f("fk_reference_embeddings_reference_id_motif_references"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("reference_id", "model", name=op.f("pk_reference_embeddings")),
    )


def _make_assessments() -> None:
    op.create_table(
        "assessments",
        sa.Column("id", ID, sa.Identity(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("listing_id", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("listing", sa.JSON(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessments")),
        sqlite_autoincrement=True,
    )
    for column in ("listing_id", "score", "verdict"):
        op.create_index(op.f(f"ix_assessments_{column}"), "assessments", [column])


def _make_backgrounds() -> None:
    op.create_table(
        "backgrounds",
        sa.Column("id", ID, sa.Identity(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("blob", sa.String(), nullable=False),
        sa.Column("photos", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backgrounds")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_backgrounds_model"), "backgrounds", ["model"])
