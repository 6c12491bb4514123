"""What the benchmark runs on: photos of one size, a registry of any, rivals that do their work."""

from pathlib import Path

import numpy as np
import pytest

from app.bootstrap import build
from app.domain.errors import InvalidInputError
from app.evaluation.speed.machine import MachineSizes, machine_contestants, rates_of
from app.evaluation.speed.photos import product_photos
from app.evaluation.speed.random_registry import fill_with_random, invented_name
from app.evaluation.speed.rivals import DECODING, rival_contestants
from app.media.decoding import decode_image
from app.media.limits import DecodeLimits
from app.services.assessment import Eyes
from app.storage.database import Database
from app.storage.embeddings import SqlEmbeddingStore
from models.embedders.pixels import PixelEmbedder
from models.proposers.grid import GridProposer
from tests.fakes import make_settings


def test_photos_are_square_of_the_side_asked_for_differ_and_repeat() -> None:
    photos = product_photos(None, 3, 96)
    assert len(set(photos)) == 3
    assert photos == product_photos(None, 3, 96)
    shapes = {decode_image(data, DecodeLimits()).frames[0].shape for data in photos}
    assert shapes == {(96, 96, 3)}


def test_missing_photos_are_told_by_name(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="clothing"):
        product_photos(tmp_path, 2, 96)


def test_the_registry_is_searched_without_a_picture_behind_it(tmp_path: Path) -> None:
    settings = make_settings(tmp_path)
    touchstone = build(settings)
    database = Database(settings.resolved_database_url)
    embedder = touchstone.eyes.embedder
    fill_with_random(touchstone.registry, SqlEmbeddingStore(database), embedder, 102)
    gallery = touchstone.gallery.current().gallery
    assert len(gallery.references) == len(gallery.index) == 102
    assert len(gallery.motifs) == 100, "two of them are look-alikes"
    database.dispose()
    touchstone.close()


def test_names_differ() -> None:
    assert len({invented_name(number) for number in range(3500)}) == 3500


def test_rivals_are_timed_on_every_photo() -> None:
    eyes = Eyes(GridProposer(), PixelEmbedder())
    rivals = rival_contestants(product_photos(None, 2, 96), {"colours on a grid": eyes})
    assert {"colours on a grid", DECODING} < set(rivals)
    assert any(name.startswith("SIFT") for name in rivals)
    assert all(run()["seconds"] > 0 for run in rivals.values())


def test_the_fastest_library_gives_the_rate() -> None:
    laps = {
        "product f32 torch": [{"rate": 5.0}, {"rate": 7.0}, {"rate": 6.0}],
        "product f32 numpy": [{"rate": 9.0}, {"rate": 1.0}, {"rate": 1.0}],
        "product bf16 torch": [{"rate": 20.0}] * 3,
        "copy": [{"rate": 3.0}, {"rate": 2.0}, {"rate": 4.0}],
        "full": [{"decode": 1.0}] * 3,
    }
    rates = rates_of(laps)
    assert dict(rates.multiply_adds) == {"f32": 6.0, "bf16": 20.0}
    assert rates.moved == 3.0


def test_the_machine_is_measured_in_the_precisions_in_use() -> None:
    contestants = machine_contestants(["f32"], MachineSizes(matrix_side=64, copy_bytes=2**16))
    figures = {name: run()["rate"] for name, run in contestants.items()}
    assert {"product f32 torch", "product f32 numpy", "copy"} <= set(figures)
    assert np.isfinite(list(figures.values())).all()
    assert min(figures.values()) > 0
