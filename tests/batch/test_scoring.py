"""The whole way from a catalogue to OUT."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest

from app.batch.scoring import RunOptions, score_catalog
from app.batch.tally import CatalogSummary, ProgressReport
from app.domain.contract import Document, assessment_document
from app.domain.errors import ConflictError, InvalidInputError, StorageError, UnsupportedFileError
from app.domain.listing import Listing
from tests.batch.samples import (
    VERSIONS,
    FakeAssessor,
    csv_text,
    listing_values,
    read_jsonl,
    write_jsonl,
)

RESUME = RunOptions(resume=True)


def _score(source: Path, target: Path, **assessor: object) -> CatalogSummary:
    return score_catalog(source, target, assessor=FakeAssessor(**assessor))  # type: ignore[arg-type]


def _run_files(catalog: Path) -> dict[str, bytes]:
    folder = catalog.with_name("out.jsonl.run")
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def _stopped_after(count: int) -> FakeAssessor:
    """An assessor that is interrupted, as Ctrl-C does, at a listing of the catalogue."""
    return FakeAssessor(trouble={f"L{count}": KeyboardInterrupt()})


def test_every_format_gives_the_same_results(catalog: Path) -> None:
    folder = catalog.parent
    table = folder / "in.csv"
    table.write_text(csv_text([listing_values(number) for number in range(20)]), encoding="utf-8")
    _score(catalog, folder / "a.jsonl")
    _score(table, folder / "b.ndjson")
    _score(table, folder / "c.csv")
    assert (folder / "a.jsonl").read_bytes() == (folder / "b.ndjson").read_bytes()
    documents = read_jsonl(folder / "a.jsonl")
    assert [document["listing_id"] for document in documents] == [f"L{n}" for n in range(20)]
    with (folder / "c.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row, document in zip(rows, documents, strict=True):
        assert row["listing_id"] == document["listing_id"]
        assert float(row["score"]) == document["score"]


def test_a_line_of_the_output_is_what_the_assessor_said(folder: Path) -> None:
    source = write_jsonl(folder / "in.jsonl", [listing_values(1, images=[])])
    _score(source, folder / "out.jsonl")
    values = listing_values(1, images=())
    said = FakeAssessor().assess(Listing(**values), ())
    assert read_jsonl(folder / "out.jsonl") == [assessment_document(said)]


def test_the_number_of_workers_changes_nothing(catalog: Path) -> None:
    outputs = []
    for workers in (1, 4):
        target = catalog.with_name(f"out{workers}.jsonl")
        assessor = FakeAssessor(seconds=0.001)
        score_catalog(catalog, target, assessor=assessor, options=RunOptions(workers=workers))
        outputs.append(target.read_bytes())
    assert outputs[0] == outputs[1]


def test_bad_rows_and_failures_are_set_apart_and_counted(catalog: Path) -> None:
    with catalog.open("ab") as file:
        file.write(b"{broken\n")
        file.write(json.dumps(listing_values(21, images=["gone.jpg"])).encode())
    target = catalog.with_name("out.jsonl")
    summary = _score(catalog, target, trouble={"L3": ValueError("boom")})
    assert (summary.rows, summary.listings, summary.rejected, summary.failures) == (22, 20, 1, 1)
    assert (summary.photos, summary.image_errors) == (39, {"image_missing": 1})
    assert sum(summary.verdicts.values()) == 20
    assert summary.stage_seconds.keys() == {"decode"}
    assert len(read_jsonl(target)) == 20
    rejects = read_jsonl(catalog.with_name("out.rejects.jsonl"))
    assert [reject["row"] for reject in rejects] == [4, 21]
    assert rejects[0]["reason"].startswith("assessing failed unexpectedly")
    where = {"row": 21, "file": "in.jsonl", "line": 21}
    assert rejects[1] == {**where, "reason": rejects[1]["reason"], "text": "{broken"}


@pytest.mark.parametrize(
    ("name", "data"),
    [("in.jsonl", b""), ("in.jsonl", b"\n"), ("in.csv", b""), ("in.csv", b"listing_id,images\n")],
)
@pytest.mark.parametrize("extension", ["jsonl", "csv"])
def test_an_empty_catalogue_has_an_empty_result(
    tmp_path: Path, name: str, data: bytes, extension: str
) -> None:
    (tmp_path / name).write_bytes(data)
    target = tmp_path / f"out.{extension}"
    summary = _score(tmp_path / name, target)
    assert (summary.rows, summary.photos, summary.photos_per_second) == (0, 0, 0)
    assert summary.verdicts == {"clear": 0, "review": 0, "suspect": 0}
    lines = target.read_text().splitlines()
    assert len(lines) == (extension == "csv")
    made = {target.name, f"{target.name}.run", "out.summary.json"}
    assert {path.name for path in tmp_path.iterdir()} == {name, *made}


def test_progress_is_told_at_the_start_and_after_every_row(catalog: Path) -> None:
    reports: list[ProgressReport] = []
    target = catalog.with_name("out.jsonl")
    summary = score_catalog(catalog, target, assessor=FakeAssessor(), progress=reports.append)
    assert [report.rows for report in reports] == list(range(21))
    last = reports[-1]
    assert (last.total_rows, last.photos) == (20, 40)
    assert last.suspects == summary.verdicts["suspect"] > 0


def test_an_interrupted_run_leaves_out_alone_and_is_resumed(catalog: Path) -> None:
    target, whole = catalog.with_name("out.jsonl"), catalog.with_name("whole.jsonl")
    undisturbed = _score(catalog, whole)
    target.write_text("an earlier result\n")
    with pytest.raises(KeyboardInterrupt):
        score_catalog(catalog, target, assessor=_stopped_after(12))
    assert target.read_text() == "an earlier result\n"
    second = FakeAssessor()
    summary = score_catalog(catalog, target, assessor=second, options=RESUME)
    assert target.read_bytes() == whole.read_bytes()
    assert second.assessed == ["no listing", *(f"L{number}" for number in range(12, 20))]
    assert (summary.kept_rows, summary.taken_photos) == (12, 24)
    same = {
        "kept_rows": 0,
        "taken_photos": 0,
        "repeated_photos": 0,
        "seconds": 1.0,
        "stage_seconds": {},
    }
    assert replace(summary, **same) == replace(undisturbed, **same)  # type: ignore[arg-type]
    assert not list(catalog.with_name("out.jsonl.run").glob("*.part"))


def test_without_resume_a_partial_result_is_dropped(catalog: Path) -> None:
    target = catalog.with_name("out.jsonl")
    with pytest.raises(KeyboardInterrupt):
        score_catalog(catalog, target, assessor=_stopped_after(12))
    assert _score(catalog, target).kept_rows == 0


def test_resume_without_a_partial_result_begins_anew(catalog: Path) -> None:
    target = catalog.with_name("out.jsonl")
    summary = score_catalog(catalog, target, assessor=FakeAssessor(), options=RESUME)
    assert (summary.rows, summary.kept_rows) == (20, 0)


@pytest.mark.parametrize(
    ("name", "value"),
    [("model", "fake-2"), ("registry", 2), ("policy", "policy-2"), ("background", None)],
)
def test_resume_is_refused_under_other_versions(catalog: Path, name: str, value: object) -> None:
    target = catalog.with_name("out.jsonl")
    with pytest.raises(KeyboardInterrupt):
        score_catalog(catalog, target, assessor=_stopped_after(5))
    partial = _run_files(catalog)
    other = FakeAssessor(versions=replace(VERSIONS, **{name: value}))  # type: ignore[arg-type]
    with pytest.raises(ConflictError, match=f"{name} .*, now {value}"):
        score_catalog(catalog, target, assessor=other, options=RESUME)
    assert _run_files(catalog) == partial


@pytest.mark.parametrize(
    ("rows", "kept"),
    [
        ([listing_values(n) for n in range(5)], 5),
        ([listing_values(n, title=f"edited {n // 8}" if n > 7 else "") for n in range(20)], 0),
        ([listing_values(n) if n < 8 else listing_values(n, price=0) for n in range(20)], 8),
        ([listing_values(n) for n in range(20) if n != 8], 8),
        ([], 0),
    ],
    ids=["shortened", "edited at the start", "edited", "one row less", "emptied"],
)
def test_rows_are_taken_over_up_to_the_first_edited_one(
    catalog: Path, rows: list[Document], kept: int
) -> None:
    target, whole = catalog.with_name("out.jsonl"), catalog.with_name("whole.jsonl")
    with pytest.raises(KeyboardInterrupt):
        score_catalog(catalog, target, assessor=_stopped_after(12))
    write_jsonl(catalog, rows)
    summary = score_catalog(catalog, target, assessor=FakeAssessor(), options=RESUME)
    assert (summary.rows, summary.kept_rows) == (len(rows), kept)
    _score(catalog, whole)
    assert target.read_bytes() == whole.read_bytes()


def test_what_stops_the_assessor_stops_the_run_and_can_be_resumed(catalog: Path) -> None:
    target = catalog.with_name("out.jsonl")
    with pytest.raises(StorageError, match="database is gone"):
        _score(catalog, target, trouble={"L9": StorageError("the database is gone")})
    assert not target.exists()
    assert score_catalog(catalog, target, assessor=FakeAssessor(), options=RESUME).kept_rows == 9


def test_out_that_cannot_be_made_costs_no_work(catalog: Path) -> None:
    target = catalog.with_name("out.jsonl")
    target.mkdir()
    with pytest.raises(StorageError, match="Is a directory"):
        _score(catalog, target)
    target.rmdir()
    summary = score_catalog(catalog, target, assessor=FakeAssessor(), options=RESUME)
    assert (summary.kept_rows, summary.photos_per_second) == (20, 0)
    assert len(read_jsonl(target)) == 20


def test_two_runs_on_one_output_do_not_mix(catalog: Path) -> None:
    target = catalog.with_name("out.jsonl")
    refused: list[ConflictError] = []

    def start_another(listing: Listing) -> None:
        if listing.listing_id == "L5":
            with pytest.raises(ConflictError, match="another run") as caught:
                _score(catalog, target)
            refused.append(caught.value)

    score_catalog(catalog, target, assessor=FakeAssessor(before=start_another))
    assert len(refused) == 1
    assert len(read_jsonl(target)) == 20


def test_wrong_use_is_refused_before_anything_is_written(catalog: Path) -> None:
    target = catalog.with_name("out.jsonl")
    before = set(catalog.parent.iterdir())
    with pytest.raises(InvalidInputError, match="both the catalogue and an output"):
        _score(catalog, catalog)
    catalog.with_name("in.txt").touch()
    before.add(catalog.with_name("in.txt"))
    with pytest.raises(
        UnsupportedFileError, match=r"not one of: .jsonl, .ndjson, .csv, .tsv, .parquet"
    ):
        _score(catalog.with_name("in.txt"), target)
    with pytest.raises(UnsupportedFileError, match="no catalogue file"):
        _score(catalog.with_name("gone.csv"), target)
    with pytest.raises(InvalidInputError, match="at least one worker"):
        score_catalog(catalog, target, assessor=FakeAssessor(), options=RunOptions(workers=0))
    (catalog.parent / "bad.csv").write_text("id;pictures\n")
    with pytest.raises(UnsupportedFileError, match="must name"):
        _score(catalog.parent / "bad.csv", target)
    assert set(catalog.parent.iterdir()) - before == {catalog.parent / "bad.csv"}
