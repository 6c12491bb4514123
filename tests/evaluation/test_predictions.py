"""Predictions survive their file, count ties against whoever answered, and refuse nonsense."""

from pathlib import Path

import pytest

from app.domain.errors import InvalidInputError
from app.evaluation.alarm_rates import recall_at
from app.evaluation.predictions import (
    Candidate,
    Prediction,
    read_predictions,
    write_predictions,
)


def prediction(truth: str, *candidates: Candidate, ignored: tuple[str, ...] = ()) -> Prediction:
    return Prediction("us", "q", "photo", truth, candidates, ignored, {"size": 0.15})


def ladder(count: int) -> list[Candidate]:
    return [Candidate(f"b{place:03d}", 1 - place / 1000) for place in range(count)]


def test_a_tie_is_lost() -> None:
    same = [Candidate(name, 0.5) for name in "abcd"]
    assert prediction("a", *same).rank == 4
    assert prediction("a", Candidate("a", 0.6), *same[1:]).rank == 1


def test_rarer_goes_before_more_similar() -> None:
    candidates = (Candidate("rare", 0.3, 2.5), Candidate("common", 0.9, 400.0))
    assert prediction("common", *candidates).rank == 2
    with pytest.raises(ValueError, match="strongest first"):
        prediction("rare", *reversed(candidates))


def test_what_is_ignored_is_neither_right_nor_wrong() -> None:
    twin = prediction("a", Candidate("twin", 0.9), Candidate("a", 0.8), ignored=("twin",))
    assert twin.rank == 1
    assert twin.best == Candidate("a", 0.8)


def test_not_found_has_no_rank() -> None:
    assert prediction("z", *ladder(3)).rank is None
    assert prediction("z").best is None


@pytest.mark.parametrize("place", [0, 9, 10, 40])
def test_shortening_changes_no_figure(place: int) -> None:
    whole = prediction(f"b{place:03d}", *ladder(50))
    short = whole.shortened()
    assert len(short.candidates) <= 12
    assert min(short.rank or 99, 12) == min(whole.rank or 99, 12)
    assert short.best == whole.best
    constant = prediction("b049", *[Candidate(c.brand, 0.0) for c in ladder(50)]).shortened()
    assert (constant.rank or 99) > 10


def test_a_file_gives_back_what_was_written(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "predictions.jsonl"
    kept = [
        prediction("a", Candidate("a", 0.5, 2.5, 9), Candidate("b", 0.25, 7.0), ignored=("b",)),
        prediction(""),
    ]
    assert write_predictions(path, kept) == 2
    assert read_predictions(path) == kept


@pytest.mark.parametrize("content", ["[]\n", "{}\n", "no json\n", '{"candidates": 3}\n'])
def test_another_file_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "predictions.jsonl"
    with pytest.raises(InvalidInputError, match="run the suite first"):
        read_predictions(path)
    path.write_text(content)
    with pytest.raises(InvalidInputError, match="does not hold predictions"):
        read_predictions(path)


def test_the_floor_of_the_figure_is_a_tie_unless_similarity_decides() -> None:
    strong = [prediction("a", Candidate("a", 0.9, 2.5)) for _ in range(10)]
    weak = [prediction("", Candidate("b", 0.6, 2.5)) for _ in range(10)]
    assert recall_at(strong, weak, 0.0).value == 1
    assert recall_at(strong, weak, 0.0, figure_alone=True).value == 0


def test_places_that_agree_go_before_similarity() -> None:
    laid, alike = Candidate("laid", 0.3, 2.5, 40), Candidate("alike", 0.9, 2.5, 6)
    assert prediction("laid", laid, alike).rank == 1
    with pytest.raises(ValueError, match="strongest first"):
        prediction("laid", alike, laid)


def test_silence_is_neither_an_alarm_nor_a_find() -> None:
    found, silent = prediction("a", Candidate("a", 0.1)), prediction("a")
    assert recall_at([found, silent], [prediction("")], 0.0).value == 0.5
