"""The look at a whole photo: packs that differ in their print, and what it must not confirm."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from structlog.testing import capture_logs

from app.bootstrap import build
from app.domain.box import Box
from app.domain.match import Evidence, Match
from app.domain.registry import MotifKind, NewMotif, Reference
from app.domain.second_look import PhotoOdds
from app.services.photo_look import PhotoLook, PhotoLookOptions
from app.services.reference_looks import ReferenceLooks
from app.services.sources import BytesSource
from app.services.touchstone import Touchstone
from app.services.verification import VerificationOptions, Verifier
from models.geometry import OF_PHOTOS
from models.regions import Photo
from tests.fakes import calibrate, make_settings
from tests.geometry.drawn import drawn_mark
from tests.images import encode, photo_array, solid_array


@pytest.fixture
def touchstone(tmp_path: Path) -> Iterator[Touchstone]:
    service = build(make_settings(tmp_path, lint="off"))
    yield service
    service.close()


def pack(seed: int) -> Photo:
    """A pack full of print: every pack has the same face and another small pattern on it."""
    face = np.full((360, 240, 3), (230, 240, 250), np.uint8)
    cv2.rectangle(face, (0, 0), (240, 120), (30, 90, 160), -1)
    rng = np.random.default_rng(seed)
    for _ in range(260):
        x, y = int(rng.integers(4, 236)), int(rng.integers(124, 356))
        ink = tuple(int(value) for value in rng.integers(0, 200, 3))
        cv2.rectangle(face, (x, y), (x + int(rng.integers(3, 12)), y + 5), ink, -1)
    return face


def in_a_shop(face: Photo) -> Photo:
    """The pack as it stands on a shelf, turned a little and smaller."""
    matrix = cv2.getRotationMatrix2D((120, 180), 6, 0.8)
    matrix[:, 2] += (20, 10)
    photo = photo_array(3, (300, 380)).copy()
    laid = cv2.warpAffine(face, matrix, (300, 380))
    there = cv2.warpAffine(np.full(face.shape[:2], 255, np.uint8), matrix, (300, 380)) > 128
    photo[there] = laid[there]
    return photo


def enrol(touchstone: Touchstone, picture: Photo, name: str) -> Reference:
    motif, _ = touchstone.registry.ensure_motif(NewMotif("Acme", name, MotifKind.TRADE_DRESS))
    return touchstone.enroller.add(motif.id, encode(picture, "png"))[0]


def photo_look(touchstone: Touchstone, **options: object) -> PhotoLook:
    looks = ReferenceLooks(touchstone.blobs, touchstone.limits, detail=OF_PHOTOS)
    return PhotoLook(looks, replace(PhotoLookOptions(), **options))  # type: ignore[arg-type]


def match_of(reference: Reference, chance: float) -> Match:
    box = Box(0, 0, 40, 40)
    alarms = 1e6 * chance
    return Match("Acme", "pack", reference.motif_id, reference.id, box, 0.5, alarms, chance)


def test_the_right_pack_comes_first_from_far_down(touchstone: Touchstone, tmp_path: Path) -> None:
    calibrate(touchstone, tmp_path)
    packs = [enrol(touchstone, pack(seed), f"pack {seed}") for seed in range(6)]
    gallery = touchstone.gallery.current().gallery
    matches = [match_of(reference, 0.01 * (place + 1)) for place, reference in enumerate(packs)]
    verifier = Verifier(
        ReferenceLooks(touchstone.blobs, touchstone.limits),
        VerificationOptions(),
        photos=photo_look(touchstone),
    )
    after = verifier.verify(in_a_shop(pack(4)), matches, gallery)
    assert after[0].reference_id == packs[4].id
    assert after[0].verified
    assert after[0].evidence == (Evidence.VISUAL, Evidence.GEOMETRIC)
    assert after[0].alignment is not None
    middle = after[0].alignment.at(120, 180)
    assert middle == pytest.approx((140, 190), abs=4)
    assert after[0].tail < 0.05 / PhotoOdds().ratio
    assert {m.tail for m in after[1:] if not m.verified} <= {m.tail for m in matches}


def test_a_service_finds_it_by_itself(touchstone: Touchstone) -> None:
    packs = [enrol(touchstone, pack(seed), f"pack {seed}") for seed in range(4)]
    source = BytesSource("shop.png", encode(in_a_shop(pack(2)), "png"))
    found = touchstone.assessor.search(source, limit=1).matches
    assert [match.reference_id for match in found] == [packs[2].id]
    assert found[0].verified


def test_ordinary_photos_and_plain_marks_are_left_alone(touchstone: Touchstone) -> None:
    references = [enrol(touchstone, pack(1), "pack"), enrol(touchstone, drawn_mark(1), "star")]
    gallery = touchstone.gallery.current().gallery
    matches = [match_of(reference, 0.1) for reference in references]
    look = photo_look(touchstone)
    for photo in (photo_array(5, (300, 380)), solid_array((9, 9, 9), (300, 300))):
        assert look.agreements(photo, matches, gallery) == {}
    # A star of few strokes fills this photo and is still not this look's affair.
    assert look.agreements(drawn_mark(1), matches[1:], gallery) == {}


def test_matches_that_most_photos_have_and_those_beyond_the_candidates_wait(
    touchstone: Touchstone,
) -> None:
    reference = enrol(touchstone, pack(1), "pack")
    gallery, photo = touchstone.gallery.current().gallery, in_a_shop(pack(1))
    look = photo_look(touchstone)
    assert look.agreements(photo, [match_of(reference, 0.9)], gallery) == {}
    assert list(look.agreements(photo, [match_of(reference, 0.1)], gallery)) == [reference.motif_id]
    assert (
        photo_look(touchstone, candidates=0).agreements(photo, [match_of(reference, 0.1)], gallery)
        == {}
    )


def test_odds_that_speak_against_agreement_are_refused() -> None:
    with pytest.raises(ValueError, match="never speak against"):
        PhotoOdds(6, 0.5)
    assert PhotoOdds(6).weighed(0.3, 5, 1e-6) == 0.3
    assert PhotoOdds(6).weighed(0.3, 10_000, 1e-6) == 1e-6


def test_a_lost_picture_is_told_once(touchstone: Touchstone, tmp_path: Path) -> None:
    reference = enrol(touchstone, pack(1), "pack")
    gallery, look = touchstone.gallery.current().gallery, photo_look(touchstone)
    for path in (tmp_path / "var" / "blobs").rglob(f"{reference.blob[:8]}*"):
        path.unlink()
    with capture_logs() as told:
        for _ in range(3):
            assert look.agreements(in_a_shop(pack(1)), [match_of(reference, 0.1)], gallery) == {}
    assert [event["event"] for event in told] == ["second_look_impossible"]
