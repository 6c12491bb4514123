"""Runs that are killed, stopped or left without disk come to the same result when resumed."""

import random
import signal
import subprocess
import time
from pathlib import Path
from subprocess import PIPE, Popen

import pyarrow.parquet as pq
import pytest

from app.batch.scoring import score_catalog
from tests.batch.child import COMMAND, PROJECT, STOPPED
from tests.batch.samples import FakeAssessor, listing_values, write_jsonl

ROWS = 120


@pytest.fixture
def catalog(folder: Path) -> Path:
    rows = [listing_values(number) for number in range(ROWS)]
    rows[7] = {"listing_id": "broken"}
    rows[70] = listing_values(70, images=["gone.jpg"])
    return write_jsonl(folder / "in.jsonl", rows)


def _undisturbed(catalog: Path) -> tuple[bytes, bytes]:
    score_catalog(catalog, catalog.with_name("whole.jsonl"), assessor=FakeAssessor())
    return _files(catalog, "whole")


def _files(catalog: Path, name: str) -> tuple[bytes, bytes]:
    paths = (f"{name}.jsonl", f"{name}.rejects.jsonl")
    first, second = (catalog.with_name(path).read_bytes() for path in paths)
    return first, second


def _start(catalog: Path, most_rows: int, name: str = "out.jsonl") -> Popen[str]:
    target = catalog.with_name(name)
    command = (*COMMAND, "score", str(catalog), str(target), str(most_rows))
    return Popen(command, cwd=PROJECT, stdout=PIPE, text=True)


def _wait_for(child: Popen[str], new_rows: int) -> None:
    """Let the child finish so many rows more than it found."""
    assert child.stdout is not None
    while int(child.stdout.readline()) < new_rows:
        pass


def _finish(catalog: Path, name: str = "out.jsonl") -> int:
    """Let a child run to its end and return how many rows it had not to do again."""
    with _start(catalog, ROWS + 1, name) as child:
        assert child.stdout is not None
        *_, last = child.stdout
    assert child.returncode == 0
    return int(last.removeprefix("kept "))


def _kill(catalog: Path, chance: random.Random, name: str = "out.jsonl") -> None:
    """Start a run, let it do a few rows, and kill it somewhere in the next one or two."""
    with _start(catalog, 16, name) as child:
        _wait_for(child, chance.randint(1, 4))
        time.sleep(chance.uniform(0, 0.006))
        child.send_signal(signal.SIGKILL)
    assert child.returncode == -signal.SIGKILL
    assert not catalog.with_name(name).exists()


def test_a_run_killed_twenty_times_ends_as_if_undisturbed(catalog: Path) -> None:
    chance = random.Random(20)  # noqa: S311  no secret
    for _ in range(20):
        _kill(catalog, chance)
    assert 20 <= _finish(catalog) < ROWS
    assert _files(catalog, "out") == _undisturbed(catalog)
    assert not list(catalog.with_name("out.jsonl.run").glob("*.part"))


def test_a_killed_run_ends_with_the_same_table(catalog: Path) -> None:
    chance = random.Random(3)  # noqa: S311  no secret
    for _ in range(3):
        _kill(catalog, chance, "out.parquet")
    _finish(catalog, "out.parquet")
    score_catalog(catalog, catalog.with_name("whole.parquet"), assessor=FakeAssessor())
    tables = [pq.read_table(catalog.with_name(f"{name}.parquet")) for name in ("out", "whole")]
    assert tables[0].num_rows == ROWS - 1
    assert tables[0].equals(tables[1])


@pytest.mark.parametrize("after", [0.0, 0.002, 0.005, 0.01])
def test_a_run_killed_while_it_writes_out_is_gone_on_with(catalog: Path, after: float) -> None:
    with _start(catalog, 10 * ROWS, "out.parquet") as child:
        _wait_for(child, ROWS)
        time.sleep(after)
        child.send_signal(signal.SIGKILL)
    assert _finish(catalog, "out.parquet") == ROWS
    table = pq.read_table(catalog.with_name("out.parquet"))
    assert table.num_rows == ROWS - 1
    assert not list(catalog.parent.glob(".out.parquet.*"))


def test_ctrl_c_stops_cleanly_and_keeps_what_is_done(catalog: Path) -> None:
    with _start(catalog, 50) as child:
        _wait_for(child, 20)
        child.send_signal(signal.SIGINT)
        child.communicate()  # a child that still tells of a row must find its reader there
    assert child.returncode == STOPPED
    assert 20 <= _finish(catalog) < ROWS
    assert _files(catalog, "out") == _undisturbed(catalog)


@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_full_disk_is_told_and_what_fitted_is_kept(catalog: Path, share: float) -> None:
    whole = _undisturbed(catalog)
    target = catalog.with_name("out.jsonl")
    limit = str(int(len(whole[0]) * share))
    command = (*COMMAND, "fill", str(catalog), str(target), limit)
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    assert "cannot be written: File too large" in done.stdout
    assert not target.exists()
    assert not catalog.with_name(".out.jsonl.tmp").exists()
    assert ROWS * share * 0.5 < _finish(catalog) <= ROWS
    assert _files(catalog, "out") == whole


def test_a_crash_between_the_rename_and_the_end_is_harmless(catalog: Path) -> None:
    """OUT has its name already; its run can be gone on with all the same."""
    whole = _undisturbed(catalog)
    assert _finish(catalog) == 0
    assert _finish(catalog) == ROWS
    assert _files(catalog, "out") == whole
