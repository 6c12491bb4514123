"""What is not done again: repeated photos, unchanged listings, everything but what failed."""

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.batch.scoring import RunOptions, score_catalog
from app.batch.seen_photos import SeenPhotos
from app.batch.tally import CatalogSummary
from app.domain.assessment import ImageFinding
from app.domain.box import Box
from app.domain.errors import ConflictError, InvalidInputError
from app.domain.match import Match
from tests.batch.samples import VERSIONS, FakeAssessor, listing_values, read_jsonl, write_jsonl

PLAIN = ["no listing"]  # what a run asks the versions with


def _score(
    catalog: Path, assessor: FakeAssessor, name: str = "out.jsonl", **options: Any
) -> CatalogSummary:
    target = catalog.with_name(name)
    return score_catalog(catalog, target, assessor=assessor, options=RunOptions(**options))


# Repeated photos


def test_a_repeated_photo_is_looked_at_once(catalog: Path) -> None:
    (catalog.parent / "photos" / "copy.jpg").write_bytes(bytes(100))  # as 0.jpg
    write_jsonl(catalog, [listing_values(n, images=["photos/0.jpg", "copy.jpg"]) for n in (1, 2)])
    (catalog.parent / "copy.jpg").write_bytes(bytes(100))
    assessor = FakeAssessor()
    summary = _score(catalog, assessor, workers=1)
    assert assessor.looked == ["photos/0.jpg"]
    assert (summary.photos, summary.repeated_photos) == (4, 3)
    images = [
        image for row in read_jsonl(catalog.with_name("out.jsonl")) for image in row["images"]
    ]
    assert [image["image"] for image in images] == ["photos/0.jpg", "copy.jpg"] * 2
    assert images[0]["matches"] == images[1]["matches"]
    assert not list(catalog.with_name("out.jsonl.run").glob("*.sqlite"))


def test_a_finding_comes_back_with_every_digit(tmp_path: Path) -> None:
    match = Match("Acme", "anvil", 1, 2, Box(0, 0, 9, 9), 0.1 + 0.2, 1 / 3, 1 / 3e6)
    finding = ImageFinding("a.jpg", "f" * 64, 10, 20, None, (match,))
    photos = SeenPhotos(tmp_path / "photos.sqlite")
    assert photos.once("key", lambda: finding) is finding
    assert photos.once("key", lambda: pytest.fail("looked again")) == finding
    assert photos.repeated == 1
    photos.close()
    assert not list(tmp_path.iterdir())


