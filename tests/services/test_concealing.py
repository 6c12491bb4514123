"""Hidden patches in an assessment: kept with the photo, told as a reason, drawn into evidence."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app.bootstrap import build
from app.domain.assessment import ReasonCode, Verdict
from app.domain.concealment import ConcealmentBackground, ConcealmentKind
from app.domain.contract import assessment_document, assessment_from_document
from app.domain.errors import ModelRefusedError
from app.domain.listing import Listing
from app.media.overlay import overlay_png
from app.services.concealing import PatchEvidence, shipped_concealment_background
from app.services.sources import BytesSource
from app.services.stages import StageTotals
from app.services.touchstone import Touchstone
from models.concealment.detector import Patch, PatchDetector
from models.regions import Photo
from tests.fakes import make_settings, plain_photo
from tests.images import photo_array

VIOLET = (108, 52, 168)
BOX = (100, 80, 200, 160)


@dataclass(frozen=True)
class Finder:
    """Finds what it was told to."""

    patches: tuple[Patch, ...]
    name: str = "made up"

    def find(self, photo: Photo) -> tuple[Patch, ...]:  # noqa: ARG002  the role's signature
        return self.patches


def background(name: str = "made up") -> ConcealmentBackground:
    scores = np.linspace(2, -2, 200)
    return ConcealmentBackground(name, 200, {"blur": scores, "mosaic": scores})


@pytest.fixture
def touchstone(tmp_path: Path) -> Iterator[Touchstone]:
    service = build(make_settings(tmp_path, concealment=True, concealment_per_million=5_000))
    finder = Finder((Patch("mosaic", BOX, 6.0),))
    service.assessor._patches = PatchEvidence(finder, background())
    yield service
    service.close()


def test_rare_patches_are_kept_rarest_first_and_common_ones_are_not() -> None:
    box = (0, 0, 9, 9)
    found = Finder((Patch("blur", box, 1.95), Patch("mosaic", box, 2.2), Patch("blur", box, 1.0)))
    kept = PatchEvidence(found, background()).find([photo_array(1)])
    assert [patch.kind for patch in kept] == [ConcealmentKind.MOSAIC, ConcealmentKind.BLUR]
    assert kept[0].chance < kept[1].chance < 0.05
    common = Finder((Patch("blur", box, 1.5),))
    assert PatchEvidence(common, background()).find([photo_array(1)]) == ()


def test_a_background_of_another_detector_is_refused() -> None:
    with pytest.raises(ModelRefusedError, match="is of other, not made up"):
        PatchEvidence(Finder(()), background("other"))


def test_the_shipped_background_belongs_to_the_shipped_detector() -> None:
    assert shipped_concealment_background().detector == PatchDetector().name
    assert shipped_concealment_background().photos >= 300


def test_a_patch_is_told_and_asks_for_a_review_but_names_no_motif(touchstone: Touchstone) -> None:
    totals = StageTotals()
    listing = Listing("L", brand_field="Unbranded")
    source = BytesSource("a.jpg", plain_photo(1))
    found = touchstone.assessor.assess(listing, [source], observe=totals)
    assert totals.calls["inspect"] == 1
    patch = found.images[0].concealed[0]
    assert patch.kind is ConcealmentKind.MOSAIC
    assert patch.box.as_tuple() == BOX
    codes = [reason.code for reason in found.reasons]
    assert ReasonCode.MOTIF_AREA_CONCEALED in codes
    assert found.verdict is Verdict.REVIEW
    assert found.score == 0
    assert found.versions.inspector is not None
    assert found.hidden(found.images[0]) == (patch,)
    restored = assessment_from_document(assessment_document(found))
    assert restored.images[0].concealed[0].box == patch.box


def test_without_a_patch_nothing_is_told(touchstone: Touchstone) -> None:
    touchstone.assessor._patches = PatchEvidence(Finder(()), background())
    sources = [BytesSource("a.jpg", plain_photo(seed)) for seed in range(3)]
    found = touchstone.assessor.assess(Listing("L", brand_field="Unbranded"), sources)
    assert ReasonCode.MOTIF_AREA_CONCEALED not in [reason.code for reason in found.reasons]
    assert all(found.hidden(image) == () for image in found.images)


def test_switched_off_nothing_is_looked_for(tmp_path: Path) -> None:
    service = build(make_settings(tmp_path, concealment=False))
    try:
        source = BytesSource("a.jpg", plain_photo(1))
        found = service.assessor.assess(Listing("L", brand_field="Unbranded"), [source])
    finally:
        service.close()
    assert found.images[0].concealed == ()
    assert found.versions.inspector is None


def test_a_patch_is_drawn_in_its_own_colour(touchstone: Touchstone) -> None:
    listing, source = Listing("L"), BytesSource("a.jpg", plain_photo(1))
    finding = touchstone.assessor.assess(listing, [source]).images[0]
    photo = photo_array(5, (400, 400))
    data = overlay_png(photo, (), finding.concealed[:1])
    picture = np.asarray(Image.open(io.BytesIO(data)))
    box = finding.concealed[0].box
    assert tuple(picture[box.y_max - 1, (box.x_min + box.x_max) // 2]) == VIOLET
    assert np.array_equal(photo, photo_array(5, (400, 400)))
    assert replace(finding, concealed=()).concealed == ()
