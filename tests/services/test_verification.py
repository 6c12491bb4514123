"""The second look as a stage: what it confirms, what it leaves alone, and what it survives."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from app.bootstrap import build
from app.domain.box import Box
from app.domain.listing import Listing
from app.domain.match import Evidence, Match
from app.domain.registry import MotifKind, NewMotif, Reference
from app.domain.second_look import LookOdds
from app.services.reference_looks import ReferenceLooks
from app.services.sources import BytesSource
from app.services.touchstone import Touchstone
from app.services.verification import VerificationOptions, Verifier
from models.regions import Photo
from tests.fakes import calibrate, make_settings, plain_picture
from tests.geometry.drawn import drawn_mark
from tests.images import encode, photo_array, solid_array

ODDS = LookOdds((0, 4), (0.5, 100.0))


@pytest.fixture
def touchstone(tmp_path: Path) -> Iterator[Touchstone]:
    service = build(make_settings(tmp_path, lint="off"))  # plain references are meant here
    yield service
    service.close()


def enrol(touchstone: Touchstone, picture: Photo, name: str = "star") -> Reference:
    motif, _ = touchstone.registry.ensure_motif(NewMotif("Acme", name, MotifKind.LOGO))
    return touchstone.enroller.add(motif.id, encode(picture, "png"))[0]


def photo_of(mark: Photo) -> Photo:
    """A photo whose upper left window is the mark, as the grid will cut it."""
    photo = plain_picture(4).copy()
    photo[:120, :120] = cv2.resize(mark, (120, 120), interpolation=cv2.INTER_AREA)
    return photo


def searched(touchstone: Touchstone, photo: Photo) -> tuple[Match, ...]:
    return touchstone.assessor.search(BytesSource("a.png", encode(photo, "png"))).matches


def verifier(touchstone: Touchstone, **options: object) -> Verifier:
    looks = ReferenceLooks(touchstone.blobs, touchstone.limits)
    return Verifier(looks, replace(VerificationOptions(odds=ODDS), **options))  # type: ignore[arg-type]


def match_of(reference: Reference, chance: float = 1e-4, box: Box | None = None) -> Match:
    box = box or Box(0, 0, 120, 120)
    return Match("Acme", "star", reference.motif_id, reference.id, box, 0.9, 1e6 * chance, chance)


def test_a_mark_that_is_there_is_verified_and_laid_over(touchstone: Touchstone) -> None:
    enrol(touchstone, drawn_mark(1))
    match = searched(touchstone, photo_of(drawn_mark(1)))[0]
    assert match.verified
    assert match.evidence == (Evidence.VISUAL, Evidence.GEOMETRIC)
    assert match.alignment is not None
    assert match.alignment.at(0, 0) == pytest.approx((0, 0), abs=3)
    assert match.alignment.at(160, 160) == pytest.approx((120, 120), abs=3)
    assert match.alignment.region_share > 0.9


def test_an_assessment_keeps_it(touchstone: Touchstone) -> None:
    enrol(touchstone, drawn_mark(1))
    source = BytesSource("a.png", encode(photo_of(drawn_mark(1)), "png"))
    stored = touchstone.desk.assess(Listing("L"), [source])
    kept = touchstone.assessments.get(stored.id).assessment.images[0].matches[0]
    assert kept.verified
    assert kept.alignment is not None
    assert kept.alignment.inliers >= 15


def test_another_mark_stays_unverified(touchstone: Touchstone) -> None:
    enrol(touchstone, drawn_mark(1))
    match = searched(touchstone, photo_of(drawn_mark(2)))[0]
    assert not match.verified
    assert match.alignment is None
    assert match.evidence == (Evidence.VISUAL,)


def test_the_figure_follows_the_look_and_the_order_the_figure(
    touchstone: Touchstone, tmp_path: Path
) -> None:
    calibrate(touchstone, tmp_path)
    right, wrong = enrol(touchstone, drawn_mark(1)), enrol(touchstone, drawn_mark(2), "moon")
    gallery = touchstone.gallery.current().gallery
    assert gallery.nulls is not None
    before = (match_of(wrong, 1e-4), match_of(right, 2e-4))
    after = verifier(touchstone).verify(photo_of(drawn_mark(1)), before, gallery)
    assert [match.reference_id for match in after] == [right.id, wrong.id]
    assert [match.verified for match in after] == [True, False]
    assert after[0].tail == max(2e-6, gallery.nulls.floor)
    assert after[1].tail == 2e-4
    assert after[1].false_alarms_per_million == pytest.approx(200)


def test_without_odds_figures_and_order_stay(touchstone: Touchstone, tmp_path: Path) -> None:
    calibrate(touchstone, tmp_path)
    right = enrol(touchstone, drawn_mark(1))
    gallery = touchstone.gallery.current().gallery
    shown = verifier(touchstone, odds=None).verify(
        photo_of(drawn_mark(1)), [match_of(right)], gallery
    )[0]
    assert shown.verified
    assert shown.tail == 1e-4


def test_only_the_first_few_rare_ones_are_looked_at(touchstone: Touchstone) -> None:
    right = enrol(touchstone, drawn_mark(1))
    gallery, photo = touchstone.gallery.current().gallery, photo_of(drawn_mark(1))
    many = [match_of(right, chance) for chance in (1e-5, 2e-5, 3e-5)]
    after = verifier(touchstone, candidates=2, odds=None).verify(photo, many, gallery)
    assert [match.verified for match in after] == [True, True, False]
    common = match_of(right, 0.01)
    assert verifier(touchstone).verify(photo, [common], gallery) == (common,)


def test_a_reference_without_texture_changes_nothing(touchstone: Touchstone) -> None:
    plain = enrol(touchstone, solid_array((200, 30, 30), (80, 80)))
    gallery = touchstone.gallery.current().gallery
    match = match_of(plain)
    assert verifier(touchstone).verify(photo_of(drawn_mark(1)), [match], gallery) == (match,)


def test_a_lost_or_damaged_picture_leaves_the_match(touchstone: Touchstone, tmp_path: Path) -> None:
    reference = enrol(touchstone, drawn_mark(1))
    before = searched(touchstone, photo_of(drawn_mark(2)))
    assert before
    touchstone.close()
    again = build(make_settings(tmp_path))
    try:
        for path in (tmp_path / "var" / "blobs").rglob("*"):
            if path.is_file() and path.name.startswith(reference.blob[:8]):
                path.unlink()
        match = searched(again, photo_of(drawn_mark(1)))[0]
    finally:
        again.close()
    assert match.reference_id == reference.id
    assert not match.verified


def test_tiny_and_blank_regions_do_no_harm(touchstone: Touchstone) -> None:
    reference = enrol(touchstone, drawn_mark(1))
    gallery = touchstone.gallery.current().gallery
    for photo in (photo_array(1, (60, 50)), solid_array((7, 7, 7), (60, 50))):
        for box in (Box(0, 0, 1, 1), Box(0, 0, 60, 1), Box(10, 10, 40, 40)):
            match = match_of(reference, box=box)
            assert not verifier(touchstone).verify(photo, [match], gallery)[0].verified


def test_a_removed_reference_is_not_used_again(touchstone: Touchstone) -> None:
    right, other = enrol(touchstone, drawn_mark(1)), enrol(touchstone, drawn_mark(2), "moon")
    assert searched(touchstone, photo_of(drawn_mark(1)))[0].verified
    touchstone.registry.remove_reference(right.id)
    matches = searched(touchstone, photo_of(drawn_mark(1)))
    assert {match.reference_id for match in matches} == {other.id}
    assert not any(match.verified for match in matches)


def test_looks_are_remembered_by_content_and_bounded(touchstone: Touchstone) -> None:
    references = [enrol(touchstone, drawn_mark(seed), f"mark {seed}") for seed in range(4)]
    looks = ReferenceLooks(touchstone.blobs, touchstone.limits, remembered=2)
    first = looks.of(references[0])
    renumbered = replace(references[0], id=99, motif_id=7)
    assert looks.of(renumbered) is first
    boxed = replace(references[0], box=Box(0, 0, 80, 80))
    assert looks.of(boxed) is not first
    for reference in references:
        looks.of(reference)
    assert len(looks) == 2
    with pytest.raises(ValueError, match="at least one"):
        ReferenceLooks(touchstone.blobs, touchstone.limits, remembered=0)


def test_many_threads_may_look_at_once(touchstone: Touchstone) -> None:
    references = [enrol(touchstone, drawn_mark(seed), f"mark {seed}") for seed in range(3)]
    gallery, shared = touchstone.gallery.current().gallery, verifier(touchstone)
    photos = [photo_of(drawn_mark(seed)) for seed in range(3)]

    def look(number: int) -> bool:
        match = match_of(references[number % 3])
        return shared.verify(photos[number % 3], [match], gallery)[0].verified

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(look, range(12)))


@pytest.mark.parametrize(("mode", "verified"), [("off", False), ("show", True), ("weigh", True)])
def test_the_setting_switches_it(tmp_path: Path, mode: str, verified: bool) -> None:
    service = build(make_settings(tmp_path, second_look=mode))
    try:
        calibrate(service, tmp_path)
        enrol(service, drawn_mark(1))
        match = searched(service, photo_of(drawn_mark(1)))[0]
        plain = service.gallery.current()
        assert match.verified is verified
        assert plain.gallery.nulls is not None
        assert np.isfinite(match.tail)
    finally:
        service.close()


def test_options_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="not negative"):
        VerificationOptions(candidates=-1)
