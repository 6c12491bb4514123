"""The Grafana dashboard asks for figures and labels that exist, and leaves none of ours out."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from app.api.metrics import Metrics

FILE = Path(__file__).parents[2] / "docs" / "grafana.json"
FROM_THE_SCRAPE = {"instance", "job"}  # labels that Prometheus adds
_NAME = re.compile(r"\b(?:touchstone|process)_\w+")
_SELECTOR = re.compile(r"\b((?:touchstone|process)_\w+)\{([^}]*)\}")
_GROUPED = re.compile(r"\bby \(([^)]*)\)")


@cache
def _dashboard() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return document


def _queries() -> Iterator[str]:
    for panel in _dashboard()["panels"]:
        yield from (target["expr"] for target in panel.get("targets", ()))
    yield from (each["expr"] for each in _dashboard()["annotations"]["list"])
    for variable in _dashboard()["templating"]["list"]:
        if variable["type"] == "query":
            yield variable["query"]["query"]


@cache
def _samples() -> dict[str, set[str]]:
    """Return every sample's name with its labels."""
    metrics = Metrics()
    metrics.request("/v1/search", "POST", 200, 0.1)
    metrics.model("pixels", "", "numpy")
    found: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(metrics.text().decode()):
        for sample in family.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
    return found


@pytest.mark.parametrize("query", sorted(set(_queries())))
def test_what_a_panel_asks_for_exists(query: str) -> None:
    names = set(_NAME.findall(query))
    assert names, "a panel that asks for nothing"
    assert names <= set(_samples())
    labels: set[str] = set().union(*(_samples()[name] for name in names)) | FROM_THE_SCRAPE
    for name, selector in _SELECTOR.findall(query):
        asked = set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", selector))
        assert asked <= _samples()[name] | FROM_THE_SCRAPE
    for grouped in _GROUPED.findall(query):
        assert {label.strip() for label in grouped.split(",")} <= labels


def test_every_figure_of_ours_is_shown() -> None:
    asked = {name for query in _queries() for name in _NAME.findall(query)}
    shown = {re.sub(r"_(total|bucket|sum|count)$", "", name) for name in asked}
    ours = {name for name in _samples() if name.startswith("touchstone_")}
    families = {re.sub(r"_(total|bucket|sum|count|created)$", "", name) for name in ours}
    assert families == {name for name in shown if name.startswith("touchstone_")}


def test_panels_do_not_overlap_and_have_numbers_of_their_own() -> None:
    panels = _dashboard()["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        assert place["x"] + place["w"] <= 24
        taken |= cells
