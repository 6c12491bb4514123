"""Crops go through in batches of fixed sizes, each once, in order, whatever their number."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.catalogue import RuntimeOptions, load_embedder
from models.regions import Regions
from tests.images import photo_array

pytest.importorskip("openvino")

from models.runtimes.openvino_runtime import BATCH, batches


@given(st.integers(1, 100), st.sampled_from([(9, 1), (4,), (1,), (16, 2)]))
def test_every_crop_is_in_one_batch(count: int, sizes: tuple[int, ...]) -> None:
    places = [
        place
        for first, size in batches(count, sizes)
        for place in range(first, min(first + size, count))
    ]
    assert places == list(range(count))
    assert {size for _, size in batches(count, sizes)} <= set(sizes)


def test_little_is_left_blank() -> None:
    for count in range(1, 100):
        done = sum(size for _, size in batches(count, (BATCH, 1)))
        assert done - count <= BATCH - 4


@pytest.mark.parametrize("count", [1, 2, BATCH, BATCH + 1, 2 * BATCH - 2, 40])
def test_rows_do_not_depend_on_how_many_there_are(
    count: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    cache: Path = tmp_path_factory.getbasetemp() / "converted-batches"
    embedder = load_embedder(
        "touchstone-motif-1", RuntimeOptions("openvino", precision="f32", cache=cache)
    )
    boxes = [(4 * n, 3 * n, 60 + 5 * n, 50 + 4 * n) for n in range(count)]
    rows = embedder.embed(Regions.of(photo_array(seed=5, size=(400, 320)), boxes))
    alone = np.concatenate(
        [embedder.embed(Regions.of(photo_array(seed=5, size=(400, 320)), [b])) for b in boxes]
    )
    assert rows.shape == (count, embedder.dim)
    assert np.abs(rows - alone).max() < 1e-4
