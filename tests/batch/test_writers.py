"""What users get: the contract's documents, or a flat table that no spreadsheet runs."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.batch.flat_row import COLUMNS, best_match
from app.batch.image_folders import LocalFolder
from app.batch.rows import Place, catalog_row
from app.batch.writers import CsvWriter, JsonlWriter
from app.domain.contract import Document, assessment_document, assessment_from_document
from tests.batch.samples import FakeAssessor, listing_values


def _document(folder: Path, **changes: object) -> Document:
    row = catalog_row(Place(1), listing_values(1, **changes), folder=LocalFolder(folder), text="")
    return assessment_document(FakeAssessor().assess(row.listing, row.sources))


def _jsonl(document: Document) -> str:
    file = io.BytesIO()
    JsonlWriter(file).write(document)
    return file.getvalue().decode()


def _csv(document: Document) -> dict[str, str]:
    file = io.BytesIO()
    CsvWriter(file).write(document)
    (row,) = csv.DictReader(io.StringIO(file.getvalue().decode(), newline=""))
    return row


def test_a_line_of_json_is_the_assessment_itself(folder: Path) -> None:
    document = _document(folder, title="größer 手镯")
    line = _jsonl(document)
    assert "größer 手镯" in line
    assert line.count("\n") == 1
    restored = assessment_from_document(json.loads(line))
    assert assessment_document(replace(restored)) == document


def test_csv_has_the_best_match_over_all_images(folder: Path) -> None:
    document = _document(folder, images=["gone.jpg", "photos/0.jpg", "photos/1.jpg"])
    alarms = {
        image["image"]: image["matches"][0]["false_alarms_per_million"]
        for image in document["images"][1:]
    }
    row = _csv(document)
    assert list(row) == list(COLUMNS)
    assert float(row["best_false_alarms_per_million"]) == min(alarms.values())
    assert row["best_image"] == min(alarms, key=lambda name: alarms[name])
    assert json.loads(row["best_box"]) == [0, 0, 9, 9]
    assert (row["best_brand"], row["best_motif"], row["images"]) == ("Acme", "anvil", "3")
    assert (row["image_errors"], row["reasons"]) == ("image_missing", "no_brand_claim")
    assert (row["model"], row["registry"], row["background"]) == ("fake-1", "1", "background-1")


def test_csv_leaves_empty_what_is_not_there(folder: Path) -> None:
    row = _csv(_document(folder, images=[]))
    assert (row["best_brand"], row["best_box"], row["best_similarity"]) == ("", "", "")
    assert (row["images"], row["image_errors"]) == ("0", "")


def test_without_figures_the_most_similar_match_is_best() -> None:
    matches = [{"similarity": s, "false_alarms_per_million": None} for s in (0.2, 0.9, 0.5)]
    images = [{"image": str(number), "matches": [m]} for number, m in enumerate(matches)]
    assert best_match({"images": images}) == ("1", matches[1])


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_spreadsheet_runs_no_cell(folder: Path, start: str) -> None:
    text = f"{start}HYPERLINK(1)"
    document = _document(folder, listing_id=text, brand_field=text)
    row = _csv(document)
    assert row["listing_id"] == row["claim_text"] == f"'{text}"
    assert json.loads(_jsonl(document))["listing_id"] == text


@given(st.text(st.characters(blacklist_categories=["Cs"])))
def test_any_text_survives_both_formats(text: str) -> None:
    document = _document(Path(), listing_id=f"x{text}", brand_field="", images=[])
    assert _csv(document)["listing_id"] == f"x{text}"
    assert json.loads(_jsonl(document))["listing_id"] == f"x{text}"


def test_a_name_that_is_no_unicode_is_written_escaped(folder: Path) -> None:
    document = _document(folder) | {"listing_id": "a\udcff"}
    assert json.loads(_jsonl(document))["listing_id"] == "a\udcff"
    assert _csv(document)["listing_id"] == "a\\udcff"
