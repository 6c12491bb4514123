"""A catalogue through the real service: motifs are found, broken photos cost themselves."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.batch.scoring import RunOptions, score_catalog
from app.batch.tally import ProgressReport
from app.bootstrap import build
from app.domain.errors import ConflictError
from app.services.touchstone import Touchstone
from tests.batch.samples import read_jsonl, write_jsonl
from tests.fakes import calibrate, enrol, make_settings, photo_with, plain_photo


@pytest.fixture
def touchstone(tmp_path: Path) -> Iterator[Touchstone]:
    touchstone = build(make_settings(tmp_path))
    enrol(touchstone, 1)
    calibrate(touchstone, tmp_path)
    yield touchstone
    touchstone.close()


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    """Listings that pose, that are plain, that have a broken photo, and nothing but broken ones."""
    files = {
        "posing.png": photo_with(1),
        "plain.jpg": plain_photo(),
        "cut.jpg": plain_photo()[:2_000],
        "noise.jpg": bytes(range(256)) * 40,
        "empty.jpg": b"",
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    broken = ["cut.jpg", "noise.jpg", "empty.jpg", "gone.jpg", "https://example.org/a.jpg"]
    listings = {
        "posing": ["plain.jpg", "posing.png"],
        "plain": ["plain.jpg"],
        "posing, partly broken": ["noise.jpg", "posing.png"],
        "broken": broken,
        "bare": [],
    }
    rows = [
        {"listing_id": name, "brand_field": "Unbranded", "images": images}
        for name, images in listings.items()
    ]
    return write_jsonl(tmp_path / "in.jsonl", rows)


def test_verdicts_do_not_depend_on_workers_or_on_broken_neighbours(
    touchstone: Touchstone, catalog: Path
) -> None:
    outputs = []
    for workers in (1, 4):
        target = catalog.with_name(f"out{workers}.jsonl")
        summary = score_catalog(
            catalog, target, assessor=touchstone.assessor, options=RunOptions(workers)
        )
        outputs.append(target.read_bytes())
    assert outputs[0] == outputs[1]
    documents = {document["listing_id"]: document for document in read_jsonl(target)}
    verdicts = {name: document["verdict"] for name, document in documents.items()}
    assert verdicts["posing"] == verdicts["posing, partly broken"] == "suspect"
    assert verdicts["plain"] == "clear"
    assert "clear" not in (verdicts["broken"], verdicts["bare"])
    assert documents["posing"]["images"][1]["matches"][0]["motif"] == "mark 1"
    assert (summary.listings, summary.rejected, summary.failures) == (5, 0, 0)
    assert summary.image_errors == {
        "image_empty": 1,
        "image_missing": 1,
        "image_truncated": 1,
        "image_unsupported": 2,
        "image_url_refused": 1,
    }
    looking = {"decode", "propose", "embed", "search", "verify", "judge"}
    assert summary.stage_seconds.keys() == looking


def test_a_changed_registry_refuses_to_resume(touchstone: Touchstone, catalog: Path) -> None:
    target = catalog.with_name("out.jsonl")

    def interrupt(report: ProgressReport) -> None:
        if report.rows == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        score_catalog(catalog, target, assessor=touchstone.assessor, progress=interrupt)
    enrol(touchstone, 2)
    with pytest.raises(ConflictError, match=r"registry \d+, now \d+"):
        score_catalog(
            catalog, target, assessor=touchstone.assessor, options=RunOptions(resume=True)
        )
    assert score_catalog(catalog, target, assessor=touchstone.assessor).listings == 5
