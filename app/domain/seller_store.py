"""What services need from whoever keeps the authorised sellers: a part of the registry's store."""

from typing import Protocol

from app.domain.sellers import NewSeller, Seller


class SellerStore(Protocol):
    """Who may sell which brand's goods, under the registry's version."""

    def ensure_seller(self, brand_id: int, new: NewSeller) -> tuple[Seller, bool]:
        """Return the authorisation of that seller of a brand in that territory, made as given.

        One that exists gets the kind, the dates and the note of the new one. The flag tells
        whether it is new. When nothing changes, the version stays. `NotFoundError` for the brand.
        """

    def seller(self, seller_id: int) -> Seller:
        """Return one authorisation, or raise `NotFoundError`."""

    def sellers(
        self,
        *,
        brand_id: int | None = None,
        named: str | None = None,
        after: int = 0,
        limit: int = 100,
    ) -> list[Seller]:
        """Return authorisations with ids above `after`, ascending, of one brand or one seller."""

    def remove_seller(self, seller_id: int) -> None:
        """Remove one authorisation; `NotFoundError`."""
