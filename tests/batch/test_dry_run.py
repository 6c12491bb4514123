"""What is said before the long run: the files as understood, a sample, an estimate that adds up."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from app.batch.dry_run import dry_run
from app.domain.errors import UnsupportedFileError
from tests.batch.samples import FakeAssessor, csv_text, listing_values, write_jsonl


def test_a_csv_file_is_described(folder: Path) -> None:
    values = [listing_values(number) for number in range(40)]
    text = csv_text(values, delimiter=";").replace("currency;", "currency;colour;")
    lines = text.replace(";EUR;", ";EUR;red;")
    (folder / "in.csv").write_text(lines + "broken\n", encoding="utf-16")
    before = sorted(folder.iterdir())
    found = dry_run(folder / "in.csv", assessor=FakeAssessor())
    (file,) = found.files
    assert (file.encoding, file.delimiter, file.ignored) == ("utf-16", ";", ("colour",))
    assert "brand_field" in file.columns
    assert file.bytes == (folder / "in.csv").stat().st_size
    assert (found.rows, found.rows_read, found.rejected) == (41, 41, 1)
    assert found.rejects == ("in.csv, row 41, line 82: 1 cells, and the header has 10 columns",)
    assert (found.sample_listings, found.sample_photos, found.photos) == (40, 80, 80)
    assert sorted(folder.iterdir()) == before


def test_the_estimate_is_the_sample_times_the_rows(folder: Path) -> None:
    rows = [listing_values(n, images=["photos/0.jpg", "gone.jpg"]) for n in range(1_000)]
    source = write_jsonl(folder / "in.jsonl", rows)
    found = dry_run(source, assessor=FakeAssessor(seconds=0.002), listings=20)
    assert (found.rows, found.sample_listings, found.sample_photos) == (1_000, 20, 40)
    assert found.image_errors == {"image_missing": 20}
    assert found.photos == 2_000
    assert found.read_bytes == 1_000 * 100
    assert found.photos_per_second is not None
    assert found.hours == pytest.approx(2_000 / found.photos_per_second / 3600)
    assert found.written_bytes > 100_000
    assert found.files[0].columns == tuple(listing_values(0))


def test_the_sample_ends_when_its_time_is_over(folder: Path) -> None:
    source = write_jsonl(folder / "in.jsonl", [listing_values(n) for n in range(200)])
    found = dry_run(source, assessor=FakeAssessor(seconds=0.02), seconds=0.1)
    assert 0 < found.sample_listings < 50
    assert found.photos == 400


def test_without_photos_nothing_is_promised(tmp_path: Path) -> None:
    source = write_jsonl(tmp_path / "in.jsonl", [listing_values(1, images=[])])
    found = dry_run(source, assessor=FakeAssessor())
    assert (found.photos_per_second, found.hours, found.photos) == (None, None, 0)
    empty = dry_run(write_jsonl(tmp_path / "none.jsonl", []), assessor=FakeAssessor())
    assert (empty.rows, empty.rows_read, empty.sample_listings) == (0, 0, 0)


def test_columns_of_no_use_are_found_before_the_run(tmp_path: Path) -> None:
    pq.write_table(pa.table({"listing_id": ["A"], "pictures": ["a.jpg"]}), tmp_path / "in.parquet")
    assessor = FakeAssessor()
    with pytest.raises(UnsupportedFileError, match="no column 'images'"):
        dry_run(tmp_path, assessor=assessor)
    assert not assessor.assessed
