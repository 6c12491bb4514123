"""OUT in every format: the same results, and a Parquet table that is queried as it is."""

import bz2
import csv
import gzip
import io
import json
import lzma
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from app.batch.compression import decompressed
from app.batch.parquet_results import replacing_folder
from app.batch.scoring import score_catalog
from app.domain.errors import ConflictError, InvalidInputError, StorageError, UnsupportedFileError
from tests.batch.samples import FakeAssessor, read_jsonl

Unpack = Callable[[bytes], bytes]


def _unzstd(data: bytes) -> bytes:
    return decompressed(io.BytesIO(data), ".zst").read()


def _score(catalog: Path, name: str) -> Path:
    target = catalog.with_name(name)
    score_catalog(catalog, target, assessor=FakeAssessor())
    return target


@pytest.mark.parametrize(
    ("compression", "unpack"),
    [
        (".gz", gzip.decompress),
        (".bz2", bz2.decompress),
        (".xz", lzma.decompress),
        (".zst", _unzstd),
    ],
)
@pytest.mark.parametrize("kind", [".jsonl", ".csv"])
def test_compressed_results_hold_the_same_bytes(
    catalog: Path, compression: str, unpack: Unpack, kind: str
) -> None:
    plain = _score(catalog, f"plain{kind}").read_bytes()
    packed = _score(catalog, f"packed{kind}{compression}").read_bytes()
    assert unpack(packed) == plain
    assert catalog.with_name("packed.summary.json").exists()


def test_a_table_is_partitioned_by_verdict_and_has_every_listing(catalog: Path) -> None:
    documents = read_jsonl(_score(catalog, "out.jsonl"))
    table = _score(catalog, "out.parquet")
    folders = {path.name for path in table.iterdir()}
    assert folders == {"verdict=clear", "verdict=review", "verdict=suspect"}
    rows = sorted(pq.read_table(table).to_pylist(), key=lambda row: row["row"])
    assert [json.loads(row["assessment"]) for row in rows] == documents
    for row, document in zip(rows, documents, strict=True):
        for name in ("listing_id", "score", "verdict", "claim", "reasons", "versions"):
            assert row[name] == document[name]
        found = [match["box"] for image in row["images"] for match in image["matches"]]
        known = [match["box"] for image in document["images"] for match in image["matches"]]
        assert found == known


def _answer(query: str) -> list[Any]:
    relation = duckdb.sql(query)
    assert relation is not None
    return relation.fetchall()


def test_duckdb_answers_what_the_documentation_asks(catalog: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")
    blocks = [block.split("```")[0] for block in page.split("```sql\n")[1:]]
    queries = [query for block in blocks for query in block.split(";") if query.strip()]
    assert len(queries) >= 3
    table = _score(catalog, "out.parquet")
    documents = read_jsonl(_score(catalog, "out.jsonl"))
    answers = [_answer(query.replace("out.parquet", str(table))) for query in queries]
    verdicts = {name: count for name, count, *_ in answers[0]}
    assert sum(verdicts.values()) == len(documents)
    suspects = [one for one in documents if one["verdict"] == "suspect"]
    assert verdicts["suspect"] == len(suspects)
    assert len(answers[1]) == len(suspects)
    assert len(answers[2]) == 1


def test_a_table_takes_the_place_of_an_earlier_one(catalog: Path) -> None:
    table = _score(catalog, "out.parquet")
    first = pq.read_table(table)
    assert pq.read_table(_score(catalog, "out.parquet")).equals(first)
    assert {path.name for path in catalog.parent.iterdir()} == {
        "photos", "in.jsonl", "out.parquet", "out.parquet.run", "out.summary.json",
    }  # fmt: skip


def test_a_catalogue_without_suspects_can_be_queried_for_them(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text('{"listing_id": "A", "images": []}\n')
    table = _score(tmp_path / "in.jsonl", "out.parquet")
    rows = duckdb.read_parquet(f"{table}/*/*.parquet", hive_partitioning=True)
    assert rows.filter("verdict = 'suspect' AND len(images) > 5").fetchall() == []


def test_a_folder_of_something_else_is_left_alone(catalog: Path) -> None:
    target = catalog.with_name("out.parquet")
    target.mkdir()
    (target / "precious.txt").touch()
    with pytest.raises(ConflictError, match="no earlier result"):
        _score(catalog, "out.parquet")
    assert (target / "precious.txt").exists()
    catalog.with_name("file.parquet").touch()
    with pytest.raises(ConflictError, match="no earlier result"):
        _score(catalog, "file.parquet")


def test_a_table_that_is_interrupted_leaves_the_earlier_one(tmp_path: Path) -> None:
    target = tmp_path / "out.parquet"
    with replacing_folder(target):
        pass
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(KeyboardInterrupt), replacing_folder(target):
        raise KeyboardInterrupt
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("name", ["out.parquet.gz", "out.txt", "out", "out.gz", "out.tsv"])
def test_other_formats_are_refused(catalog: Path, name: str) -> None:
    with pytest.raises(UnsupportedFileError, match=r"not one of: .jsonl, .ndjson, .csv, .parquet"):
        _score(catalog, name)


def test_failed_photos_are_listed_with_where_they_stand(catalog: Path) -> None:
    os.truncate(catalog.parent / "photos" / "0.jpg", 0)
    (catalog.parent / "photos" / "1.jpg").write_bytes(b"broken")
    (catalog.parent / "photos" / "2.jpg").unlink()
    target = _score(catalog, "out.csv")
    errors = read_jsonl(catalog.with_name("out.errors.jsonl"))
    summary = json.loads(catalog.with_name("out.summary.json").read_text())
    assert summary["image_errors"] == {"image_corrupt": 8, "image_missing": 8}
    assert len(errors) == 16
    assert errors[0] == {
        "row": 1,
        "file": "in.jsonl",
        "line": 1,
        "listing_id": "L0",
        "image": "photos/1.jpg",
        "sha256": None,
        "code": "image_corrupt",
        "detail": "It is broken.",
    }
    with target.open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == 20


def test_a_folder_for_out_that_is_not_there_is_told_before_the_work(catalog: Path) -> None:
    assessor = FakeAssessor()
    with pytest.raises(StorageError, match="No such file or directory"):
        score_catalog(catalog, catalog.parent / "no" / "out.jsonl", assessor=assessor)
    assert assessor.assessed == ["no listing"]


def test_the_catalogue_may_not_lie_in_the_results(catalog: Path) -> None:
    table = _score(catalog, "out.parquet")
    with pytest.raises(InvalidInputError, match="both the catalogue and an output"):
        score_catalog(table, table, assessor=FakeAssessor())
