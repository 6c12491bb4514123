"""The registry's brands."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import ConflictError, NotFoundError
from app.domain.prices import PriceRange, unique_ranges
from app.domain.registry import Brand
from app.storage.mapping import brand_from
from app.storage.names import display_name, name_key, storable, unique_names
from app.storage.tables import BrandRow, MotifRow
from app.storage.versioned import VersionedStore, found, settled


class BrandTable(VersionedStore):
    """The brand methods of `RegistryStore`."""

    @settled
    def add_brand(
        self, name: str, aliases: Sequence[str] = (), prices: Sequence[PriceRange] = ()
    ) -> Brand:
        """Create a brand.

        Raises:
            InvalidInputError: when the name is empty or cannot be stored.
            ConflictError: when a brand of that name exists.
        """
        with self._changing() as session:
            _refuse_taken(session, name)
            row = new_brand(name, aliases)
            row.prices = _price_documents(prices)
            session.add(row)
        return brand_from(row)

    def brand(self, brand_id: int) -> Brand:
        """Return one brand, or raise `NotFoundError`."""
        with self._reading() as session:
            return brand_from(found(session.get(BrandRow, brand_id), "brand", brand_id))

    def brands(self, *, after: int = 0, limit: int = 100) -> list[Brand]:
        """Return brands with ids above `after`, ascending."""
        page = select(BrandRow).where(BrandRow.id > after).order_by(BrandRow.id).limit(limit)
        with self._reading() as session:
            return [brand_from(row) for row in session.scalars(page)]

    @settled
    def change_brand(
        self,
        brand_id: int,
        *,
        name: str | None = None,
        aliases: Sequence[str] | None = None,
        prices: Sequence[PriceRange] | None = None,
    ) -> Brand:
        """Rename a brand, or replace its aliases or prices; `NotFoundError`, `ConflictError`."""
        with self._changing() as session:
            row = found(session.get(BrandRow, brand_id), "brand", brand_id)
            if name is not None:
                _refuse_taken(session, name, besides=brand_id)
                row.name, row.name_key = display_name(name), name_key(name)
            if aliases is not None:
                row.aliases = unique_names(aliases)
            if prices is not None:
                row.prices = _price_documents(prices)
        return brand_from(row)

    def brand_named(self, name: str) -> Brand:
        """Return the brand of that name, or raise `NotFoundError`."""
        with self._reading() as session:
            row = named_brand(session, name)
            if row is None:
                raise NotFoundError(f"there is no brand named {name!r}")
            return brand_from(row)

    def remove_brand(self, brand_id: int) -> None:
        """Remove a brand without motifs, with its sellers; `NotFoundError`, `ConflictError`."""
        with self._changing() as session:
            row = found(session.get(BrandRow, brand_id), "brand", brand_id)
            motif = select(MotifRow.id).where(MotifRow.brand_id == brand_id).limit(1)
            if session.scalar(motif) is not None:
                raise ConflictError(f"brand {row.name!r} still has motifs")
            session.delete(row)


def new_brand(name: str, aliases: Sequence[str] = ()) -> BrandRow:
    """Return a row that is not stored yet."""
    return BrandRow(
        name=display_name(name), name_key=name_key(name), aliases=unique_names(aliases), prices=[]
    )


def _price_documents(prices: Sequence[PriceRange]) -> list[dict[str, Any]]:
    return [{**asdict(each), "category": storable(each.category)} for each in unique_ranges(prices)]


def named_brand(session: Session, name: str) -> BrandRow | None:
    """Return the brand of that name."""
    return session.scalar(select(BrandRow).where(BrandRow.name_key == name_key(name)))


def _refuse_taken(session: Session, name: str, besides: int | None = None) -> None:
    row = named_brand(session, display_name(name))
    if row is not None and row.id != besides:
        raise ConflictError(f"a brand named {row.name!r} exists already")
