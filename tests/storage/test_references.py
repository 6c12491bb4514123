"""References, and the registry read as a whole."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event

from app.domain.box import Box
from app.domain.errors import NotFoundError
from app.domain.registry import Polarity, Reference
from app.storage.database import Database
from app.storage.registry import SqlRegistryStore
from tests.storage.samples import new_motif, new_reference

BOX = Box(1, 2, 30, 40)


def test_a_reference_comes_back_as_it_was_added(registry: SqlRegistryStore) -> None:
    motif, _ = registry.ensure_motif(new_motif())
    reference, created = registry.add_reference(motif.id, new_reference(5, BOX))
    assert created
    assert reference == Reference(
        1, motif.id, Polarity.POSITIVE, f"{5:064x}", 640, 480, BOX, "screws.png"
    )
    assert registry.reference(reference.id) == reference
    assert registry.references(motif.id) == [reference]
    assert registry.version() == 2


@pytest.mark.parametrize("box", [None, BOX])
def test_the_same_reference_again_is_the_first(registry: SqlRegistryStore, box: Box | None) -> None:
    motif, _ = registry.ensure_motif(new_motif())
    first, _ = registry.add_reference(motif.id, new_reference(0, box))
    elsewhere = replace(new_reference(0, box), source="other.png")
    assert registry.add_reference(motif.id, elsewhere) == (first, False)
    assert registry.version() == 2


def test_box_blob_polarity_and_motif_tell_references_apart(registry: SqlRegistryStore) -> None:
    motif, _ = registry.ensure_motif(new_motif())
    other, _ = registry.ensure_motif(new_motif(name="Knot"))
    plain = new_reference(0)
    negative = replace(plain, polarity=Polarity.NEGATIVE)
    for new in (plain, new_reference(0, BOX), new_reference(1), negative):
        assert registry.add_reference(motif.id, new)[1]
    assert registry.add_reference(other.id, plain)[1]
    assert len(registry.references(motif.id)) == 4


def test_a_reference_needs_its_motif(registry: SqlRegistryStore) -> None:
    with pytest.raises(NotFoundError, match="no motif with number 9"):
        registry.add_reference(9, new_reference())
    assert registry.version() == 0


def test_a_reference_is_removed_for_good(registry: SqlRegistryStore) -> None:
    motif, _ = registry.ensure_motif(new_motif())
    reference, _ = registry.add_reference(motif.id, new_reference())
    registry.remove_reference(reference.id)
    assert registry.references(motif.id) == []
    assert registry.version() == 3
    assert registry.add_reference(motif.id, new_reference())[0].id > reference.id
    for call in (registry.reference, registry.remove_reference):
        with pytest.raises(NotFoundError, match="no reference"):
            call(reference.id)


def test_a_file_name_that_is_no_text_is_mended(registry: SqlRegistryStore) -> None:
    motif, _ = registry.ensure_motif(new_motif())
    odd = replace(new_reference(), source="caf\udce9\x00.png")
    reference, _ = registry.add_reference(motif.id, odd)
    assert registry.reference(reference.id).source == "caf\ufffd\ufffd.png"


def test_the_state_holds_everything_in_order(registry: SqlRegistryStore) -> None:
    motifs = [registry.ensure_motif(new_motif(b, n))[0] for b, n in ("BX", "AY", "BZ")]
    references = [registry.add_reference(m.id, new_reference())[0] for m in reversed(motifs)]
    off = registry.disable_motif(motifs[1].id)
    state = registry.state()
    assert state.version == registry.version() == 7
    assert [brand.name for brand in state.brands] == ["B", "A"]
    assert state.motifs == (motifs[0], off, motifs[2])
    assert state.references == tuple(references)


def test_the_state_is_of_one_moment(database: Database, impatient: Database) -> None:
    registry, other = SqlRegistryStore(database), SqlRegistryStore(impatient)
    registry.ensure_motif(new_motif("A", "X"))
    added: list[int] = []

    def add_meanwhile(*call: Any) -> None:
        if "FROM brands" in call[2] and not added:
            added.append(other.ensure_motif(new_motif("B", "Y"))[0].id)

    event.listen(database._engine, "after_cursor_execute", add_meanwhile)
    state = registry.state()
    assert added
    assert (state.version, len(state.brands), len(state.motifs)) == (1, 1, 1)
    assert registry.state().version == 2


def test_reading_the_state_takes_five_queries(database: Database) -> None:
    registry = SqlRegistryStore(database)
    queries: list[str] = []
    with registry.batch():
        for number in range(50):
            motif, _ = registry.ensure_motif(new_motif(f"brand {number}"))
            registry.add_reference(motif.id, new_reference(number))
    event.listen(database._engine, "after_cursor_execute", lambda *call: queries.append(call[2]))
    assert len(registry.state().motifs) == 50
    assert len([query for query in queries if query.startswith("SELECT")]) == 5
