"""An alignment refuses what no camera makes, and survives being stored."""

from dataclasses import replace
from typing import Any

import pytest

from app.domain.alignment import Alignment, Matrix
from app.domain.box import Box
from app.domain.contract import assessment_document, assessment_from_document, match_document
from app.domain.match import Evidence, Match
from tests.domain.test_values import assessment

PLAIN: Matrix = ((0.5, 0.0, 3.0), (0.0, 0.5, 4.0), (0.0, 0.0, 1.0))
MIRROR: Matrix = ((-0.5, 0.0, 3.0), (0.0, 0.5, 4.0), (0.0, 0.0, 1.0))


def made(matrix: Any = PLAIN, **overrides: Any) -> Alignment:
    values = {"inliers": 12, "region_share": 0.9, "reference_share": 0.8, **overrides}
    return Alignment(matrix, **values)


@pytest.mark.parametrize(
    "matrix",
    [
        PLAIN[:2],
        ((0.5, 0.0), (0.0, 0.5), (0.0, 0.0)),
        ((float("nan"), 0.0, 3.0), *PLAIN[1:]),
        ((0.0, 0.0, 3.0), *PLAIN[1:]),
        (*PLAIN[:2], (0.0, 0.0, 0.0)),
        MIRROR,
    ],
)
def test_an_impossible_matrix_is_refused(matrix: Any) -> None:
    with pytest.raises(ValueError, match="matri"):
        made(matrix)


@pytest.mark.parametrize(
    "values", [{"inliers": 0}, {"region_share": 1.2}, {"reference_share": -0.1}]
)
def test_impossible_figures_are_refused(values: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="cannot be"):
        made(**values)


def test_a_mirror_image_says_so() -> None:
    assert made(MIRROR, mirrored=True).turn < 0
    with pytest.raises(ValueError, match="mirrored"):
        made(PLAIN, mirrored=True)


def test_it_is_stored_and_restored() -> None:
    match = Match(
        "Acme",
        "star",
        1,
        1,
        Box(0, 0, 9, 9),
        0.9,
        3.0,
        3e-6,
        verified=True,
        evidence=(Evidence.VISUAL, Evidence.GEOMETRIC),
        alignment=made(),
    )
    kept = assessment()
    kept = replace(kept, images=(replace(kept.images[0], matches=(match,)),))
    restored = assessment_from_document(assessment_document(kept))
    assert restored.images[0].matches == (match,)


def test_what_was_stored_before_there_were_alignments_is_still_read() -> None:
    document = assessment_document(assessment())
    for image in document["images"]:
        for match in image["matches"]:
            assert match.pop("alignment") is None
    matches = assessment_from_document(document).images[0].matches
    assert matches
    assert {match.alignment for match in matches} == {None}


def test_the_contract_shows_it() -> None:
    match = Match("Acme", "star", 1, 1, Box(0, 0, 9, 9), 0.9, 3.0, 3e-6, alignment=made())
    assert match_document(match)["alignment"] == {
        "matrix": [[0.5, 0.0, 3.0], [0.0, 0.5, 4.0], [0.0, 0.0, 1.0]],
        "inliers": 12,
        "region_share": 0.9,
        "reference_share": 0.8,
        "mirrored": False,
        "inverted": False,
    }
