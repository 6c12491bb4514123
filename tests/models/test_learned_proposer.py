"""The learned proposer: suppression, the mapping there and back, regions that are always valid."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from models.proposers.learned import Floats, LearnedProposer, LearnedSettings, Letterbox
from models.proposers.suppression import overlaps, suppressed
from models.protocols import RegionProposer
from tests.images import photo_array

SHAPES = [(1, 2000), (2000, 1), (1, 1), (7, 5), (301, 517), (512, 512), (11, 1200)]


class Answer:
    """A runtime that always gives the same rows, and keeps what it was shown."""

    def __init__(self, rows: list[list[float]]) -> None:
        self.rows = np.array(rows, np.float32).reshape(1, -1, 5)
        self.shown: list[NDArray[np.uint8]] = []

    def __call__(self, photos: NDArray[np.uint8]) -> Floats:
        self.shown.append(photos)
        return self.rows


def _proposer(rows: list[list[float]], **changes: float) -> LearnedProposer:
    return LearnedProposer(Answer(rows), "abcdef0123456789", LearnedSettings(**changes))  # type: ignore[arg-type]


def _reference(boxes: Floats, scores: Floats, limit: float, count: int) -> list[int]:
    """The textbook loop, one pair at a time."""
    kept: list[int] = []
    for row in sorted(range(len(boxes)), key=lambda i: (-scores[i], i)):
        if all(overlaps(boxes[[row]], boxes[[k]])[0, 0] <= limit for k in kept):
            kept.append(row)
    return kept[:count]


CORNERS = hnp.arrays(
    np.float32, st.tuples(st.integers(0, 25), st.just(4)), elements=st.integers(0, 9)
)


@given(CORNERS, st.data(), st.sampled_from([0.0, 0.3, 0.5, 1.0]), st.integers(1, 30))
@settings(max_examples=150)
def test_suppression_is_the_textbook_loop(
    corners: Floats, data: st.DataObject, limit: float, count: int
) -> None:
    boxes = np.concatenate([corners[:, :2], corners[:, :2] + corners[:, 2:]], axis=1)
    levels = st.sampled_from([0.1, 0.5, 0.9])
    scores = data.draw(hnp.arrays(np.float32, len(boxes), elements=levels.map(np.float32)))
    kept = suppressed(boxes, scores, overlap=limit, count=count)
    assert kept.tolist() == _reference(boxes, scores, limit, count)


def test_overlap_of_known_boxes() -> None:
    box = np.array([[0, 0, 10, 10]], np.float32)
    others = np.array([[0, 0, 10, 10], [5, 0, 15, 10], [10, 0, 20, 10], [3, 3, 3, 9]], np.float32)
    assert overlaps(box, others)[0].tolist() == pytest.approx([1, 1 / 3, 0, 0])


@given(st.integers(1, 2500), st.integers(1, 2500), st.data())
@settings(max_examples=100)
def test_a_box_comes_back_through_the_letterbox(
    width: int, height: int, data: st.DataObject
) -> None:
    x0 = data.draw(st.integers(0, width - 1))
    y0 = data.draw(st.integers(0, height - 1))
    x1, y1 = data.draw(st.integers(x0 + 1, width)), data.draw(st.integers(y0 + 1, height))
    fit = Letterbox(width, height, 512)
    box = np.array([[x0, y0, x1, y1]], np.float32)
    shown = fit.to_input(box)
    assert (shown[0, 2:] <= np.array(fit.inside) + 0.01).all()
    assert np.abs(fit.to_photo(shown) - box).max() < 0.01


def test_a_bright_patch_lies_where_the_mapping_says() -> None:
    photo = np.zeros((333, 777, 3), np.uint8)
    photo[100:200, 300:500] = 255
    fit = Letterbox(777, 333, 512)
    ys, xs = np.nonzero(fit.pixels(photo)[: fit.inside[1], :, 0] > 127)
    seen = np.array([[xs.min(), ys.min(), xs.max() + 1, ys.max() + 1]], np.float32)
    assert np.abs(fit.to_photo(seen) - [300, 100, 500, 200]).max() <= 1


def test_boxes_come_back_in_pixels_of_the_photo() -> None:
    photo = photo_array(1, (1024, 512))
    rows = [[0.9, 100, 50, 200, 100], [0.8, 102, 50, 202, 100], [0.01, 0, 0, 50, 50]]
    regions, scores = _proposer([*rows, [0.3, 300, 100, 340, 120]]).scored(photo)
    assert regions.boxes.tolist() == [[200, 100, 400, 200], [600, 200, 680, 240]]
    assert scores.tolist() == pytest.approx([0.9, 0.3])


def test_margin_widens_and_a_small_box_grows() -> None:
    photo = photo_array(1, (512, 512))
    wide = _proposer([[0.9, 100, 100, 200, 140]], margin=0.1).scored(photo)[0]
    assert wide.boxes.tolist() == [[90, 96, 210, 144]]
    small = _proposer([[0.9, 0, 100, 4, 104], [0.8, 508, 508, 512, 512]]).scored(photo)[0]
    assert small.boxes.tolist() == [[0, 96, 12, 108], [500, 500, 512, 512]]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("margin", [0.0, 0.2])
def test_regions_are_valid_whatever_the_network_says(shape: tuple[int, int], margin: float) -> None:
    rng = np.random.default_rng(sum(shape))
    rows = np.concatenate([rng.random((400, 1)), rng.uniform(-80, 600, (400, 4))], axis=1)
    photo = rng.integers(0, 256, (*shape, 3), dtype=np.uint8)
    proposer = _proposer(rows.tolist(), margin=margin)
    regions = proposer.propose(photo)
    assert isinstance(proposer, RegionProposer)
    assert regions.boxes[0].tolist() == [0, 0, shape[1], shape[0]]
    assert len({tuple(box) for box in regions.boxes.tolist()}) == len(regions)
    learned, scores = proposer.scored(photo)
    assert len(learned) == len(scores) <= 24
    assert (np.diff(scores) <= 0).all()


def test_nothing_seen_leaves_the_floor() -> None:
    photo = photo_array(1, (400, 300))
    quiet = _proposer([[0.001, 0, 0, 9, 9]])
    assert len(quiet.scored(photo)[0]) == 0
    assert 5 < len(quiet.propose(photo)) < 30
    assert len(_proposer([[0.9, 10, 10, 99, 99]]).propose(photo)) == len(quiet.propose(photo)) + 1


def test_the_network_sees_one_square() -> None:
    runtime = Answer([])
    LearnedProposer(runtime, "0" * 64, LearnedSettings(side=256)).propose(photo_array(1, (90, 300)))
    assert [photos.shape for photos in runtime.shown] == [(1, 256, 256, 3)]


def test_the_name_tells_every_setting() -> None:
    names = {_proposer([]).name} | {
        _proposer([], **{key: value}).name
        for key, value in {
            "side": 256,
            "count": 12,
            "threshold": 0.1,
            "overlap": 0.5,
            "margin": 0.05,
            "min_side": 8,
        }.items()
    }
    assert len(names) == 7
    assert all("abcdef012345" in name and "grid-1-0.5" in name for name in names)


@pytest.mark.parametrize(
    "changes", [{"side": 100}, {"count": 0}, {"threshold": 1.0}, {"overlap": 0.0}, {"margin": -0.1}]
)
def test_settings_out_of_range_are_refused(changes: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"multiple|count|shares"):
        _proposer([], **changes)
