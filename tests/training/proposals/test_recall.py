"""Recall by size: what counts as found, and in which bucket."""

import numpy as np
import pytest

from models.regions import Photo, Regions
from models.training.proposals.recall import RecallBySize, proposal_recall
from models.training.proposals.scene import Floats


class Fixed:
    """Always proposes the same boxes."""

    def __init__(self, boxes: list[tuple[int, int, int, int]]) -> None:
        self.boxes = boxes

    def scored(self, photo: Photo) -> tuple[Regions, Floats]:
        return Regions.of(photo, self.boxes), np.ones(len(self.boxes), np.float32)


PHOTO = np.zeros((100, 100, 3), np.uint8)


def test_a_box_is_found_when_one_of_the_first_fits() -> None:
    proposer = Fixed([(50, 50, 90, 90), (0, 0, 10, 10)])
    photos = [(PHOTO, [(0, 0, 10, 9), (52, 50, 90, 90), (0, 50, 30, 80)])]
    assert proposal_recall(proposer, photos).overall == pytest.approx(2 / 3)
    assert proposal_recall(proposer, photos, count=1).overall == pytest.approx(1 / 3)


def test_sizes_have_their_buckets() -> None:
    boxes = [(0, 0, 4, 2), (0, 0, 7, 7), (0, 0, 5, 40), (0, 0, 99, 10)]
    recall = proposal_recall(Fixed([(0, 0, 7, 7)]), [(PHOTO, boxes)])
    assert recall.there == (1, 1, 0, 0, 2)
    assert recall.found == (0, 1, 0, 0, 0)
    assert recall.above(0.05) == pytest.approx(1 / 3)
    assert recall.by_size()["0.05-0.1"] == 1


def test_no_boxes_give_no_figure_and_no_proposals_find_nothing() -> None:
    assert np.isnan(proposal_recall(Fixed([]), [(PHOTO, [])]).overall)
    assert proposal_recall(Fixed([]), [(PHOTO, [(0, 0, 9, 9)])]).overall == 0


def test_more_found_than_there_is_refused() -> None:
    with pytest.raises(ValueError, match="found"):
        RecallBySize((2,), (1,), ())
