"""Why a motif was not raised: every code, with a photo and a registry that bring it about."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.bootstrap import build
from app.domain.assessment import Verdict
from app.domain.box import Box
from app.domain.errors import ImageRefusedError, InvalidBoxError, NotFoundError
from app.domain.explanation import Explanation
from app.domain.explanation_contract import explanation_document
from app.domain.listing import Listing
from app.domain.registry import MotifKind, NewMotif, Polarity
from app.domain.why import WhyCode, whys
from app.services.sources import BytesSource
from app.services.touchstone import Touchstone
from tests.fakes import (
    calibrate,
    enrol,
    make_settings,
    motif_file,
    photo_with,
    plain_photo,
    plain_picture,
)
from tests.images import encode

CORNER = Box(0, 0, 120, 120)


@pytest.fixture
def touchstone(tmp_path: Path) -> Iterator[Touchstone]:
    service = build(make_settings(tmp_path, lint="note"))
    calibrate(service, tmp_path)
    yield service
    service.close()


def explain(
    touchstone: Touchstone,
    photo: bytes,
    motif_id: int,
    *,
    box: Box | None = None,
    title: str = "",
) -> Explanation:
    listing = Listing("L", title=title)
    return touchstone.explainer.explain(listing, BytesSource("a", photo), motif_id, box)


def codes(found: Explanation) -> set[WhyCode]:
    assert explanation_document(found)["why"]
    return {why.code for why in whys(found)}


def test_a_motif_that_is_there_is_seen(touchstone: Touchstone) -> None:
    motif, reference = enrol(touchstone)
    found = explain(touchstone, photo_with(0), motif.id, box=CORNER)
    assert codes(found) == {WhyCode.SEEN}
    assert found.verdict is not Verdict.CLEAR
    assert found.nearest is not None
    assert found.nearest.reference_id == reference.id
    assert found.nearest.similarity > (found.needed.review or 2)


def test_one_that_is_not_there_says_what_is_missing(touchstone: Touchstone) -> None:
    motif, _ = enrol(touchstone)
    found = explain(touchstone, plain_photo(), motif.id)
    assert codes(found) == {WhyCode.BELOW_THRESHOLD}
    document = explanation_document(found)
    short, nearest = document["nearest"]["short_of_review"], document["nearest"]["similarity"]
    assert short == pytest.approx(document["needed"]["review"] - nearest, abs=1e-5)
    assert found.needed.suspect is None or found.needed.suspect > (found.needed.review or 2)


def test_a_box_that_no_region_covers(touchstone: Touchstone) -> None:
    motif, _ = enrol(touchstone)
    found = explain(touchstone, plain_photo(), motif.id, box=Box(3, 100, 33, 115))
    assert WhyCode.REGION_NOT_PROPOSED in codes(found)
    assert found.boxed is not None
    assert found.boxed.overlap < 0.5


def test_the_boxed_crop_would_have_helped_as_a_reference(touchstone: Touchstone) -> None:
    motif, _ = enrol(touchstone)
    found = explain(touchstone, photo_with(1), motif.id, box=CORNER)
    assert codes(found) == {WhyCode.BELOW_THRESHOLD}
    assert found.boxed is not None
    assert found.boxed.proposed
    supposed = found.boxed.as_reference
    assert supposed.verdict is not Verdict.CLEAR
    assert supposed.nearest.similarity == pytest.approx(1, abs=1e-3)
    assert len(touchstone.registry.references(motif.id)) == 1, "nothing is kept"


def test_a_crop_too_small_to_be_a_reference(touchstone: Touchstone) -> None:
    motif, _ = enrol(touchstone)
    found = explain(touchstone, photo_with(0), motif.id, box=Box(0, 0, 11, 40))
    assert found.boxed is not None
    assert not found.boxed.as_reference.enrolled


def test_a_known_look_alike_suppresses(touchstone: Touchstone) -> None:
    motif, _ = enrol(touchstone)
    negative, _ = touchstone.enroller.add(motif.id, motif_file(0), polarity=Polarity.NEGATIVE)
    found = explain(touchstone, photo_with(0), motif.id)
    assert WhyCode.SUPPRESSED_BY_NEGATIVE in codes(found)
    assert found.suppressor is not None
    assert found.suppressor.reference_id == negative.id


def test_a_disabled_motif_says_so_with_its_figures(touchstone: Touchstone) -> None:
    motif, _ = enrol(touchstone)
    enrol(touchstone, 1)
    touchstone.registry.disable_motif(motif.id)
    found = explain(touchstone, photo_with(0), motif.id)
    assert codes(found) == {WhyCode.MOTIF_DISABLED}
    assert found.nearest is not None
    assert found.nearest.alarms is not None


def test_a_motif_without_a_reference(touchstone: Touchstone) -> None:
    new = NewMotif("Cartier", "bare", MotifKind.LOGO)
    motif, _ = touchstone.registry.ensure_motif(new)
    found = explain(touchstone, photo_with(0), motif.id, box=CORNER)
    assert codes(found) == {WhyCode.NO_REFERENCE}
    assert found.boxed is not None
    assert found.boxed.crop is None
    assert found.boxed.as_reference.nearest.similarity > 0.99


def test_a_quarantined_reference_says_what_it_would_have_found(tmp_path: Path) -> None:
    strict = build(make_settings(tmp_path))
    new = NewMotif("Cartier", "tiny", MotifKind.LOGO)
    motif, _ = strict.registry.ensure_motif(new)
    strict.enroller.add(motif.id, motif_file(0), box=Box(0, 0, 15, 15))
    found = explain(strict, photo_with(0), motif.id)
    assert codes(found) == {WhyCode.NO_REFERENCE, WhyCode.REFERENCE_QUARANTINED}
    assert found.quarantined[0].findings
    strict.close()


def test_a_listing_that_names_the_brand(touchstone: Touchstone) -> None:
    motif, _ = enrol(touchstone)
    found = explain(touchstone, photo_with(0), motif.id, title="Ring by Cartier")
    assert codes(found) == {WhyCode.CLAIM_NAMES_BRAND}
    assert found.needed.denied == 1


def test_another_named_brand_on_the_same_spot_explains_it(touchstone: Touchstone) -> None:
    enrol(touchstone, 0)
    motif, _ = enrol(touchstone, 0, brand="Other", name="twin")
    found = explain(touchstone, photo_with(0), motif.id, title="Ring by Cartier")
    assert codes(found) <= {WhyCode.EXPLAINED_BY_NAMED_BRAND, WhyCode.SEEN}


def test_other_motifs_may_take_all_places(tmp_path: Path) -> None:
    narrow = build(make_settings(tmp_path, lint="note", matches_per_image=1))
    calibrate(narrow, tmp_path)
    enrol(narrow, 0)
    twin, _ = enrol(narrow, 0, name="twin")
    found = explain(narrow, photo_with(0), twin.id)
    assert codes(found) == {WhyCode.OUTRANKED}
    narrow.close()


def test_a_search_that_returns_too_few(tmp_path: Path) -> None:
    short = build(make_settings(tmp_path, lint="note", neighbours=1))
    calibrate(short, tmp_path)
    enrol(short, 0)
    twin, _ = enrol(short, 0, name="twin")
    found = explain(short, photo_with(0), twin.id)
    assert WhyCode.NOT_AMONG_NEAREST in codes(found)
    short.close()


def test_without_a_background_nobody_can_say(tmp_path: Path) -> None:
    bare = build(make_settings(tmp_path))
    motif, _ = enrol(bare)
    found = explain(bare, photo_with(0), motif.id, box=CORNER)
    assert codes(found) == {WhyCode.NOT_CALIBRATED}
    assert found.needed.review is None
    bare.close()


def test_a_photo_too_small_to_judge(touchstone: Touchstone) -> None:
    motif, _ = enrol(touchstone)
    tiny = encode(plain_picture(0, (40, 40)), "png")
    assert WhyCode.TOO_SMALL_TO_JUDGE in codes(explain(touchstone, tiny, motif.id))


def test_what_cannot_be_explained_is_refused(touchstone: Touchstone) -> None:
    motif, _ = enrol(touchstone)
    with pytest.raises(NotFoundError):
        explain(touchstone, plain_photo(), motif.id + 1)
    with pytest.raises(InvalidBoxError):
        explain(touchstone, plain_photo(), motif.id, box=Box(0, 0, 9_000, 9))
    with pytest.raises(ImageRefusedError):
        explain(touchstone, b"junk", motif.id)