def test_two_at_the_same_moment_look_once(tmp_path: Path) -> None:
    photos = SeenPhotos(tmp_path / "photos.sqlite")
    looking, go_on = threading.Event(), threading.Event()
    looked: list[int] = []
    found: list[ImageFinding] = []

    def look() -> ImageFinding:
        looked.append(1)
        looking.set()
        assert go_on.wait(5)
        return ImageFinding("a.jpg")

    threads = [
        threading.Thread(target=lambda: found.append(photos.once("key", look))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    assert looking.wait(5)
    go_on.set()
    for thread in threads:
        thread.join()
    assert looked == [1]
    assert found == [ImageFinding("a.jpg")] * 3
    photos.close()


def test_a_look_that_fails_is_not_remembered(tmp_path: Path) -> None:
    photos = SeenPhotos(tmp_path / "photos.sqlite")

    def fail() -> ImageFinding:
        raise ValueError("boom")

    with pytest.raises(ValueError, match="boom"):
        photos.once("key", fail)
    assert photos.once("key", lambda: ImageFinding("a.jpg")) == ImageFinding("a.jpg")
    photos.close()


# What failed, alone


@pytest.fixture
def failed(catalog: Path) -> Path:
    """A catalogue whose run had a missing photo in L1, a broken one in L2, and L3 failed."""
    rows = [listing_values(number) for number in range(9)]
    rows[1]["images"] = ["late.jpg", "photos/1.jpg"]
    rows[2]["images"] = ["mended.jpg"]
    write_jsonl(catalog, rows)
    with catalog.open("ab") as file:
        file.write(b"{broken\n")
    (catalog.parent / "mended.jpg").write_bytes(b"broken")
    summary = _score(catalog, FakeAssessor(trouble={"L3": ValueError("boom")}), shard_rows=4)
    assert (summary.failures, summary.image_errors) == (
        1,
        {"image_corrupt": 1, "image_missing": 1},
    )
    return catalog


def test_what_failed_is_assessed_again_alone(failed: Path) -> None:
    (failed.parent / "late.jpg").write_bytes(b"arrived")
    (failed.parent / "mended.jpg").write_bytes(b"mended")
    assessor = FakeAssessor()
    summary = _score(failed, assessor, retry_failed=True, shard_rows=4)
    assert sorted(assessor.assessed) == ["L1", "L2", "L3", *PLAIN]
    assert (summary.rows, summary.kept_rows, summary.failures) == (10, 7, 0)
    assert summary.image_errors == {}
    _score(failed, FakeAssessor(), "whole.jsonl")
    for name in ("jsonl", "rejects.jsonl"):
        retried, whole = (failed.with_name(f"{run}.{name}") for run in ("out", "whole"))
        assert retried.read_bytes() == whole.read_bytes()
    assert not failed.with_name("out.errors.jsonl").exists()


def test_what_fails_again_is_told_again(failed: Path) -> None:
    summary = _score(failed, FakeAssessor(), retry_failed=True, shard_rows=4)
    assert summary.image_errors == {"image_corrupt": 1, "image_missing": 1}
    assert len(read_jsonl(failed.with_name("out.errors.jsonl"))) == 2


def test_a_retry_that_is_interrupted_loses_nothing(failed: Path) -> None:
    before = failed.with_name("out.jsonl").read_bytes()
    stopped = FakeAssessor(trouble={"L2": KeyboardInterrupt()})
    with pytest.raises(KeyboardInterrupt):
        _score(failed, stopped, retry_failed=True, shard_rows=4)
    assert failed.with_name("out.jsonl").read_bytes() == before
    _score(failed, FakeAssessor(), resume=True, shard_rows=4)
    assert failed.with_name("out.jsonl").read_bytes() == before
    summary = _score(failed, FakeAssessor(), retry_failed=True, shard_rows=4)
    assert summary.failures == 0


def test_a_retry_needs_a_run_under_the_same_versions(failed: Path) -> None:
    with pytest.raises(InvalidInputError, match="no run to retry"):
        _score(failed, FakeAssessor(), "other.jsonl", retry_failed=True)
    with pytest.raises(ConflictError, match="registry 1, now 2"):
        _score(
            failed,
            FakeAssessor(versions=replace(VERSIONS, registry=2)),
            retry_failed=True,
            shard_rows=4,
        )


# Unchanged since


def _since(catalog: Path, assessor: FakeAssessor, name: str = "new.jsonl") -> CatalogSummary:
    return _score(catalog, assessor, name, since=catalog.with_name("out.jsonl"))


def test_unchanged_listings_are_taken_over(catalog: Path) -> None:
    _score(catalog, FakeAssessor())
    rows = [listing_values(number) for number in range(22)][2:]
    rows[0]["title"] = "edited"
    write_jsonl(catalog, rows)
    (catalog.parent / "photos" / "4.jpg").write_bytes(b"another picture")
    assessor = FakeAssessor()
    summary = _since(catalog, assessor)
    touched = {f"L{n}" for n in range(2, 22) if n % 5 in (3, 4)} | {"L2", "L20", "L21", *PLAIN}
    assert set(assessor.assessed) == touched
    assert summary.unchanged_rows == 20 - (len(touched) - 1)
    _score(catalog, FakeAssessor(), "whole.jsonl")
    assert (
        catalog.with_name("new.jsonl").read_bytes() == catalog.with_name("whole.jsonl").read_bytes()
    )


def test_a_listing_with_a_failed_photo_is_looked_at_again(failed: Path) -> None:
    assessor = FakeAssessor()
    summary = _since(failed, assessor)
    assert sorted(assessor.assessed) == ["L1", "L2", "L3", *PLAIN]
    assert summary.unchanged_rows == 6


def test_the_earlier_run_may_be_that_of_the_same_output(catalog: Path) -> None:
    _score(catalog, FakeAssessor())
    before = catalog.with_name("out.jsonl").read_bytes()
    assessor = FakeAssessor()
    assert _since(catalog, assessor, "out.jsonl").unchanged_rows == 20
    assert assessor.assessed == PLAIN
    assert catalog.with_name("out.jsonl").read_bytes() == before


@pytest.mark.parametrize("change", [{"registry": 2}, {"model": "n"}, {"policy": "p"}])
def test_other_versions_take_nothing_over(catalog: Path, change: dict[str, Any]) -> None:
    _score(catalog, FakeAssessor())
    assessor = FakeAssessor(versions=replace(VERSIONS, **change))
    assert _since(catalog, assessor).unchanged_rows == 0
    assert len(assessor.assessed) == 21


def test_a_run_that_is_not_there_is_told(catalog: Path) -> None:
    with pytest.raises(InvalidInputError, match=r"no earlier run: .*out.jsonl.run is missing"):
        _since(catalog, FakeAssessor())
