"""OUT and its neighbours appear whole or not at all."""

from pathlib import Path

import pytest

from app.batch.catalog_files import catalog_files
from app.batch.durable import replacing, writing
from app.batch.outputs import Outputs
from app.batch.rows import BadRow, Place
from app.batch.stage import Outcome, Scored
from app.domain.errors import InvalidInputError, StorageError, UnsupportedFileError
from tests.batch.samples import read_jsonl

BAD = BadRow(Place(2, "in.csv", 3), "digest", "the line", "why")
DOCUMENT = {"listing_id": "A", "images": []}
SCORED = Scored(Place(1), "digest", DOCUMENT)


def _names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_rejects_stand_beside_the_results(tmp_path: Path) -> None:
    Outputs.at(tmp_path / "out.jsonl").publish([SCORED, BAD])
    assert read_jsonl(tmp_path / "out.jsonl") == [DOCUMENT]
    assert read_jsonl(tmp_path / "out.rejects.jsonl") == [
        {"row": 2, "file": "in.csv", "line": 3, "reason": "why", "text": "the line"}
    ]
    assert _names(tmp_path) == {"out.jsonl", "out.rejects.jsonl"}


def test_rejects_of_an_earlier_run_go_away(tmp_path: Path) -> None:
    outputs = Outputs.at(tmp_path / "out.jsonl")
    outputs.publish([BAD])
    outputs.publish([SCORED])
    assert _names(tmp_path) == {"out.jsonl"}


def test_an_interruption_leaves_everything_as_it_was(tmp_path: Path) -> None:
    def interrupted() -> list[Outcome]:
        raise KeyboardInterrupt

    outputs = Outputs.at(tmp_path / "out.jsonl")
    outputs.publish([SCORED, BAD])
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(KeyboardInterrupt):
        outputs.publish(outcome for part in ([SCORED], None) for outcome in part or interrupted())
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_folder_that_is_not_there_is_a_storage_error(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="No such file or directory"):
        Outputs.at(tmp_path / "missing" / "out.jsonl").publish([])


def test_a_symbolic_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link.jsonl").symlink_to(tmp_path / "real" / "out.jsonl")
    Outputs.at(tmp_path / "link.jsonl").publish([SCORED])
    assert (tmp_path / "link.jsonl").is_symlink()
    assert _names(tmp_path / "real") == {"out.jsonl"}


def test_an_unknown_extension_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedFileError, match=r"out.xlsx is not one of: .jsonl, .ndjson, .c"):
        Outputs.at(tmp_path / "out.xlsx")


@pytest.mark.parametrize("name", ["out.jsonl", "out.rejects.jsonl", "link.jsonl", "hard.jsonl"])
def test_the_catalogue_is_no_output(tmp_path: Path, name: str) -> None:
    (tmp_path / "out.jsonl").touch()
    (tmp_path / "out.rejects.jsonl").touch()
    (tmp_path / "link.jsonl").symlink_to("out.jsonl")
    (tmp_path / "hard.jsonl").hardlink_to(tmp_path / "out.jsonl")
    outputs = Outputs.at(tmp_path / "out.jsonl")
    with pytest.raises(InvalidInputError, match="both the catalogue and an output"):
        outputs.require_apart_from(catalog_files(tmp_path / name))


def test_replacing_keeps_the_old_file_until_the_end(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    with replacing(path) as file:
        file.write(b"new")
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"


def test_an_error_of_the_system_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="disk is gone"), writing(tmp_path / "x"):
        raise OSError(5, "disk is gone")
