"""Rows of figures as JSON values, and the same rows as Markdown tables.

A row is a name with figures by column: shares with their intervals, or plain counts.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from app.evaluation.metrics import Share, hit_share
from app.evaluation.predictions import DEPTH, Prediction

Row = dict[str, Any]
FIRST, TENTH = "recall at rank 1", f"recall at rank {DEPTH}"


def share_text(share: Mapping[str, float]) -> str:
    """Return a share with its interval as a table cell; a dash where there were no cases."""
    if not share["cases"]:
        return "-"
    return f"{share['value']:.3f} [{share['low']:.3f}, {share['high']:.3f}]"


def recall_row(predictions: Sequence[Prediction], *, deep: bool = True) -> Row:
    """Return how often the right brand is first, and among the first ten."""
    clusters = [prediction.cluster for prediction in predictions]
    ranks = [prediction.rank or DEPTH + 1 for prediction in predictions]

    def within(rank: int) -> dict[str, float]:
        return hit_share(np.array(ranks, int) <= rank, clusters).document()

    row: Row = {"queries": len(predictions), FIRST: within(1)}
    return row | {TENTH: within(DEPTH)} if deep else row


def share_row(name: str, share: Share) -> Row:
    """Return one figure."""
    return {name: share.document()}


def table(rows: Mapping[str, Row], first: str = "") -> str:
    """Return rows with equal columns as a Markdown table; nothing for no rows."""
    if not rows:
        return ""
    columns = list(dict.fromkeys(column for row in rows.values() for column in row))
    lines = [_line([first, *columns]), _line(["---"] * (len(columns) + 1))]
    lines += [_line([name, *(_cell(row.get(c)) for c in columns)]) for name, row in rows.items()]
    return "\n".join(lines)


def grouped(
    predictions: Sequence[Prediction], tag: str, order: Sequence[str] | None = None
) -> dict[str, list[Prediction]]:
    """Return predictions by the value of a tag, in the order given or sorted, no empty ones."""
    values = order or sorted({str(p.tags[tag]) for p in predictions})
    groups = {value: [p for p in predictions if str(p.tags[tag]) == value] for value in values}
    return {value: group for value, group in groups.items() if group}


def bucket(value: float, edges: Sequence[float], unit: str) -> str:
    """Return the name of the bucket that a value lies in; the lower edge belongs to it.

    >>> bucket(40, (0, 32, 64), " px"), bucket(64, (0, 32, 64), " px")
    ('32 to 64 px', '64 px up')
    """
    place = int(np.searchsorted(edges, value, side="right")) - 1
    if place >= len(edges) - 1:
        return f"{edges[-1]:g}{unit} up"
    return f"{edges[place]:g} to {edges[place + 1]:g}{unit}"


def buckets(edges: Sequence[float], unit: str) -> list[str]:
    """Return the names of all buckets in order."""
    return [bucket(edge, edges, unit) for edge in edges]


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return share_text(value) if isinstance(value, Mapping) else f"{value}"
