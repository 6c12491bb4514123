"""The use case itself: every kind of image in, findings and stages out."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from app.bootstrap import build, build_eyes
from app.domain.assessment import ReasonCode, Verdict
from app.domain.errors import EmptyImageError
from app.domain.listing import Listing
from app.services.assessment import Eyes
from app.services.sources import BytesSource, FileSource, ImageSource
from app.services.stages import STAGES, StageTotals
from app.services.touchstone import Touchstone
from models.regions import Embeddings, Regions
from tests.fakes import (
    calibrate,
    enrol,
    make_settings,
    motif_picture,
    photo_with,
    picture_with,
    plain_photo,
    plain_picture,
)
from tests.images import encode, encode_animation, encode_oriented


class CountingEmbedder:
    """Counts how many photos are embedded at the same moment."""

    name = "counting"
    dim = 4
    weights_sha256 = "0" * 64

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._now = 0
        self.most = 0

    def embed(self, regions: Regions) -> Embeddings:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        time.sleep(0.01)
        with self._lock:
            self._now -= 1
        rows = np.zeros((len(regions), self.dim), np.float32)
        rows[:, 0] = 1
        return rows


@pytest.fixture
def touchstone(tmp_path: Path) -> Iterator[Touchstone]:
    service = build(make_settings(tmp_path))
    yield service
    service.close()


def assess(touchstone: Touchstone, *sources: ImageSource) -> Verdict:
    return touchstone.assessor.assess(Listing("L", brand_field="Unbranded"), sources).verdict


@pytest.mark.parametrize(
    ("title", "verdict", "code"),
    [
        ("Ring by Cartier", Verdict.CLEAR, ReasonCode.CLAIMS_MATCHED_BRAND),
        ("Ring inspired by Cartier", Verdict.SUSPECT, ReasonCode.INSPIRED_BY_WORDING),
        ("Ring by C@rtier", Verdict.SUSPECT, ReasonCode.OBFUSCATED_BRAND_NAME),
        ("Box for Cartier", Verdict.REVIEW, ReasonCode.CLAIMS_COMPATIBILITY),
        ("Ring by Cartier, super clone", Verdict.SUSPECT, ReasonCode.INSPIRED_BY_WORDING),
    ],
)
def test_what_the_title_says_of_the_brand_that_is_seen(
    touchstone: Touchstone, tmp_path: Path, title: str, verdict: Verdict, code: ReasonCode
) -> None:
    enrol(touchstone, 0)
    calibrate(touchstone, tmp_path)
    photo = BytesSource("a.png", photo_with(0))
    assessment = touchstone.assessor.assess(Listing("L", title=title), [photo])
    assert assessment.verdict is verdict
    assert code in {reason.code for reason in assessment.reasons}


def test_a_motif_in_a_later_frame_is_found(touchstone: Touchstone) -> None:
    enrol(touchstone, 0)
    frames = [plain_picture(1), plain_picture(2), picture_with(motif_picture(0), 3)]
    data = encode_animation(frames, "webp", lossless=True)
    finding = touchstone.assessor.search(BytesSource("a.webp", data))
    assert finding.matches[0].motif == "mark 0"
    assert finding.matches[0].similarity > 0.9
    assert len({match.motif_id for match in finding.matches}) == len(finding.matches)


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_boxes_are_in_the_upright_photo(touchstone: Touchstone, orientation: int) -> None:
    enrol(touchstone, 0)
    upright = picture_with(motif_picture(0), 1)
    data = encode_oriented(upright, orientation, "png")
    match = touchstone.assessor.search(BytesSource("a.png", data)).matches[0]
    assert match.box.as_tuple() == (0, 0, 120, 120)


def test_unreadable_and_small_images_are_reported_and_never_clear(
    touchstone: Touchstone, tmp_path: Path
) -> None:
    enrol(touchstone, 0)
    small = encode(plain_picture(1, (47, 300)), "png")
    sources: list[ImageSource] = [
        BytesSource("cut.jpg", plain_photo()[:300]),
        BytesSource("small.png", small),
        FileSource("absent.jpg", tmp_path / "absent.jpg"),
        BytesSource("empty.png", b""),
    ]
    done = touchstone.assessor.assess(Listing("L"), sources)
    codes = [image.error.code for image in done.images if image.error]
    assert codes == ["image_truncated", "too_small_to_judge", "image_missing", "image_empty"]
    assert done.verdict is Verdict.REVIEW
    assert ReasonCode.NO_READABLE_IMAGE in {reason.code for reason in done.reasons}
    assert assess(touchstone) is Verdict.REVIEW
    with pytest.raises(EmptyImageError):
        touchstone.assessor.search(BytesSource("empty.png", b""))


def test_an_empty_registry_says_that_nothing_was_looked_for(touchstone: Touchstone) -> None:
    done = touchstone.assessor.assess(Listing("L"), [BytesSource("a", plain_photo())])
    assert [reason.code for reason in done.reasons] == [ReasonCode.EMPTY_REGISTRY]


def test_every_stage_is_timed_once_for_each_photo(touchstone: Touchstone) -> None:
    enrol(touchstone, 0)
    totals = StageTotals()
    photos = [BytesSource("a", plain_photo(1)), BytesSource("b", plain_photo(2))]
    touchstone.assessor.assess(Listing("L"), photos, observe=totals)
    assert set(totals.seconds) == set(STAGES) - {"read", "inspect"}  # both are switched off
    once_a_photo = dict.fromkeys(("decode", "propose", "embed", "search", "verify"), 2)
    assert totals.calls == once_a_photo | {"judge": 1}


def test_ordinary_photos_stay_clear_and_the_motif_does_not(
    touchstone: Touchstone, tmp_path: Path
) -> None:
    enrol(touchstone, 0)
    calibrate(touchstone, tmp_path, photos=150)
    ordinary = [assess(touchstone, BytesSource("a", plain_photo(seed))) for seed in range(40)]
    # The budget is 2 %; four of forty would be five times that.
    assert len(ordinary) - ordinary.count(Verdict.CLEAR) < 4
    assert assess(touchstone, BytesSource("a", photo_with(0))) is Verdict.SUSPECT


def test_no_more_photos_are_held_than_there_are_places(tmp_path: Path) -> None:
    settings = make_settings(tmp_path, photos_at_once=2)
    embedder = CountingEmbedder()
    touchstone = build(settings, Eyes(build_eyes(settings).proposer, embedder))
    try:
        with ThreadPoolExecutor(8) as pool:
            sources = [BytesSource("a", plain_photo(seed)) for seed in range(12)]
            list(pool.map(lambda source: assess(touchstone, source), sources))
    finally:
        touchstone.close()
    assert embedder.most == 2
