"""The suites run over the real photos, a few of them, with the very code that the docs quote."""

import csv
import json
from pathlib import Path

import pytest

from app.cli.catalog import score_quietly
from app.cli.session import service_at
from app.domain.errors import InvalidInputError
from app.evaluation.bench import Bench
from app.evaluation.flickrlogos27 import load_flickrlogos27
from app.evaluation.suites import run_suite
from app.settings import Settings

DATA = Path(__file__).parents[3] / "shared" / "data"
needs_data = pytest.mark.skipif(
    not DATA.is_dir(), reason="the labelled photos are not beside this checkout"
)


def bench(data: Path, out: Path) -> Bench:
    return Bench(data, out, service_at(Settings(model="pixels")), score_quietly, 100)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the labels of three brands and the photos where they are."""
    folder = tmp_path_factory.mktemp("data") / "flickrlogos27"
    folder.mkdir()
    (folder / "images").symlink_to(DATA / "flickrlogos27" / "images")
    with (DATA / "flickrlogos27" / "labels.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    kept = [row for row in rows if row["brand"] in {"Adidas", "BMW", "Google"}]
    kept += [row for row in rows if not row["brand"]][:12]
    with (folder / "labels.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(kept)
    return folder.parent


@needs_data
def test_no_reference_is_a_query_or_near_one(small: Path) -> None:
    data = load_flickrlogos27(small / "flickrlogos27")
    assert len(data.references) == 15
    used = {reference.path for reference in data.references}
    rest = {crop.path for crop in data.crops} | {query.path for query in data.queries}
    assert not used & rest
    assert not set(data.dropped) & rest
    assert load_flickrlogos27(small / "flickrlogos27") == data


@needs_data
@pytest.mark.parametrize("suite", ["flickrlogos27-photos", "flickrlogos27-crops"])
def test_a_suite_writes_its_predictions_and_figures(
    small: Path, tmp_path: Path, suite: str
) -> None:
    report = run_suite(suite, bench(small, tmp_path))
    written = json.loads((tmp_path / f"{suite}.json").read_text())
    assert written == json.loads(json.dumps(report.document))
    figures = written["groups"]["all 27 brands"]["recall at rank 1"]
    assert 0 <= figures["low"] <= figures["value"] <= figures["high"] <= 1
    assert "| all 27 brands |" in (tmp_path / f"{suite}.md").read_text()


def test_a_suite_that_is_none_lists_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="flickrlogos27-photos, flickrlogos27-crops"):
        run_suite("imagenet", bench(tmp_path, tmp_path))
    with pytest.raises(InvalidInputError, match="no data set at"):
        run_suite("flickrlogos27-crops", bench(tmp_path, tmp_path))
