"""The one loop that asks every contender the same questions and exports the answers.

    questions ─▶ each contender in turn ─▶ predictions.jsonl
                 what the run was made of ─▶ run.json      how long it took ─▶ timings.json

Only `timings.json` differs between two runs on one machine. A slow contender may be asked every
n-th question; how many it was asked is in `run.json`, and tables set it beside the others on the
same questions.
"""

import json
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.domain.errors import InvalidInputError
from app.evaluation.contenders.roles import Contender
from app.evaluation.predictions import Prediction, Tag, write_predictions
from models.regions import Regions

PREDICTIONS, RUN, TIMINGS = "predictions.jsonl", "run.json", "timings.json"


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """What contenders are asked, with the truth that they are not told.

    `regions` is for those that look by region, `whole` for the others; the rest is as in
    `Prediction`.
    """

    query: str
    cluster: str
    truth: str
    regions: Regions
    whole: Regions
    ignored: tuple[str, ...] = ()
    tags: Mapping[str, Tag] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """A contender in the race, asked every n-th question."""

    contender: Contender
    every_nth: int = 1


def entered(contender: Contender, questions: int, at_most: int) -> Entry:
    """Enter a slow contender for at most so many questions, evenly spread."""
    return Entry(contender, max(1, -(-questions // at_most)))


class Race:
    """Asks and exports, and keeps the time."""

    def __init__(self, folder: Path, entries: Sequence[Entry]) -> None:
        self._folder = folder
        self._entries = entries
        self._seconds: defaultdict[str, float] = defaultdict(float)
        self._asked: defaultdict[str, int] = defaultdict(int)

    def run(self, questions: Iterable[Question], facts: Mapping[str, Any]) -> None:
        """Ask everything and write the files of the export.

        Args:
            questions: in an order that is the same every time.
            facts: what else the figures should be read with.
        """
        self.write(self.answers(questions), facts)

    def write(self, predictions: Iterable[Prediction], facts: Mapping[str, Any]) -> None:
        """Write predictions and what they were made of."""
        # Figures of an older run must not stand beside predictions that were cut off.
        (self._folder / RUN).unlink(missing_ok=True)
        write_predictions(self._folder / PREDICTIONS, predictions)
        every_nth = {entry.contender.name: entry.every_nth for entry in self._entries}
        _write_json(self._folder / RUN, {**facts, "asked_every_nth_question": every_nth})
        milliseconds = {
            name: round(1000 * seconds / max(self._asked[name], 1), 2)
            for name, seconds in self._seconds.items()
        }
        _write_json(self._folder / TIMINGS, {"milliseconds_per_query": milliseconds})

    def answers(self, questions: Iterable[Question]) -> Iterator[Prediction]:
        """Yield the answers, question by question."""
        for number, question in enumerate(questions):
            for entry in self._entries:
                if number % entry.every_nth == 0:
                    yield self._answer(entry.contender, question).shortened()

    def _answer(self, contender: Contender, question: Question) -> Prediction:
        start = time.perf_counter()
        regions = question.regions if contender.by_region else question.whole
        candidates = contender.rank(regions)
        self._seconds[contender.name] += time.perf_counter() - start
        self._asked[contender.name] += 1
        return Prediction(
            contender=contender.name,
            query=question.query,
            cluster=question.cluster,
            truth=question.truth,
            candidates=candidates,
            ignored=question.ignored,
            tags=question.tags,
        )


def read_run(folder: Path) -> dict[str, Any]:
    """Return what a finished export was made of.

    Raises:
        InvalidInputError: when there is no finished export in the folder.
    """
    try:
        facts: dict[str, Any] = json.loads((folder / RUN).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InvalidInputError(
            f"no finished predictions in {folder}: run the suite first"
        ) from error
    except ValueError as error:
        raise InvalidInputError(f"{folder / RUN} cannot be read") from error
    return facts


def milliseconds(folder: Path) -> str:
    """Return a sentence on time spent, empty where none was kept."""
    path = folder / TIMINGS
    kept = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    times = kept.get("milliseconds_per_query", {})
    cells = ", ".join(f"{name} {value:.0f}" for name, value in times.items())
    return f"Milliseconds per query: {cells}." if cells else ""


def _write_json(path: Path, document: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
