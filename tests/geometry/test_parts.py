"""The parts: descriptors that are turned rather than found again, fits, and values that refuse."""

from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from models.geometry.agreement import Agreement, plausible
from models.geometry.fitting import fit
from models.geometry.keypoints import KeyPoints, correspondences, key_points
from models.geometry.view import OF_REGIONS, view_of
from tests.geometry.drawn import drawn_mark
from tests.images import photo_array

GREY = np.asarray(cv2.cvtColor(drawn_mark(3), cv2.COLOR_RGB2GRAY), np.uint8)
EYE = np.eye(3)


def median_cosine(ours: KeyPoints, found: KeyPoints) -> float:
    """The median cosine of points that lie in one place in both."""
    apart = np.linalg.norm(ours.points[:, None] - found.points[None], axis=2)
    cosines = np.where(apart < 1.5, ours.descriptors @ found.descriptors.T, -1).max(axis=1)
    assert (cosines > -1).mean() > 0.8
    return float(np.median(cosines[cosines > -1]))


def test_a_negative_s_points_are_those_that_would_be_found_in_it() -> None:
    assert median_cosine(key_points(GREY).inverted(), key_points(255 - GREY)) > 0.99


def test_a_mirror_image_s_points_are_those_that_would_be_found_in_it() -> None:
    flipped = np.ascontiguousarray(GREY[:, ::-1])
    assert median_cosine(key_points(GREY).mirrored(GREY.shape[1]), key_points(flipped)) > 0.99


def test_no_points_can_be_turned_too() -> None:
    nothing = key_points(np.zeros((40, 40), np.uint8))
    assert len(nothing) == len(nothing.inverted()) == len(nothing.mirrored(40)) == 0
    assert correspondences(nothing, key_points(GREY)).shape == (0, 2)
    assert correspondences(key_points(GREY), nothing).shape == (0, 2)


def test_points_and_descriptors_belong_together() -> None:
    with pytest.raises(ValueError, match="two coordinates"):
        KeyPoints(np.zeros((2, 2), np.float32), np.zeros((3, 128), np.float32))


def test_a_picture_corresponds_to_itself_in_place() -> None:
    points = key_points(GREY)
    pairs = correspondences(points, points)
    assert len(pairs) > 20
    assert (points.points[pairs[:, 0]] == points.points[pairs[:, 1]]).mean() > 0.9


def test_a_view_leads_back_to_the_photo() -> None:
    photo = photo_array(2, (400, 300))
    view = view_of(photo, (100, 60, 200, 110), 0.2)
    assert max(view.grey.shape) == pytest.approx(OF_REGIONS.side * 1.4, abs=2)
    left_top = view.to_picture @ [-0.5, -0.5, 1]
    assert left_top[:2] == pytest.approx([79.5, 49.5])
    edge = view_of(photo, (0, 0, 400, 300), 0.2)
    assert (edge.to_picture @ [-0.5, -0.5, 1])[:2] == pytest.approx([-0.5, -0.5])


def spread(count: int) -> NDArray[np.float32]:
    return np.random.default_rng(5).uniform(0, 190, (count, 2)).astype(np.float32)


def test_a_shared_transform_is_found_among_strays() -> None:
    reference = spread(30)
    photo = reference * 0.8 + np.float32(12)
    photo[:12] = spread(42)[30:]
    found = fit(reference, photo)
    assert found is not None
    assert found.inliers >= 17
    assert found.matrix == pytest.approx(np.array([[0.8, 0, 12], [0, 0.8, 12]]), abs=0.05)


def test_many_pairs_in_one_corner_prove_one() -> None:
    reference = spread(30)
    corner = np.full((30, 2), 50, np.float32)
    found = fit(reference, corner)
    assert found is None or found.inliers < 4


def test_three_pairs_are_too_few() -> None:
    assert fit(spread(3), spread(3)) is None


@pytest.mark.parametrize(
    ("linear", "right"),
    [
        ([[1, 0], [0, 1]], True),
        ([[0, -1], [1, 0]], True),
        ([[1, 0], [0, -1]], False),
        ([[0.1, 0], [0, 0.1]], False),
        ([[9, 0], [0, 9]], False),
        ([[1, 0], [0, 0.3]], False),
        ([[1, 3], [0, 1]], False),
        ([[float("nan"), 0], [0, 1]], False),
        ([[0, 0], [0, 0]], False),
    ],
)
def test_what_a_camera_makes_is_plausible(linear: Any, right: bool) -> None:
    matrix = np.concatenate([np.array(linear, np.float64), [[5.0], [6.0]]], axis=1)
    assert plausible(matrix) is right


@pytest.mark.parametrize(
    "changed",
    [
        {"matrix": np.zeros((2, 3))},
        {"matrix": EYE * np.nan},
        {"mirrored": True},
        {"inliers": 3},
        {"region_share": 1.1},
        {"reference_share": -0.1},
    ],
)
def test_an_agreement_refuses_what_cannot_be(changed: dict[str, Any]) -> None:
    values: dict[str, Any] = {
        "matrix": EYE.copy(),
        "inliers": 9,
        "region_share": 0.5,
        "reference_share": 0.5,
        "mirrored": False,
        "inverted": False,
    }
    Agreement(**values)
    with pytest.raises(ValueError, match=r"matrix|mirror|agreement|shares"):
        Agreement(**(values | changed))


def test_an_agreement_cannot_be_altered() -> None:
    agreement = Agreement(EYE.copy(), 9, 0.5, 0.5, mirrored=False, inverted=False)
    with pytest.raises(ValueError, match="read-only"):
        agreement.matrix[0, 0] = 2
