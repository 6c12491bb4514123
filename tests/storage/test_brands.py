"""Brands: added, found, paged, changed, removed, and what is refused."""

import pytest

from app.domain.errors import ConflictError, InvalidInputError, NotFoundError
from app.domain.ports import RegistryStore
from app.domain.registry import Brand
from app.storage.registry import SqlRegistryStore
from tests.storage.samples import new_motif


def test_the_store_fills_the_role(registry: SqlRegistryStore) -> None:
    role: RegistryStore = registry
    assert role.version() == 0
    assert role.state().brands == ()


def test_a_brand_comes_back_as_it_was_added(registry: SqlRegistryStore) -> None:
    added = registry.add_brand(" Van  Cleef ", ["VCA", "vca", " ", "Arpels"])
    assert added == Brand(1, "Van Cleef", ("VCA", "Arpels"))
    assert registry.brand(added.id) == added


@pytest.mark.parametrize("same", ["CARTIER", " cartier ", "Cartier"])
def test_a_name_is_taken_however_it_is_written(registry: SqlRegistryStore, same: str) -> None:
    registry.add_brand("Cartier")
    with pytest.raises(ConflictError, match="'Cartier' exists"):
        registry.add_brand(same)
    assert registry.version() == 1


def test_case_folding_goes_beyond_ascii(registry: SqlRegistryStore) -> None:
    registry.add_brand("Straße Ägypten")
    with pytest.raises(ConflictError):
        registry.add_brand("STRASSE ÄGYPTEN")


@pytest.mark.parametrize("name", ["", " \t", "a\x00b", "half \ud800", "x" * 501])
def test_a_name_that_cannot_be_kept_is_refused(registry: SqlRegistryStore, name: str) -> None:
    with pytest.raises(InvalidInputError):
        registry.add_brand(name)
    assert registry.version() == 0


def test_the_longest_name_can_be_kept(registry: SqlRegistryStore) -> None:
    # Four bytes each, and none that compresses well: the worst case for an index entry.
    name = "".join(chr(0x20000 + 7919 * n % 40000) for n in range(500))
    assert registry.add_brand(name).name == name


def test_brands_are_paged_by_id(registry: SqlRegistryStore) -> None:
    brands = [registry.add_brand(name) for name in ("C", "A", "B")]
    assert registry.brands() == brands
    assert registry.brands(after=brands[0].id, limit=1) == brands[1:2]
    assert registry.brands(after=brands[2].id) == []


def test_a_brand_is_renamed_and_its_aliases_replaced(registry: SqlRegistryStore) -> None:
    brand = registry.add_brand("Cartier", ["C"])
    assert registry.change_brand(brand.id, name="CARTIER").name == "CARTIER"
    changed = registry.change_brand(brand.id, aliases=["Carter"])
    assert changed == registry.brand(brand.id) == Brand(brand.id, "CARTIER", ("Carter",))
    assert registry.version() == 3


def test_a_brand_cannot_take_another_brands_name(registry: SqlRegistryStore) -> None:
    registry.add_brand("Cartier")
    other = registry.add_brand("Tiffany")
    with pytest.raises(ConflictError):
        registry.change_brand(other.id, name="cartier")
    assert registry.brand(other.id).name == "Tiffany"


def test_a_change_to_the_same_values_is_none(registry: SqlRegistryStore) -> None:
    brand = registry.add_brand("Cartier", ["C"])
    registry.change_brand(brand.id, name="Cartier", aliases=["C"])
    assert registry.version() == 1


def test_a_brand_with_motifs_stays(registry: SqlRegistryStore) -> None:
    motif, _ = registry.ensure_motif(new_motif())
    with pytest.raises(ConflictError, match="still has motifs"):
        registry.remove_brand(motif.brand.id)
    registry.remove_motif(motif.id)
    registry.remove_brand(motif.brand.id)
    assert registry.brands() == []


def test_an_id_is_never_used_again(registry: SqlRegistryStore) -> None:
    last = registry.add_brand("Cartier")
    registry.remove_brand(last.id)
    assert registry.add_brand("Tiffany").id > last.id


def test_a_missing_brand_is_not_found(registry: SqlRegistryStore) -> None:
    for call in (registry.brand, registry.change_brand, registry.remove_brand):
        with pytest.raises(NotFoundError, match="no brand with number 7"):
            call(7)
    assert registry.version() == 0
