"""Listings made of labelled photos, and eyes that look once."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app.domain.box import Box
from app.evaluation.flickrlogos27 import LabelledBox, load_flickrlogos27
from app.evaluation.listing_cases import DENYING, HIDDEN, HONEST, NO_MARK, POSING, cases, hide
from app.evaluation.metrics import average_precision
from app.evaluation.remembering import remembering
from app.media.limits import DecodeLimits
from app.services.assessment import Eyes
from models.embedders.pixels import PixelEmbedder
from models.proposers.grid import GridProposer
from models.regions import Embeddings, Regions
from tests.evaluation.made_up import write_data
from tests.images import photo_array

LIMITS = DecodeLimits()


class CountingEmbedder(PixelEmbedder):
    """Counts how often it is asked."""

    asked = 0

    def embed(self, regions: Regions) -> Embeddings:
        self.asked += 1
        return super().embed(regions)


@pytest.mark.parametrize("kind", HIDDEN)
def test_hiding_changes_the_box_and_nothing_else(tmp_path: Path, kind: str) -> None:
    photo = photo_array(3, (80, 60))
    path = tmp_path / "photo.png"
    Image.fromarray(photo).save(path)
    box = LabelledBox(path, "BMW", Box(10, 12, 40, 52))
    hidden = np.asarray(Image.open(io.BytesIO(hide(box, kind, LIMITS))))
    inside = np.zeros(photo.shape[:2], bool)
    inside[12:52, 10:40] = True
    assert (hidden[~inside] == photo[~inside]).all()
    assert (hidden[inside] != photo[inside]).any()


def test_kinds_differ_by_words_alone_and_no_reference_takes_part(tmp_path: Path) -> None:
    data = load_flickrlogos27(write_data(tmp_path) / "flickrlogos27")
    listed = list(cases(data, [], LIMITS, 1))
    by_kind = {kind: [c for c in listed if c.kind == kind] for kind in {c.kind for c in listed}}
    for kind in (*DENYING, HONEST):
        assert [c.photo for c in by_kind[kind]] == [c.photo for c in by_kind[POSING]]
    assert all(c.listing.brand_field == c.brand for c in by_kind[HONEST])
    assert all(c.listing.brand_field == "Unbranded" for c in by_kind[POSING])
    assert {c.brand for c in by_kind[NO_MARK]} == {""}
    assert not {c.photo for c in listed} & {r.path.stem for r in data.references}


def test_what_is_remembered_is_what_was_seen() -> None:
    embedder = CountingEmbedder()
    plain = Eyes(GridProposer(), embedder)
    eyes = remembering(plain)
    assert eyes.model == plain.model
    for photo in (photo_array(1, (90, 70)), photo_array(2, (90, 70))):
        regions = plain.proposer.propose(photo)
        expected = PixelEmbedder().embed(regions)
        before = embedder.asked
        for _ in range(2):
            seen = eyes.proposer.propose(photo.copy())
            assert (seen.boxes == regions.boxes).all()
            assert (eyes.embedder.embed(seen) == expected).all()
        assert embedder.asked == before + 1


def test_the_area_counts_ties_against_us() -> None:
    wanted = np.array([True, True, False, False])
    names = ["a", "b", "c", "d"]
    assert average_precision(np.array([0.9, 0.8, 0.2, 0.1]), wanted, names).value == 1
    tied = average_precision(np.zeros(4), wanted, names)
    assert tied.value == pytest.approx((1 / 3 + 2 / 4) / 2)
    assert tied.low <= tied.value <= tied.high
    assert average_precision(np.zeros(4), np.zeros(4, bool), names).cases == 0
