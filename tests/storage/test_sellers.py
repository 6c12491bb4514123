"""Authorised sellers as they are kept: one for each brand, seller and territory."""

from datetime import date

import pytest

from app.domain.errors import InvalidInputError, NotFoundError
from app.domain.prices import PriceRange
from app.domain.sellers import NewSeller, Seller, SellerKind
from app.storage.registry import SqlRegistryStore
from tests.storage.samples import new_motif

NEW = NewSeller(
    " Gold  Shop ", SellerKind.LICENSED, "DE", date(2026, 1, 1), date(2027, 12, 31), "contract"
)


@pytest.fixture
def brand(registry: SqlRegistryStore) -> int:
    return registry.add_brand("Cartier").id


def test_a_seller_comes_back_as_it_was_kept(registry: SqlRegistryStore, brand: int) -> None:
    kept, is_new = registry.ensure_seller(brand, NEW)
    days = (date(2026, 1, 1), date(2027, 12, 31))
    assert kept == Seller(1, brand, "Gold Shop", SellerKind.LICENSED, "DE", *days, "contract")
    assert is_new
    assert registry.seller(1) == kept
    assert registry.state().sellers == (kept,)


def test_the_same_again_changes_nothing(registry: SqlRegistryStore, brand: int) -> None:
    registry.ensure_seller(brand, NEW)
    version = registry.version()
    again = NewSeller("GOLD SHOP", NEW.kind, "de", NEW.valid_from, NEW.valid_until, NEW.note)
    kept, is_new = registry.ensure_seller(brand, again)
    assert (kept.id, kept.seller_id, is_new) == (1, "Gold Shop", False)
    assert registry.version() == version


def test_other_dates_take_the_place_of_the_old(registry: SqlRegistryStore, brand: int) -> None:
    registry.ensure_seller(brand, NEW)
    version = registry.version()
    changed, is_new = registry.ensure_seller(brand, NewSeller("Gold Shop", territory="DE"))
    assert (changed.id, changed.valid_until, is_new) == (1, None, False)
    assert (changed.kind, changed.note) == (SellerKind.AUTHORISED, "")
    assert registry.version() == version + 1


def test_territories_and_brands_are_apart(registry: SqlRegistryStore, brand: int) -> None:
    other = registry.add_brand("Rolex").id
    registry.ensure_seller(brand, NEW)
    registry.ensure_seller(brand, NewSeller("Gold Shop"))
    registry.ensure_seller(other, NewSeller("gold shop", territory="DE"))
    registry.ensure_seller(other, NewSeller("Silver"))
    assert [s.id for s in registry.sellers()] == [1, 2, 3, 4]
    assert [s.id for s in registry.sellers(brand_id=other)] == [3, 4]
    assert [s.id for s in registry.sellers(named=" GOLD shop")] == [1, 2, 3]
    assert [s.id for s in registry.sellers(after=1, limit=2)] == [2, 3]


def test_a_seller_that_is_withdrawn(registry: SqlRegistryStore, brand: int) -> None:
    registry.ensure_seller(brand, NEW)
    version = registry.version()
    registry.remove_seller(1)
    assert registry.version() == version + 1
    with pytest.raises(NotFoundError):
        registry.seller(1)
    with pytest.raises(NotFoundError):
        registry.remove_seller(1)
    assert registry.ensure_seller(brand, NEW)[0].id == 2, "ids are never used again"


def test_sellers_go_with_their_brand(registry: SqlRegistryStore, brand: int) -> None:
    registry.ensure_seller(brand, NEW)
    registry.remove_brand(brand)
    assert registry.sellers() == []


@pytest.mark.parametrize("name", ["a\x00b", "half \ud800", "x" * 501])
def test_an_id_that_cannot_be_kept(registry: SqlRegistryStore, brand: int, name: str) -> None:
    with pytest.raises(InvalidInputError):
        registry.ensure_seller(brand, NewSeller(name))
    assert registry.sellers(named=name) == []


def test_a_brand_that_is_not_there(registry: SqlRegistryStore) -> None:
    with pytest.raises(NotFoundError):
        registry.ensure_seller(9, NEW)
    with pytest.raises(NotFoundError):
        registry.brand_named("Cartier")
    assert registry.version() == 0


def test_a_brand_is_found_by_its_name(registry: SqlRegistryStore, brand: int) -> None:
    assert registry.brand_named(" CARTIER ").id == brand


def test_prices_come_back_with_their_brand(registry: SqlRegistryStore, brand: int) -> None:
    euro = PriceRange("EUR", 1500.5, 4200)
    rings = PriceRange("EUR", 900, category="Rings \x00 ")
    changed = registry.change_brand(brand, prices=[euro, rings])
    assert changed.prices[0] == euro
    assert changed.prices[1].category == "Rings \ufffd"
    version = registry.version()
    assert registry.change_brand(brand, prices=changed.prices) == changed
    assert registry.version() == version
    registry.ensure_motif(new_motif())
    (motif,) = registry.state().motifs
    assert (motif.brand, registry.state().brands) == (changed, (changed,))
    with pytest.raises(InvalidInputError, match="one price range"):
        registry.change_brand(brand, prices=[euro, euro])
