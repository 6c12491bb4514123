"""The registry store: brands, motifs and references under one version.

Its four parts live in `brands.py`, `sellers.py`, `motifs.py` and `references.py`; how a change
raises the version is in `versioned.py`. Reading everything takes five queries, however much there
is.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.domain.ports import RegistryState
from app.storage.brands import BrandTable
from app.storage.mapping import brand_from, motif_from, reference_from, seller_from
from app.storage.motifs import MotifTable
from app.storage.references import ReferenceTable
from app.storage.sellers import SellerTable
from app.storage.tables import Base, BrandRow, MotifRow, ReferenceRow, SellerRow
from app.storage.versioned import current_version


class SqlRegistryStore(BrandTable, SellerTable, MotifTable, ReferenceTable):
    """Implements `app.domain.ports.RegistryStore`; made from a `Database`."""

    def version(self) -> int:
        """Return the registry's version: 0 when nothing was ever added."""
        with self._reading() as session:
            return current_version(session)

    def state(self) -> RegistryState:
        """Return everything at one version, ids ascending."""
        with self._reading() as session:
            # Motifs share their brand's value instead of joining it in once per motif.
            brands = {row.id: brand_from(row) for row in _rows(session, BrandRow)}
            return RegistryState(
                version=current_version(session),
                brands=tuple(brands.values()),
                motifs=tuple(
                    motif_from(row, brands[row.brand_id]) for row in _rows(session, MotifRow)
                ),
                references=tuple(reference_from(row) for row in _rows(session, ReferenceRow)),
                sellers=tuple(seller_from(row) for row in _rows(session, SellerRow)),
            )


def _rows(session: Session, table: type[Base]) -> Iterable[Row[Any]]:
    """Return a table's plain rows by id; building tracked objects would take twice as long."""
    columns = table.__table__.columns
    return session.execute(select(*columns).order_by(columns["id"]))
