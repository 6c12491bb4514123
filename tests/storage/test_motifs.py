"""Motifs: ensured, changed, switched off and on, removed."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from app.domain.errors import ConflictError, InvalidInputError, NotFoundError
from app.domain.expected_place import ExpectedPlace
from app.domain.ports import MotifChange
from app.domain.registry import MotifKind, NewMotif, Registration
from app.storage.registry import SqlRegistryStore
from tests.storage.samples import new_motif, new_reference

MARK = Registration("EUIPO", "018123456", (14, 18), ("26.1.1",), date(2031, 5, 4))


def test_a_motif_is_made_with_its_brand_in_one_change(registry: SqlRegistryStore) -> None:
    new = NewMotif(" Cartier", "LOVE  screw", MotifKind.PATTERN, ("screw love",), (MARK,))
    motif, created = registry.ensure_motif(new)
    assert created
    assert (motif.brand.name, motif.name, motif.kind) == ("Cartier", "LOVE screw", "pattern")
    assert (motif.words, motif.registrations) == (("screw love",), (MARK,))
    assert registry.motif(motif.id) == motif
    assert registry.version() == 1


def test_ensuring_the_same_again_changes_nothing(registry: SqlRegistryStore) -> None:
    new = NewMotif("Cartier", "LOVE", MotifKind.LOGO, ("screw love",), (MARK,))
    first, _ = registry.ensure_motif(new)
    again = NewMotif("CARTIER ", "love", MotifKind.LOGO, ("Screw  Love",), (MARK,))
    assert registry.ensure_motif(again) == (first, False)
    assert registry.version() == 1


def test_what_a_motif_lacks_is_added_in_one_change(registry: SqlRegistryStore) -> None:
    new = NewMotif("Cartier", "LOVE", MotifKind.LOGO, ("screw",), (MARK,))
    registry.ensure_motif(new)
    bare = Registration(MARK.office, MARK.number)
    more = Registration("USPTO", "1")
    motif, created = registry.ensure_motif(
        NewMotif("Cartier", "LOVE", MotifKind.LOGO, ("love", "screw"), (bare, more))
    )
    assert not created
    assert motif.words == ("screw", "love")
    assert motif.registrations == (MARK, more)
    assert registry.motif(motif.id) == motif
    assert registry.version() == 2


def test_another_kind_is_a_conflict(registry: SqlRegistryStore) -> None:
    registry.ensure_motif(new_motif())
    with pytest.raises(ConflictError, match="is a pattern"):
        registry.ensure_motif(NewMotif("Cartier", "LOVE screw", MotifKind.LOGO, ("new",)))
    assert registry.motif(1).words == ()
    assert registry.version() == 1


def test_two_brands_may_name_a_motif_alike(registry: SqlRegistryStore) -> None:
    one, _ = registry.ensure_motif(new_motif("A", "Knot"))
    two, created = registry.ensure_motif(new_motif("B", "Knot"))
    assert created
    assert one.id != two.id


def test_motifs_are_paged_by_id_and_by_brand(registry: SqlRegistryStore) -> None:
    made = [registry.ensure_motif(new_motif(b, n))[0] for b, n in ("AX", "BY", "AZ")]
    assert registry.motifs() == made
    assert registry.motifs(brand_id=made[0].brand.id) == [made[0], made[2]]
    assert registry.motifs(after=made[0].id, limit=1) == [made[1]]
    assert registry.motifs(brand_id=99) == []


def test_only_the_named_fields_change(registry: SqlRegistryStore) -> None:
    motif, _ = registry.ensure_motif(NewMotif("A", "B", MotifKind.LOGO, ("w",), (MARK,)))
    renamed = registry.change_motif(motif.id, MotifChange(name="C"))
    assert (renamed.name, renamed.words, renamed.registrations) == ("C", ("w",), (MARK,))
    emptied = registry.change_motif(motif.id, MotifChange(words=(), registrations=()))
    assert (emptied.name, emptied.words, emptied.registrations) == ("C", (), ())
    assert registry.motif(motif.id) == emptied
    assert registry.version() == 3
    registry.change_motif(motif.id, MotifChange())
    assert registry.version() == 3


def test_a_rename_respects_the_brands_other_motifs(registry: SqlRegistryStore) -> None:
    registry.ensure_motif(new_motif("A", "Knot"))
    other, _ = registry.ensure_motif(new_motif("A", "Screw"))
    with pytest.raises(ConflictError, match="'Knot'"):
        registry.change_motif(other.id, MotifChange(name="KNOT"))
    assert registry.change_motif(other.id, MotifChange(name="SCREW")).name == "SCREW"


def test_a_motif_rests_until_a_moment(registry: SqlRegistryStore) -> None:
    motif, _ = registry.ensure_motif(new_motif())
    until = datetime(2030, 1, 2, 3, 4, 5, 678901, tzinfo=timezone(timedelta(hours=5)))
    resting = registry.disable_motif(motif.id, until=until)
    stored = registry.motif(motif.id)
    assert resting == stored
    assert stored.disabled_until == until
    assert stored.disabled_until.tzinfo is UTC
    assert not stored.enabled_at(until - timedelta(seconds=1))
    assert stored.enabled_at(until)


def test_a_motif_is_switched_off_and_on(registry: SqlRegistryStore) -> None:
    motif, _ = registry.ensure_motif(new_motif())
    for _ in range(2):
        off = registry.disable_motif(motif.id)
        assert (off.disabled, off.disabled_until) == (True, None)
        assert registry.version() == 2
    for _ in range(2):
        assert registry.enable_motif(motif.id) == motif == registry.motif(motif.id)
        assert registry.version() == 3


def test_a_pause_without_a_time_zone_is_refused(registry: SqlRegistryStore) -> None:
    motif, _ = registry.ensure_motif(new_motif())
    with pytest.raises(InvalidInputError, match="time zone"):
        registry.disable_motif(motif.id, until=datetime(2030, 1, 1))  # noqa: DTZ001


def test_a_motif_goes_with_its_references(registry: SqlRegistryStore) -> None:
    motif, _ = registry.ensure_motif(new_motif())
    reference, _ = registry.add_reference(motif.id, new_reference())
    registry.remove_motif(motif.id)
    assert registry.version() == 3
    assert registry.state().references == ()
    with pytest.raises(NotFoundError):
        registry.reference(reference.id)
    again, _ = registry.ensure_motif(new_motif())
    assert again.id > motif.id


def test_a_missing_motif_is_not_found(registry: SqlRegistryStore) -> None:
    for call in (
        registry.motif,
        registry.disable_motif,
        registry.enable_motif,
        registry.remove_motif,
        registry.references,
    ):
        with pytest.raises(NotFoundError, match="no motif with number 7"):
            call(7)
    with pytest.raises(NotFoundError):
        registry.change_motif(7, MotifChange(name="x"))


def test_an_expected_place_is_kept_replaced_and_forgotten(registry: SqlRegistryStore) -> None:
    place = ExpectedPlace(0.125, 0.3, 0.9, 0.7, ("bracelet", "bangle"))
    bare, _ = registry.ensure_motif(NewMotif("A", "B", MotifKind.LOGO))
    assert bare.expected_place is None
    placed, _ = registry.ensure_motif(NewMotif("A", "B", MotifKind.LOGO, expected_place=place))
    assert placed.expected_place == place
    other = ExpectedPlace(0, 0, 1, 0.5)
    kept, _ = registry.ensure_motif(NewMotif("A", "B", MotifKind.LOGO, expected_place=other))
    assert kept.expected_place == place
    assert registry.version() == 2
    changed = registry.change_motif(bare.id, MotifChange(expected_place=other))
    assert changed.expected_place == other
    assert registry.change_motif(bare.id, MotifChange(name="C")).expected_place == other
    assert registry.state().motifs[0].expected_place == other
    assert registry.change_motif(bare.id, MotifChange(forget_place=True)).expected_place is None
