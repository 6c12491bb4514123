"""What survives in a run's folder, and whose results it refuses to go on with."""

from pathlib import Path

import pytest

from app.batch.ledger import Origin
from app.batch.rows import BadRow, Place
from app.batch.run_folder import RunFolder, ShardWriter, open_run
from app.batch.stage import Outcome, Scored
from app.domain.contract import Document
from app.domain.errors import ConflictError, StorageError

VERSIONS: Document = {"model": "m", "registry": 3}
ORIGIN = Origin("/in.jsonl", VERSIONS, 500)
OUTCOMES: list[Outcome] = [
    Scored(Place(1, "in.csv", 2), "d1", {"listing_id": "A"}),
    BadRow(Place(2, "in.csv", 3), "d2", "text \udcff", "why"),
    BadRow(Place(3), "d3", "text", "failed", failure="id"),
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "out.jsonl.run"


@pytest.fixture
def part(path: Path) -> Path:
    """The shard under way of a run that was stopped."""
    with open_run(path) as run:
        run.restart(ORIGIN)
        shard = ShardWriter(run, 0)
        for outcome in OUTCOMES:
            shard.append(outcome)
        shard.close()
    return run.part(0)


def _finished(path: Path) -> None:
    with open_run(path) as run:
        run.resume(ORIGIN)
        shard = ShardWriter(run, 0)
        for entry in list(shard.kept):
            shard.append(entry.outcome)
        shard.finish()


def _kept(path: Path, origin: Origin = ORIGIN) -> list[Outcome]:
    with open_run(path) as run:
        run.resume(origin)
        return [entry.outcome for entry in run.kept(0)]


def _published(path: Path) -> list[Outcome]:
    run = RunFolder(path)
    run.read()
    return list(run.outcomes())


def test_outcomes_come_back_before_and_after_a_shard_is_finished(path: Path, part: Path) -> None:
    assert _kept(path) == OUTCOMES
    assert _published(path) == []
    _finished(path)
    assert not part.exists()
    assert _kept(path) == _published(path) == OUTCOMES


def test_every_cut_keeps_the_whole_lines_before_it(path: Path, part: Path) -> None:
    data = part.read_bytes()
    for length in range(len(data)):
        part.write_bytes(data[:length])
        assert _kept(path) == OUTCOMES[: data[:length].count(b"\n")]


@pytest.mark.parametrize("damage", [b"\0" * 50 + b"\n", b"[]\n", b'{"row": 2}\n', b"\xff\n"])
def test_a_damaged_line_ends_what_is_kept(path: Path, part: Path, damage: bytes) -> None:
    lines = part.read_bytes().splitlines(keepends=True)
    part.write_bytes(b"".join([lines[0], damage, lines[2]]))
    assert _kept(path) == OUTCOMES[:1]


def test_what_follows_takes_the_place_of_what_was_torn(path: Path, part: Path) -> None:
    part.write_bytes(part.read_bytes()[:-5])
    with open_run(path) as run:
        run.resume(ORIGIN)
        shard = ShardWriter(run, 0)
        for outcome in (*[entry.outcome for entry in shard.kept], OUTCOMES[2]):
            shard.append(outcome)
        shard.finish()
    assert _published(path) == OUTCOMES


@pytest.mark.parametrize("place", [0, 1])
def test_a_changed_row_makes_a_finished_shard_anew(path: Path, part: Path, place: int) -> None:
    _finished(path)
    other = [*OUTCOMES]
    other[place] = Scored(Place(place + 1), "other", {"listing_id": "B"})
    with open_run(path) as run:
        run.resume(ORIGIN)
        shard = ShardWriter(run, 0)
        for number, entry in enumerate(shard.kept):
            shard.append(other[number] if number == place else entry.outcome)
        assert _published(path) == OUTCOMES  # until the new one is finished, the old one counts
        shard.finish()
    assert _published(path) == other


def test_an_unchanged_shard_is_not_written_again(path: Path, part: Path) -> None:
    _finished(path)
    before = {file.name: file.stat().st_mtime_ns for file in path.iterdir()}
    _finished(path)
    assert {file.name: file.stat().st_mtime_ns for file in path.iterdir()} == before


@pytest.mark.parametrize("damage", ["shorten", "remove", "alter"])
def test_a_damaged_shard_is_told_when_published_and_made_anew_when_resumed(
    path: Path, part: Path, damage: str
) -> None:
    _finished(path)
    file = path / "00000.jsonl.zst"
    data = file.read_bytes()
    if damage == "remove":
        file.unlink()
    else:
        file.write_bytes(data[:-9] if damage == "shorten" else data[:40] + b"x" + data[41:])
    with pytest.raises(StorageError):
        _published(path)
    assert _kept(path) == []


def test_a_crash_before_the_ledger_knows_costs_nothing(path: Path, part: Path) -> None:
    """The shard has its file, the ledger no line of it, and the shard under way is still there."""
    lines = part.read_bytes()
    _finished(path)
    ledger = path / "ledger.jsonl"
    ledger.write_bytes(ledger.read_bytes().splitlines(keepends=True)[0] + b'{"shard": 0, "ro')
    part.write_bytes(lines)
    assert _kept(path) == OUTCOMES
    _finished(path)
    assert _published(path) == OUTCOMES


def test_shards_of_a_longer_catalogue_go(path: Path, part: Path) -> None:
    _finished(path)
    with open_run(path) as run:
        run.resume(ORIGIN)
        run.part(7).write_bytes(b"left by a retry")
        run.end_at(0)
    assert {file.name for file in path.iterdir()} == {"ledger.jsonl", "lock"}
    assert _published(path) == []


def test_other_versions_and_other_catalogues_are_named(path: Path, part: Path) -> None:
    origin = Origin("/other.jsonl", {"model": "n", "registry": 4}, 100)
    expected = (
        "catalogue /in.jsonl, now /other.jsonl; 500 rows a shard, now 100; "
        "model m, now n; registry 3, now 4"
    )
    before = part.read_bytes()
    with pytest.raises(ConflictError, match=expected):
        _kept(path, origin)
    assert part.read_bytes() == before


@pytest.mark.parametrize(
    "line", [b"", b"{}\n", b"listing_id\n", b'{"touchstone_run": 2}\n', b'{"touchstone_run": 1}\n']
)
def test_a_ledger_of_something_else_is_refused(path: Path, line: bytes) -> None:
    path.mkdir()
    (path / "ledger.jsonl").write_bytes(line)
    with pytest.raises(ConflictError, match="no ledger of this version"):
        _kept(path)


def test_two_runs_cannot_share_it(path: Path, part: Path) -> None:
    with open_run(path), pytest.raises(ConflictError, match="another run"):
        _kept(path)
    assert _kept(path) == OUTCOMES


def test_a_folder_that_is_not_there_is_a_storage_error(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="No such file"), open_run(tmp_path / "no" / "x"):
        pass
