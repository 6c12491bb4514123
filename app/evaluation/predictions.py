"""Predictions: what a contender said about each query, kept in a file before anything is scored.

    contender ─▶ Prediction ─▶ predictions.jsonl ─▶ Prediction ─▶ figures

One line for each contender and query: the truth, and the strongest candidates with their similarity
and, where there is one, their false-alarm figure. Figures are computed from such files alone, so
anybody can compute others. Numbers keep nine digits, enough to tell any two float32 values apart;
lines are in the order of the queries, so two runs on one machine give the same bytes.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from app.domain.errors import InvalidInputError

DEPTH = 10
_EXPORTED = DEPTH + 1  # one more than is asked about, so that a tie at the edge is seen
Tag = str | float
Key = tuple[float, int, float]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A brand with the strength of its best match.

    `alarms` is per million, `None` for rivals; `places` how many agreed in a second look.
    """

    brand: str
    similarity: float
    alarms: float | None = None
    places: int = 0

    @property
    def key(self) -> "Key":
        """Smaller is stronger: the rarer match, then more places that agree, more similarity."""
        return (0.0 if self.alarms is None else self.alarms, -self.places, -self.similarity)


@dataclass(frozen=True, slots=True)
class Prediction:
    """One query and its candidates, strongest first.

    Attributes:
        contender: Who was asked.
        query: What was asked about; unique within a suite.
        cluster: What is resampled as one for intervals: the photo, or the mark of composites.
        truth: The right brand; empty where there is none.
        candidates: Each brand at most once.
        ignored: Brands that are neither right nor wrong here, such as the same mark's twin.
        tags: What tables are grouped by.
    """

    contender: str
    query: str
    cluster: str
    truth: str
    candidates: tuple[Candidate, ...]
    ignored: tuple[str, ...] = ()
    tags: Mapping[str, Tag] = field(default_factory=dict)

    def __post_init__(self) -> None:
        keys = [candidate.key for candidate in self.candidates]
        if keys != sorted(keys):
            raise ValueError(f"the candidates of {self.query} are not strongest first")
        brands = {candidate.brand for candidate in self.candidates}
        if len(brands) != len(keys) or self.truth in self.ignored:
            raise ValueError(f"the candidates of {self.query} name a brand twice")

    @property
    def own(self) -> Candidate | None:
        """The candidate of the right brand, `None` when it was not found."""
        return next((c for c in self.candidates if c.brand == self.truth), None)

    @property
    def best(self) -> Candidate | None:
        """The strongest candidate that counts."""
        return next((c for c in self.candidates if c.brand not in self.ignored), None)

    @property
    def rank(self) -> int | None:
        """The place of the right brand from 1; every other brand that ties with it goes before it.

        >>> tie = (Candidate("a", 0.5), Candidate("b", 0.5))
        >>> Prediction("us", "q", "photo", "a", tie).rank
        2
        """
        own = self.own
        if own is None:
            return None
        others = (
            c for c in self.candidates if c.brand != self.truth and c.brand not in self.ignored
        )
        return 1 + sum(other.key <= own.key for other in others)

    def shortened(self) -> "Prediction":
        """Return it with the right brand, ignored ones, and as many others as figures need."""
        apart = {self.truth, *self.ignored}
        counted = [c.brand for c in self.candidates if c.brand not in apart][:_EXPORTED]
        kept = apart.union(counted)
        candidates = tuple(c for c in self.candidates if c.brand in kept)
        present = {candidate.brand for candidate in candidates}
        ignored = tuple(brand for brand in self.ignored if brand in present)
        return replace(self, candidates=candidates, ignored=ignored)


def write_predictions(path: Path, predictions: Iterable[Prediction]) -> int:
    """Write one line for each prediction and return how many there were."""
    count = 0
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        for prediction in predictions:
            file.write(json.dumps(_row(prediction), ensure_ascii=False) + "\n")
            count += 1
    return count


def read_predictions(path: Path) -> list[Prediction]:
    """Read what `write_predictions` wrote.

    Raises:
        InvalidInputError: there is no such file, or it holds something else.
    """
    return [_prediction(row, path) for row in read_rows(path)]


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the JSON objects of a file, one a line.

    Raises:
        InvalidInputError: there is no such file, or a line of it is no object.
    """
    try:
        with path.open(encoding="utf-8") as file:
            for line in file:
                yield dict(json.loads(line))
    except FileNotFoundError as error:
        raise InvalidInputError(f"no predictions at {path}: run the suite first") from error
    except (ValueError, TypeError) as error:
        raise InvalidInputError(f"{path} does not hold predictions") from error


def nine_digits(value: float) -> float:
    """Return the value as nine significant digits give it."""
    return float(f"{value:.9g}")


def _row(prediction: Prediction) -> dict[str, object]:
    return {
        "contender": prediction.contender,
        "query": prediction.query,
        "cluster": prediction.cluster,
        "truth": prediction.truth,
        "tags": dict(prediction.tags),
        "ignored": list(prediction.ignored),
        "candidates": [
            [
                c.brand,
                nine_digits(c.similarity),
                None if c.alarms is None else nine_digits(c.alarms),
                c.places,
            ]
            for c in prediction.candidates
        ],
    }


def _prediction(row: dict[str, Any], path: Path) -> Prediction:
    try:
        return Prediction(
            contender=str(row["contender"]),
            query=str(row["query"]),
            cluster=str(row["cluster"]),
            truth=str(row["truth"]),
            candidates=tuple(Candidate(*listed) for listed in row["candidates"]),
            ignored=tuple(row["ignored"]),
            tags=dict(row["tags"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidInputError(f"{path} does not hold predictions") from error
