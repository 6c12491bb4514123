"""Every contender finds a pattern that it was shown, and says nothing where it sees nothing."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app.domain.box import Box
from app.evaluation.contenders.features import (
    CalibratedFeatures,
    FeatureContender,
    LastRemembered,
)
from app.evaluation.contenders.hashes import PdqContender
from app.evaluation.contenders.keypoints import SiftContender, key_points
from app.evaluation.contenders.roles import BrandRows, Contender, ReferenceImage, whole
from app.evaluation.measuring import Entry, Question, Race, entered, read_run
from app.evaluation.predictions import read_predictions
from app.media.limits import DecodeLimits
from app.services.background import Background
from models.embedders.pixels import PixelEmbedder
from models.regions import Embeddings, Regions
from tests.images import photo_array, solid_array

LIMITS = DecodeLimits()
NAMES = ("one", "two", "three")


def background() -> Background:
    rows = np.random.default_rng(0).standard_normal((120, 4, PixelEmbedder.dim))
    rows /= np.linalg.norm(rows, axis=2, keepdims=True)
    return Background.of("made up", list(rows.astype(np.float32)))


def contenders() -> list[Contender]:
    return [
        FeatureContender(PixelEmbedder(), LIMITS, "raw"),
        CalibratedFeatures(PixelEmbedder(), LIMITS, "calibrated", background()),
        SiftContender(LIMITS),
        PdqContender(LIMITS),
    ]


@pytest.fixture(scope="module")
def references(tmp_path_factory: pytest.TempPathFactory) -> list[ReferenceImage]:
    """A busy picture of each name."""
    folder = tmp_path_factory.mktemp("references")
    for seed, name in enumerate(NAMES):
        Image.fromarray(photo_array(seed, (200, 160))).save(folder / f"{name}.png")
    return [ReferenceImage(name, folder / f"{name}.png") for name in NAMES]


@pytest.mark.parametrize("contender", contenders(), ids=lambda contender: contender.name)
def test_a_smaller_copy_is_found(contender: Contender, references: list[ReferenceImage]) -> None:
    contender.enrol(references[:2])
    contender.enrol(references[2:])
    for seed, name in enumerate(NAMES):
        copy = Image.fromarray(photo_array(seed, (200, 160))).resize((150, 120))
        ranked = contender.rank(whole(np.asarray(copy)))
        assert ranked[0].brand == name
        assert (ranked[0].alarms is not None) == (contender.name == "calibrated")


def test_sift_finds_nothing_where_nothing_is(references: list[ReferenceImage]) -> None:
    sift = SiftContender(LIMITS)
    sift.enrol(references)
    plain = solid_array(size=(100, 80))
    assert not len(key_points(plain, 50).points)
    assert sift.rank(whole(plain)) == ()


def test_a_reference_is_the_box_of_its_picture(references: list[ReferenceImage]) -> None:
    part = ReferenceImage("part", references[0].path, Box(10, 20, 90, 100))
    pdq = PdqContender(LIMITS)
    pdq.enrol([references[0], part])
    inside = photo_array(0, (200, 160))[20:100, 10:90]
    assert pdq.rank(whole(np.ascontiguousarray(inside)))[0].brand == "part"


def test_the_best_of_several_references_counts() -> None:
    brands = BrandRows()
    for name in ("a", "b", "a"):
        brands.add(name)
    ranked = brands.ranking(brands.best(np.array([0.1, 0.5, 0.9])))
    assert [(one.brand, one.similarity) for one in ranked] == [("a", 0.9), ("b", 0.5)]


class Counting(PixelEmbedder):
    """Counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def embed(self, regions: Regions) -> Embeddings:
        self.asked += 1
        return super().embed(regions)


def test_the_same_regions_are_embedded_once() -> None:
    counting = Counting()
    shared = LastRemembered(counting)
    first, second = (whole(photo_array(seed)) for seed in (0, 1))
    assert np.array_equal(shared.embed(first), shared.embed(first))
    assert counting.asked == 1
    assert not np.array_equal(shared.embed(second), shared.embed(first))
    assert counting.asked == 3


def test_a_slow_contender_is_asked_fewer_questions(
    tmp_path: Path, references: list[ReferenceImage]
) -> None:
    quick, slow = FeatureContender(PixelEmbedder(), LIMITS, "quick"), PdqContender(LIMITS)
    entries = [Entry(quick), entered(slow, questions=10, at_most=4)]
    for entry in entries:
        entry.contender.enrol(references)
    region = whole(photo_array(0, (200, 160)))
    questions = [Question(f"q{n}", f"q{n}", "one", region, region) for n in range(10)]
    Race(tmp_path, entries).run(questions, {"fact": 1})
    answers = read_predictions(tmp_path / "predictions.jsonl")
    asked = [answer.query for answer in answers if answer.contender == slow.name]
    assert asked == ["q0", "q3", "q6", "q9"]
    assert len(answers) == 14
    facts = read_run(tmp_path)
    assert facts["fact"] == 1
    assert facts["asked_every_nth_question"] == {"quick": 1, slow.name: 3}
