"""The photos that assessments name, those that were made before among them."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
STEP = 500


def upgrade() -> None:
    """Make the table and fill it from the assessments."""
    photos = op.create_table(
        "photos",
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("case_at", MOMENT, nullable=True),
        sa.Column("removed_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_photos")),
    )
    op.create_index("ix_photos_seen_at", "photos", ["seen_at"])
    _fill(photos)


def downgrade() -> None:
    """Drop it."""
    op.drop_table("photos")


def _fill(photos: sa.Table) -> None:
    """Name every photo once, with the newest assessment that showed it."""
    assessments = sa.table(
        "assessments",
        sa.column("id", sa.BigInteger()),
        sa.column("created_at", MOMENT),
        sa.column("verdict", sa.String()),
        sa.column("document", sa.JSON()),
    )
    connection = op.get_bind()
    known: dict[str, dict[str, object]] = {}
    last = 0
    while True:
        page = sa.select(assessments).where(assessments.c.id > last).order_by(assessments.c.id)
        rows = connection.execute(page.limit(STEP)).all()
        if not rows:
            break
        last = rows[-1].id
        for row in rows:
            case = {} if row.verdict == "clear" else {"case_at": row.created_at}
            for image in row.document["images"]:
                if image["sha256"] and image["error"] is None:
                    kept = known.setdefault(image["sha256"], {"case_at": None, "removed_at": None})
                    kept.update({"sha256": image["sha256"], "seen_at": row.created_at, **case})
    every = [*known.values()]
    for start in range(0, len(every), STEP):
        connection.execute(photos.insert(), every[start : start + STEP])
