"""The whole story: enrol a motif, calibrate, assess a photo, see it, remove it, don't see it."""

from pathlib import Path

from app.bootstrap import build
from app.domain.assessment import ReasonCode, Verdict
from app.domain.listing import Listing
from app.services.sources import BytesSource
from tests.fakes import calibrate, enrol, make_settings, photo_with, plain_photo


def test_a_motif_is_enrolled_seen_removed_and_gone(tmp_path: Path) -> None:
    touchstone = build(make_settings(tmp_path))
    motif, reference = enrol(touchstone, 7, brand="Cartier", name="LOVE screw")
    calibrate(touchstone, tmp_path, photos=150)
    touchstone.snapshots.build()

    listing = Listing("B09X", title="Screw bracelet", brand_field="Unbranded")
    photos = [BytesSource("1.jpg", plain_photo(1)), BytesSource("2.png", photo_with(7, seed=2))]
    seen = touchstone.desk.assess(listing, photos).assessment
    assert seen.verdict is Verdict.SUSPECT
    assert [reason.code for reason in seen.reasons] == [
        ReasonCode.MOTIF_SEEN,
        ReasonCode.CLAIMS_UNBRANDED,
    ]
    best = seen.images[1].matches[0]
    assert (best.brand, best.motif, best.reference_id) == ("Cartier", "LOVE screw", reference.id)
    assert best.box.as_tuple() == (0, 0, 120, 120)

    touchstone.registry.remove_motif(motif.id)
    gone = touchstone.desk.assess(listing, photos).assessment
    assert gone.verdict is Verdict.CLEAR
    assert all(not image.matches for image in gone.images)
    assert gone.versions.registry > seen.versions.registry

    kept = touchstone.assessments.list()
    assert [stored.assessment.verdict for stored in kept] == [Verdict.CLEAR, Verdict.SUSPECT]
    touchstone.close()
