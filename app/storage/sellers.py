"""The registry's authorised sellers: one row for each brand, seller and territory."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.sellers import NewSeller, Seller, seller_key
from app.storage.mapping import seller_from
from app.storage.names import display_name, storable
from app.storage.tables import BrandRow, SellerRow
from app.storage.versioned import VersionedStore, found, settled


class SellerTable(VersionedStore):
    """The seller methods of `RegistryStore`."""

    @settled
    def ensure_seller(self, brand_id: int, new: NewSeller) -> tuple[Seller, bool]:
        """Return the authorisation of that seller of a brand in that territory, made as given.

        Raises:
            InvalidInputError: when the seller's id cannot be stored.
            NotFoundError: when there is no such brand.
        """
        name = display_name(new.seller_id)
        with self._changing() as session:
            found(session.get(BrandRow, brand_id), "brand", brand_id)
            row = _same(session, brand_id, new)
            created = row is None
            if row is None:
                row = SellerRow(
                    brand_id=brand_id,
                    seller_id=name,
                    seller_key=seller_key(new.seller_id),
                    territory=new.territory,
                )
                session.add(row)
            # Values equal to what is there are no change, so the version stays.
            row.kind, row.note = str(new.kind), storable(new.note)
            row.valid_from, row.valid_until = new.valid_from, new.valid_until
        return seller_from(row), created

    def seller(self, seller_id: int) -> Seller:
        """Return one authorisation, or raise `NotFoundError`."""
        with self._reading() as session:
            return seller_from(_get(session, seller_id))

    def sellers(
        self,
        *,
        brand_id: int | None = None,
        named: str | None = None,
        after: int = 0,
        limit: int = 100,
    ) -> list[Seller]:
        """Return authorisations with ids above `after`, ascending, of one brand or one seller."""
        page = select(SellerRow).where(SellerRow.id > after).order_by(SellerRow.id).limit(limit)
        if brand_id is not None:
            page = page.where(SellerRow.brand_id == brand_id)
        if named is not None:
            page = page.where(SellerRow.seller_key == seller_key(storable(named)))
        with self._reading() as session:
            return [seller_from(row) for row in session.scalars(page)]

    def remove_seller(self, seller_id: int) -> None:
        """Remove one authorisation; `NotFoundError`."""
        with self._changing() as session:
            session.delete(_get(session, seller_id))


def _get(session: Session, seller_id: int) -> SellerRow:
    return found(session.get(SellerRow, seller_id), "seller", seller_id)


def _same(session: Session, brand_id: int, new: NewSeller) -> SellerRow | None:
    return session.scalar(
        select(SellerRow).where(
            SellerRow.brand_id == brand_id,
            SellerRow.seller_key == seller_key(new.seller_id),
            SellerRow.territory == new.territory,
        )
    )
