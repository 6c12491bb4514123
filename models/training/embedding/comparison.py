"""Trains one embedder per variant on the same crops for the same number of steps, and tabulates.

Every variant has a run folder of its own and is resumed like any training; a finished one is read
from its log. A short budget says which way is steeper at the start, not which ends higher.
"""

import json
import statistics
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from models.training.embedding.config import LOSSES, EmbeddingConfig
from models.training.embedding.trainer import WEIGHTS, train_embedding

_BASE = EmbeddingConfig(frozen_blocks=3, look_alikes=0.35, warm_up=40, memory_warm_up=100)
_TRUNKS = ("efficientnet-lite1", "efficientnet-lite2", "mobilenet-v2")
_SIZES = (112, 160, 192)

VARIANTS: Mapping[str, EmbeddingConfig] = {
    "base": _BASE,
    **{f"loss {name}": replace(_BASE, loss=name) for name in LOSSES if name != _BASE.loss},
    "spread 1": replace(_BASE, spread=1.0),
    "spread 3": replace(_BASE, spread=3.0),
    "no look-alikes": replace(_BASE, look_alikes=0.0),
    "nothing frozen": replace(_BASE, frozen_blocks=0),
    **{f"trunk {name}": replace(_BASE, trunk=name) for name in _TRUNKS},
    **{f"{size} px": replace(_BASE, size=size) for size in _SIZES},
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a finished variant reached on held-out marks, and how fast it trained."""

    variant: str
    recall_at_1: float
    recall_at_5: float
    crops_per_second: float


def compare(
    pool: Path, validation: Path, folder: Path, steps: int, variants: Mapping[str, EmbeddingConfig]
) -> Iterator[Outcome]:
    """Train what is not trained yet, and yield one outcome after the other.

    Args:
        pool: crop pool to train on.
        validation: crop pool of held-out marks.
        folder: one run folder per variant lies below it.
        steps: the budget of each.
        variants: configurations by name; their own number of steps is not used.
    """
    for name, variant in variants.items():
        run = folder / name.replace(" ", "-")
        config = replace(variant, steps=steps, validate_every=steps)
        if not (run / WEIGHTS).exists():
            train_embedding(pool, run, config, validation=validation)
        yield _outcome(name, run / "log.jsonl")


def table(outcomes: list[Outcome]) -> str:
    """Return the outcomes as Markdown."""
    lines = [
        "| variant | recall at 1 | recall at 5 | crops a second |",
        "| --- | --- | --- | --- |",
    ]
    lines += [
        f"| {o.variant} | {o.recall_at_1:.3f} | {o.recall_at_5:.3f} | {o.crops_per_second:.0f} |"
        for o in outcomes
    ]
    return "\n".join(lines)


def _outcome(name: str, log: Path) -> Outcome:
    lines: list[dict[str, Any]] = [json.loads(line) for line in log.read_text().splitlines()]
    seen = next(line for line in reversed(lines) if "recall_at_1" in line)
    speeds = [line["crops_per_second"] for line in lines if "crops_per_second" in line]
    return Outcome(name, seen["recall_at_1"], seen["recall_at_5"], statistics.median(speeds))
