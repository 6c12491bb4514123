"""Whatever interrupts a writer, a whole snapshot stays current: full disk, failing step, kill."""

import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from index import IndexKind, list_snapshots, load_snapshot, prune, verify_snapshot
from index.disk import Disk
from index.snapshot import write_snapshot
from tests.index.disks import FailingDisk, write
from tests.index.rows import small_index


def entries(root: Path) -> int:
    index, manifest = load_snapshot(root, model="m", weights_sha256="w", dim=8)
    assert manifest == verify_snapshot(root)
    return len(index)


def partials(root: Path) -> list[Path]:
    return list(root.glob(".partial-*"))


@contextmanager
def file_size_limit(limit: int) -> Iterator[None]:
    """Every write beyond `limit` bytes of a file fails, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_disk_that_fails_at_any_step_leaves_a_whole_snapshot_current(tmp_path: Path) -> None:
    after_failure = []
    for steps in range(100):
        root = tmp_path / str(steps)
        write(root, 1, Disk())
        try:
            write(root, 2, FailingDisk(steps))
        except OSError:
            after_failure.append(entries(root))
            assert not [path for path in partials(root) if path.is_dir()]
            write(root, 3, Disk())
            assert entries(root) == 3
        else:
            break
    # Twelve steps; only after the last, the wait for the new pointer, is the new one current.
    assert after_failure == [1] * 11 + [2]
    assert entries(root) == 2


def test_a_writer_killed_at_any_step_leaves_a_whole_snapshot_current(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.index.disks", str(tmp_path)]
    subprocess.run(command, check=True, cwd=Path(__file__).parents[2])
    roots = sorted(tmp_path.iterdir())
    assert [entries(root) for root in roots] == [1] * 11 + [2, 2]
    assert sum(bool(partials(root)) for root in roots) > 5
    for root in roots:
        assert all(verify_snapshot(root, version=name) for name in list_snapshots(root))
        write(root, 3, Disk())
        assert entries(root) == 3
        assert len(prune(root, keep=1)) in {1, 2}


@pytest.mark.parametrize("kind", ["exact", "ivf", "hnsw"])
def test_a_full_disk_is_an_error_and_not_a_shorter_file(kind: IndexKind, tmp_path: Path) -> None:
    index = small_index(kind)
    write(tmp_path, 1, Disk())
    index.save(tmp_path)
    sizes = sorted(path.stat().st_size for path in tmp_path.iterdir() if path.is_file())
    for limit in [0, 1, 100, *(size - 1 for size in sizes), sizes[-1] // 2]:
        with file_size_limit(limit), pytest.raises(OSError, match=r"too large|written"):
            write_snapshot(tmp_path, index, model="m", weights_sha256="w", registry_version=2)
        assert entries(tmp_path) == 1
        assert partials(tmp_path) == []
