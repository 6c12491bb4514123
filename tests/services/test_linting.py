"""The lint of references: what is put into quarantine, why, and that nothing else is."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from app.bootstrap import build
from app.domain.box import Box
from app.domain.lint import LintCode, LintFinding, LintMode, LintPolicy, ReferenceStatus
from app.domain.registry import MotifKind, NewMotif, Polarity, Reference
from app.services.linting import Linter
from app.services.look_alikes import Candidate, LookAlikes
from app.services.reference_shelf import ReferenceShelf
from app.services.touchstone import Touchstone
from tests.fakes import calibrate, enrol, make_settings, motif_file, motif_picture, plain_picture
from tests.images import Picture, encode, solid_array


@pytest.fixture
def touchstone(tmp_path: Path) -> Iterator[Touchstone]:
    service = build(make_settings(tmp_path))
    yield service
    service.close()


def drawn(shape: str) -> Picture:
    image = Image.new("RGB", (120, 120), "white")
    draw = ImageDraw.Draw(image)
    if shape == "ring":
        draw.ellipse((10, 10, 110, 110), outline="black", width=12)
    elif shape == "stripes":
        for left in range(0, 120, 24):
            draw.rectangle((left, 0, left + 11, 119), fill="black")
    elif shape == "rectangle":
        draw.rectangle((30, 20, 90, 100), fill="red")
    return np.asarray(image)


def added(
    touchstone: Touchstone,
    picture: Picture,
    *,
    brand: str = "Cartier",
    name: str = "mark",
    polarity: Polarity = Polarity.POSITIVE,
) -> Reference:
    motif, _ = touchstone.registry.ensure_motif(NewMotif(brand, name, MotifKind.LOGO))
    return touchstone.enroller.add(motif.id, encode(picture, "png"), polarity=polarity)[0]


def codes(reference: Reference) -> list[str]:
    return [str(finding.code) for finding in reference.findings]


@pytest.mark.parametrize("shape", ["ring", "stripes", "rectangle", "nothing"])
def test_what_is_too_simple_takes_no_part(touchstone: Touchstone, shape: str) -> None:
    reference = added(touchstone, drawn(shape))
    assert (reference.status, codes(reference)) == (ReferenceStatus.QUARANTINED, ["too_simple"])
    assert touchstone.gallery.current().gallery.references == ()
    assert touchstone.registry.quarantined() == [reference]


def test_a_plain_ring_is_a_good_look_alike(touchstone: Touchstone) -> None:
    assert added(touchstone, drawn("ring"), polarity=Polarity.NEGATIVE).takes_part
    assert not added(touchstone, solid_array(), polarity=Polarity.NEGATIVE).takes_part


def test_small_references_are_held_by_their_box(touchstone: Touchstone) -> None:
    motif, first = enrol(touchstone, 0)
    box = Box(10, 0, 25, 60)
    small, _ = touchstone.enroller.add(motif.id, motif_file(1), box=box)
    assert (first.takes_part, codes(small)) == (True, ["too_small"])
    assert small.findings[0].detail == "15 x 60 pixels; both sides need 16"


def test_another_brands_motif_is_held_and_ones_own_is_noted(touchstone: Touchstone) -> None:
    enrol(touchstone, 0, brand="Cartier")
    nearly = motif_picture(0, side=150)
    theirs = added(touchstone, nearly, brand="Copycat")
    assert codes(theirs) == ["resembles_other_brand"]
    assert "ref_1 of Cartier / mark 0" in theirs.findings[0].detail
    own = added(touchstone, nearly, brand="Cartier", name="mark 0")
    assert (own.takes_part, codes(own)) == (True, ["duplicates_own"])
    other = added(touchstone, motif_picture(1), brand="Copycat")
    assert (other.takes_part, codes(other)) == (True, [])


def test_another_brands_motif_may_be_a_known_look_alike(touchstone: Touchstone) -> None:
    enrol(touchstone, 0, brand="Cartier")
    assert added(
        touchstone, motif_picture(0), brand="Tiffany", polarity=Polarity.NEGATIVE
    ).takes_part


@pytest.mark.parametrize("first", Polarity)
def test_a_picture_cannot_be_the_motif_and_its_look_alike(
    touchstone: Touchstone, first: Polarity
) -> None:
    second = Polarity.NEGATIVE if first is Polarity.POSITIVE else Polarity.POSITIVE
    added(touchstone, motif_picture(0), polarity=first)
    held = added(touchstone, motif_picture(0), polarity=second)
    assert (held.takes_part, codes(held)) == (False, ["contradicts_motif"])


def test_a_released_reference_takes_part_with_its_findings(touchstone: Touchstone) -> None:
    held = added(touchstone, drawn("ring"))
    released = touchstone.registry.release_reference(held.id)
    assert (released.status, released.findings) == (ReferenceStatus.RELEASED, held.findings)
    assert len(touchstone.gallery.current().gallery.references) == 1
    again = added(touchstone, drawn("ring"))
    assert again == released, "enrolling it again must not lock it up again"


def test_twins_within_one_manifest_are_seen(touchstone: Touchstone, tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        (tmp_path / name).write_bytes(motif_file(0))
    (tmp_path / "flat.png").write_bytes(encode(solid_array(), "png"))
    manifest = tmp_path / "manifest.csv"
    manifest.write_text(
        "brand,motif,kind,path\nA,m,logo,a.png\nB,m,logo,b.png\nC,m,logo,flat.png\n"
    )
    report = touchstone.importer.run(manifest)
    assert report.references_added == 3
    assert [(row, codes(ref)) for row, ref in report.quarantined] == [
        (2, ["resembles_other_brand"]),
        (3, ["too_simple"]),
    ]
    version = touchstone.registry.version()
    again = touchstone.importer.run(manifest)
    assert (again.references_unchanged, again.quarantined) == (3, [])
    assert touchstone.registry.version() == version


@pytest.mark.parametrize(("mode", "found"), [("note", ["too_simple"]), ("off", [])])
def test_the_lint_can_be_told_to_only_note_or_to_be_quiet(
    tmp_path: Path, mode: str, found: list[str]
) -> None:
    touchstone = build(make_settings(tmp_path, lint=mode))
    reference = added(touchstone, drawn("ring"))
    assert (reference.takes_part, codes(reference)) == (True, found)
    touchstone.close()


def test_what_ordinary_photos_resemble_is_held(touchstone: Touchstone, tmp_path: Path) -> None:
    background = calibrate(touchstone, tmp_path).background
    policy = LintPolicy(match_similarity=0.9, per_million=5_000.0)
    linter = _linter(touchstone, policy)
    photo = plain_picture(10_003, (120, 120))  # one of the photos calibrated on, in two ways
    ordinary = _candidate(touchstone, photo)
    negative = _candidate(touchstone, photo, Polarity.NEGATIVE)
    found, let_be = linter.examine([ordinary, negative])
    counted = int((background.maxima(ordinary.vector[np.newaxis]) >= 0.9).sum())
    assert counted >= 1, "the photo itself"
    assert [finding.code for finding in found] == [LintCode.MATCHES_BACKGROUND]
    assert found[0].detail.startswith(f"{counted} of 120 background photos")
    assert let_be == (), "a look-alike that is everywhere is what negative references are for"
    assert _linter(touchstone, LintPolicy(match_similarity=None)).examine([ordinary]) == [()]


def _linter(touchstone: Touchstone, policy: LintPolicy) -> Linter:
    shelf = ReferenceShelf(touchstone.registry, touchstone.enroller.vectors)
    look_alikes = LookAlikes(policy, shelf, touchstone.blobs, touchstone.limits)
    return Linter(policy, look_alikes, touchstone.calibrator.library)


def _candidate(
    touchstone: Touchstone, picture: Picture, polarity: Polarity = Polarity.POSITIVE
) -> Candidate:
    motif, _ = touchstone.registry.ensure_motif(NewMotif("B", "m", MotifKind.LOGO))
    prepared = touchstone.enroller.prepare(
        encode(picture, "png"), polarity=polarity, box=None, source=""
    )
    return touchstone.enroller.look(motif, prepared)


def test_numbers_that_make_no_sense_are_refused() -> None:
    with pytest.raises(Exception, match="at least one pixel"):
        LintPolicy(min_side=0)
    with pytest.raises(Exception, match="from 0 to a million"):
        LintPolicy(per_million=0)


def test_a_duplicate_of_ones_own_is_never_grave() -> None:
    note = LintFinding(LintCode.DUPLICATES_OWN, "similarity 0.99")
    assert LintPolicy(LintMode.QUARANTINE).status([note]) is ReferenceStatus.ACTIVE
