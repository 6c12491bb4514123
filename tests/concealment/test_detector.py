"""The shipped detector on drawn photos: what is hidden is found, where it is, and little else."""

import cv2
import numpy as np
import pytest

from models.cards import WeightsFile
from models.concealment.detector import WEIGHTS, Patch, PatchDetector
from models.concealment.maps import CELL, MAPS, cell_means, fitted
from models.concealment.shapes import FEATURES as SHAPE_FEATURES
from models.concealment.shapes import shapes_of
from models.concealment.windows import FEATURES, windows_of
from models.errors import WeightsMismatchError
from models.training.compositing.covers import CONCEALMENTS
from tests.images import Picture, photo_array, solid_array

SIZE = (400, 300)
BOX = (140, 90, 260, 190)


@pytest.fixture(scope="module")
def detector() -> PatchDetector:
    return PatchDetector()


def tricked(trick: str, seed: int) -> Picture:
    """A drawn photo with stripes in its middle, and a trick played on them."""
    photo = photo_array(seed, SIZE).astype(np.float32) / np.float32(255)
    left, top, right, bottom = BOX
    photo[top:bottom:8, left:right] *= 0.3
    photo[top:bottom, left:right:12] *= 0.5
    CONCEALMENTS[trick](photo, BOX, np.random.default_rng(seed))
    picture: Picture = np.clip(photo * 255, 0, 255).astype(np.uint8)
    _, data = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 90])
    return np.ascontiguousarray(
        np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)[..., ::-1]
    )


def best(patches: tuple[Patch, ...], kind: str) -> Patch:
    return next(patch for patch in patches if patch.kind == kind)


def inside(patch: Patch) -> bool:
    x, y = (patch.box[0] + patch.box[2]) / 2, (patch.box[1] + patch.box[3]) / 2
    return BOX[0] - 10 <= x <= BOX[2] + 10 and BOX[1] - 10 <= y <= BOX[3] + 10


@pytest.mark.parametrize("kind", ["mosaic", "cover"])
def test_what_is_hidden_is_found_where_it_is(detector: PatchDetector, kind: str) -> None:
    seeds = range(8)
    plain = [best(detector.find(photo_array(seed, SIZE)), "mosaic").log_odds for seed in seeds]
    found = [best(detector.find(tricked(kind, seed)), kind) for seed in seeds]
    assert sum(inside(patch) for patch in found) >= 6
    if kind == "mosaic":
        assert np.median([patch.log_odds for patch in found]) > max(plain)


def test_boxes_are_in_the_photo_whatever_its_size(detector: PatchDetector) -> None:
    photo = np.asarray(cv2.resize(tricked("mosaic", 1), (1600, 1200)), np.uint8)
    for patch in detector.find(photo):
        left, top, right, bottom = patch.box
        assert 0 <= left < right <= 1600
        assert 0 <= top < bottom <= 1200


@pytest.mark.parametrize("size", [(16, 400), (33, 32), (2000, 40), (64, 48)])
def test_small_and_narrow_photos_are_looked_at_or_left(
    detector: PatchDetector, size: tuple[int, int]
) -> None:
    for picture in (photo_array(1, size), solid_array(size=size)):
        for patch in detector.find(picture):
            assert np.isfinite(patch.log_odds)


def test_statistics_are_finite_on_photos_of_one_colour() -> None:
    for colour in ((0, 0, 0), (255, 255, 255), (200, 10, 10)):
        photo = solid_array(colour, SIZE)
        cells = cell_means(photo)
        assert cells.shape == (SIZE[1] // CELL, SIZE[0] // CELL, len(MAPS))
        windows = windows_of(cells)
        assert windows.features.shape == (len(windows.boxes), len(FEATURES))
        assert np.isfinite(windows.features).all()
        assert not len(shapes_of(photo).boxes)  # a ground is no shape


def test_a_flat_shape_is_described_by_its_place_and_form() -> None:
    photo = photo_array(3, SIZE)
    cv2.rectangle(photo, (100, 80), (179, 139), (30, 60, 200), -1)
    shapes = shapes_of(photo)
    centres = (shapes.boxes[:, :2] + shapes.boxes[:, 2:]) / 2
    place = int(np.argmin(np.abs(centres - (140, 110)).sum(1)))
    assert np.abs(shapes.boxes[place] - (100, 80, 180, 140)).max() <= 4
    values = dict(zip(SHAPE_FEATURES, shapes.features[place], strict=True))
    assert values["extent"] > 0.9
    assert values["solidity"] > 0.95
    assert values["holes"] == 0
    assert values["wide"] == pytest.approx(np.log(80 / 60), abs=0.1)


def test_a_larger_photo_is_looked_at_in_small() -> None:
    small, scale = fitted(photo_array(1, (2048, 1024)))
    assert small.shape == (256, 512, 3)
    assert scale == 0.25


def test_other_weights_are_refused() -> None:
    with pytest.raises(WeightsMismatchError, match="sha256"):
        PatchDetector(WeightsFile(WEIGHTS.file, "0" * 64))
