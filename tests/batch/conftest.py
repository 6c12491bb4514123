"""A folder with photos and a catalogue of twenty listings that show them."""

from pathlib import Path

import pytest

from tests.batch.samples import listing_values, write_jsonl, write_photos


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_photos(tmp_path)
    return tmp_path


@pytest.fixture
def catalog(folder: Path) -> Path:
    return write_jsonl(folder / "in.jsonl", [listing_values(number) for number in range(20)])
