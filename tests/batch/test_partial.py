"""What survives in the partial file, and whose results it refuses to go on with."""

from pathlib import Path

import pytest

from app.batch.partial import Origin, PartialFile, open_partial
from app.batch.rows import BadRow
from app.batch.stage import Outcome, Scored
from app.domain.contract import Document
from app.domain.errors import ConflictError, StorageError

VERSIONS: Document = {"model": "m", "registry": 3}
ORIGIN = Origin("/in.jsonl", VERSIONS)
OUTCOMES: list[Outcome] = [
    Scored(1, "d1", {"listing_id": "A"}),
    BadRow(2, "d2", "text \udcff", "why"),
    BadRow(3, "d3", "text", "failed", failure="id"),
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "out.jsonl.partial"
    with open_partial(path) as partial:
        partial.restart(ORIGIN)
        for outcome in OUTCOMES:
            partial.append(outcome)
    return path


def _kept(path: Path, origin: Origin = ORIGIN) -> list[Outcome]:
    with open_partial(path) as partial:
        return [kept.outcome for kept in partial.kept(origin)]


def test_outcomes_come_back(path: Path) -> None:
    assert _kept(path) == OUTCOMES


def test_every_cut_keeps_the_whole_lines_before_it(path: Path) -> None:
    data = path.read_bytes()
    for length in range(len(data)):
        path.write_bytes(data[:length])
        complete = max(data[:length].count(b"\n") - 1, 0)
        assert _kept(path) == OUTCOMES[:complete]


@pytest.mark.parametrize("damage", [b"\0" * 50 + b"\n", b"[]\n", b'{"row": 2}\n', b"\xff\n"])
def test_a_damaged_line_ends_what_is_kept(path: Path, damage: bytes) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:2], damage, *lines[3:]]))
    assert _kept(path) == OUTCOMES[:1]


def test_damage_while_running_is_told_rather_than_left_out(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"torn")
    with open_partial(path) as partial:
        list(partial.kept(ORIGIN))
        with pytest.raises(StorageError, match="is damaged"):
            list(partial.outcomes())


def test_a_cut_takes_the_place_of_what_followed(path: Path) -> None:
    other = Scored(2, "other", {"listing_id": "B"})
    with open_partial(path) as partial:
        first = next(partial.kept(ORIGIN))
        partial.cut(first.end)
        partial.append(other)
        assert list(partial.outcomes()) == [OUTCOMES[0], other]


def test_other_versions_and_other_catalogues_are_named(path: Path) -> None:
    origin = Origin("/other.jsonl", {"model": "n", "registry": 4})
    expected = "catalogue /in.jsonl, now /other.jsonl; model m, now n; registry 3, now 4"
    before = path.read_bytes()
    with pytest.raises(ConflictError, match=expected):
        _kept(path, origin)
    assert path.read_bytes() == before


@pytest.mark.parametrize("line", [b"{}\n", b"listing_id\n", b'{"touchstone_partial": 2}\n'])
def test_a_file_of_something_else_is_refused(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "out.jsonl.partial"
    path.write_bytes(line)
    with pytest.raises(ConflictError, match="no partial result of this version"):
        _kept(path)


def test_two_runs_cannot_share_it(path: Path) -> None:
    with open_partial(path), pytest.raises(ConflictError, match="another run"):
        _kept(path)
    assert _kept(path) == OUTCOMES


def test_a_folder_that_is_not_there_is_a_storage_error(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="No such file"), open_partial(tmp_path / "no" / "x"):
        pass


def test_closing_after_a_full_disk_does_not_hide_the_reason() -> None:
    with open("/dev/full", "r+b", buffering=0) as file:  # noqa: PTH123  a device that is always full
        partial = PartialFile(Path("out.partial"), file)
        with pytest.raises(StorageError, match="No space left on device"):
            partial.append(OUTCOMES[0])
