"""Bar charts as inline SVG: no script, no font, no request to anywhere."""

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

_WIDE, _HIGH, _FOOT = 520, 170, 34
_LABELS: Final = 6


def bars(counts: Sequence[int], labels: Sequence[str], title: str) -> Markup:
    """Return a bar chart, heights by square root, so that a few suspects among many show.

    Args:
        counts: One for each bar.
        labels: One for each edge, one more than there are bars.
        title: What a reader who cannot see it is told.
    """
    highest = max([*counts, 1])
    step = _WIDE / len(counts)
    shapes = [
        _bar(place * step, step, (count / highest) ** 0.5 * _HIGH, count)
        for place, count in enumerate(counts)
        if count
    ]
    every = max(len(counts) // _LABELS, 1)
    marks = [
        Markup('<text x="{}" y="{}" text-anchor="{}">{}</text>').format(
            round(place * step, 1), _HIGH + 22, _anchor(place, len(counts)), label
        )
        for place, label in enumerate(labels)
        if place % every == 0
    ]
    return Markup(
        '<svg class="plot" viewBox="0 -14 {} {}" role="img" aria-label="{}">{}'
        '<path d="M0 {}H{}" class="axis"/>{}</svg>'
    ).format(
        _WIDE, _HIGH + _FOOT + 14, title, Markup("").join(shapes), _HIGH, _WIDE,
        Markup("").join(marks),
    )  # fmt: skip


def _bar(left: float, step: float, height: float, count: int) -> Markup:
    shown = max(height, 1.5)
    return Markup(
        '<rect x="{}" y="{}" width="{}" height="{}"/>'
        '<text x="{}" y="{}" text-anchor="middle">{}</text>'
    ).format(
        round(left + 1, 1), round(_HIGH - shown, 1), round(step - 2, 1), round(shown, 1),
        round(left + step / 2, 1), round(_HIGH - shown - 3, 1), _short(count),
    )  # fmt: skip


def _short(count: int) -> str:
    """Return a count that fits above a bar.

    >>> _short(950), _short(12_400)
    ('950', '12k')
    """
    return str(count) if count < 1000 else f"{count // 1000}k"


def _anchor(place: int, last: int) -> str:
    return {0: "start", last: "end"}.get(place, "middle")
