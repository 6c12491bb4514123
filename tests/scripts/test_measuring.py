"""The scripts behind docs/scale.md and docs/performance.md run, and their figures make sense."""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np

from app.services.region_memory import LookedAt, PhotoRegions
from scripts.make_catalog import listings
from scripts.measure_kept_regions import WAYS
from scripts.measure_search import moved, options_for, real_rows, table


def test_search_is_measured_against_exact_search() -> None:
    lines = table([300], ["flat", "hnsw"], 3).splitlines()
    flat, graph = ([cell.strip() for cell in line.split("|")[1:-1]] for line in lines[2:4])
    assert (flat[:2], graph[:2]) == (["300", "flat"], ["300", "hnsw"])
    assert (float(flat[4]), float(flat[5])) == (1, 1)
    assert float(graph[5]) > 0.5


def test_made_up_references_are_unit_rows_near_real_ones() -> None:
    rows, _ = real_rows()
    made = moved(rows, 500, np.random.default_rng(0))
    np.testing.assert_allclose(np.linalg.norm(made, axis=1), 1, atol=1e-5)
    nearest = (made @ rows.T).max(axis=1)
    assert 0.7 < float(np.median(nearest)) < 0.99
    assert options_for("ivf", 1_000_000).ivf_lists == 2048


def test_eight_bits_take_less_than_float16_and_that_less_than_float32() -> None:
    rows, starts = real_rows()
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)  # they were kept as float16 themselves
    photos = [
        PhotoRegions(str(place), (LookedAt(np.zeros((end - start, 4), np.int32), rows[start:end]),))
        for place, (start, end) in enumerate(pairwise(starts[:9]))
    ]
    sizes = [way.bytes(photos) for way in WAYS]
    assert sizes[0] > 1.7 * sizes[1] > 1.7 * 1.7 * sizes[2]
    near = WAYS[2].back(photos[0]).frames[0].embeddings
    assert (near * photos[0].frames[0].embeddings).sum(axis=1).min() > 0.999


def test_a_catalogue_names_photos_where_they_are(tmp_path: Path) -> None:

    folder = tmp_path / "grocery" / "photos"
    folder.mkdir(parents=True)
    for number in range(5):
        (folder / f"{number}.jpg").write_bytes(b"")
    rows = list(listings(tmp_path, {folder / "1.jpg"}))
    assert [len(row["images"]) for row in rows] == [3, 1]  # type: ignore[arg-type]
    assert [row["brand_field"] for row in rows] == ["", "Unbranded"]
    assert json.loads(json.dumps(rows))[1]["images"] == [str(folder / "4.jpg")]
