"""A snapshot comes back as it was, for the model it was made for, or is refused with the reason."""

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index import (
    INDEX_KINDS,
    IndexKind,
    InvalidParameterError,
    SnapshotFile,
    SnapshotManifest,
    SnapshotRefusedError,
    VectorIndex,
    build_index,
    current_version,
    list_snapshots,
    load_snapshot,
    prune,
    verify_snapshot,
    write_snapshot,
)
from tests.index.rows import small_index, small_options, unit_rows

Loaded = tuple[VectorIndex, SnapshotManifest]


THREE = small_index("exact", count=3)


def write(root: Path, index: VectorIndex = THREE, registry_version: int = 1) -> Path:
    """Writes a snapshot and returns its folder."""
    manifest = write_snapshot(
        root, index, model="m", weights_sha256="w", registry_version=registry_version
    )
    return root / manifest.version


def load(root: Path, **expected: Any) -> Loaded:
    usual: dict[str, Any] = {"model": "m", "weights_sha256": "w", "dim": 8}
    return load_snapshot(root, **usual | expected)


def refusal(root: Path, **expected: Any) -> SnapshotRefusedError:
    with pytest.raises(SnapshotRefusedError) as caught:
        load(root, **expected)
    return caught.value


def rewrite_manifest(folder: Path, **values: Any) -> None:
    """Gives a snapshot a sound manifest that says something else."""
    path = folder / "manifest.json"
    path.write_text(replace(SnapshotManifest.from_json(path.read_text()), **values).to_json())


@pytest.mark.parametrize("kind", INDEX_KINDS)
@pytest.mark.parametrize("count", [0, 1, 100])
def test_an_index_comes_back_as_it_was(kind: IndexKind, count: int, tmp_path: Path) -> None:
    index = build_index(small_options(kind), 8, range(count), unit_rows(count))
    write(tmp_path, index, registry_version=41)
    loaded, manifest = load(tmp_path)
    assert (loaded.kind, loaded.options) == (index.kind, index.options)
    np.testing.assert_array_equal(
        loaded.search(unit_rows(5), 3).ids, index.search(unit_rows(5), 3).ids
    )
    assert (manifest.count, manifest.kind, manifest.registry_version) == (count, index.kind, 41)
    assert manifest == verify_snapshot(tmp_path)


def test_the_newest_is_current_and_older_ones_can_be_asked_for(tmp_path: Path) -> None:
    old, new = (write(tmp_path, small_index("exact", count=n)).name for n in (1, 2))
    assert list_snapshots(tmp_path) == (old, new)
    assert current_version(tmp_path) == new
    assert len(load(tmp_path)[0]) == 2
    assert len(load(tmp_path, version=old)[0]) == 1
    assert verify_snapshot(tmp_path, version=old).version == old


@pytest.mark.parametrize(
    ("expected", "reason", "message"),
    [
        ({"model": "other"}, "model", "model is 'm', expected 'other'"),
        ({"weights_sha256": "v"}, "weights", "'w', expected 'v'"),
        ({"dim": 9}, "dim", "8, expected 9"),
    ],
)
def test_a_snapshot_of_another_model_is_refused(
    expected: dict[str, Any], reason: str, message: str, tmp_path: Path
) -> None:
    write(tmp_path)
    error = refusal(tmp_path, **expected)
    assert error.reason == reason
    assert message in str(error)


def cut_structure(folder: Path) -> None:
    """A file that is cut short, and a manifest that agrees with it."""
    structure = folder / "structure.faiss"
    structure.write_bytes(structure.read_bytes()[:100])
    rewrite_manifest(
        folder, files=tuple(SnapshotFile.of(p) for p in sorted(folder.glob("*.[nf]*")))
    )


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda folder: rewrite_manifest(folder, metric="l2"), "metric"),
        (lambda folder: rewrite_manifest(folder, format=2), "format"),
        (lambda folder: rewrite_manifest(folder, count=101), "count"),
        (lambda folder: rewrite_manifest(folder, version="another"), "manifest"),
        (lambda folder: (folder / "manifest.json").unlink(), "manifest"),
        (lambda folder: (folder / "manifest.json").write_bytes(b"\xff"), "manifest"),
        (lambda folder: (folder / "ids.npy").unlink(), "missing_file"),
        (lambda folder: (folder / "structure.faiss").unlink(), "missing_file"),
        (cut_structure, "unreadable"),
        (shutil.rmtree, "pointer"),
        (lambda folder: (folder.parent / "current").unlink(), "no_snapshot"),
        (lambda folder: (folder.parent / "current").write_text("../elsewhere"), "pointer"),
        (lambda folder: (folder.parent / "current").write_bytes(b"\x00\xff"), "pointer"),
        (lambda folder: (folder.parent / "current").write_text(""), "pointer"),
    ],
)
def test_a_damaged_snapshot_is_refused(
    damage: Callable[[Path], Any], reason: str, tmp_path: Path
) -> None:
    damage(write(tmp_path, small_index("hnsw")))
    assert refusal(tmp_path).reason == reason


@pytest.mark.parametrize("name", ["ids.npy", "vectors.npy", "structure.faiss"])
def test_a_corrupted_byte_is_refused_before_anything_reads_the_file(
    name: str, tmp_path: Path
) -> None:
    path = write(tmp_path, small_index("hnsw")) / name
    sound = path.read_bytes()
    for place in range(0, len(sound), len(sound) // 20):
        path.write_bytes(sound[:place] + bytes([sound[place] ^ 1]) + sound[place + 1 :])
        assert refusal(tmp_path).reason == "checksum"
    path.write_bytes(sound)
    assert len(load(tmp_path)[0]) == 100


def test_nothing_written_yet_is_its_own_reason(tmp_path: Path) -> None:
    assert refusal(tmp_path / "never").reason == "no_snapshot"
    assert list_snapshots(tmp_path / "never") == ()


@pytest.mark.parametrize("version", ["../..", "current", "20250101T000000000000Z-0000000001-00"])
def test_a_version_that_is_no_name_of_one_is_refused(version: str, tmp_path: Path) -> None:
    write(tmp_path)
    assert refusal(tmp_path, version=version).reason == "pointer"


def test_prune_keeps_the_newest_and_the_current_one(tmp_path: Path) -> None:
    names = [write(tmp_path).name for _ in range(5)]
    (tmp_path / "current").write_text(names[0] + "\n")
    assert prune(tmp_path, keep=2) == tuple(names[1:3])
    assert list_snapshots(tmp_path) == (names[0], names[3], names[4])
    assert prune(tmp_path, keep=2) == ()
    assert load(tmp_path)[1].version == names[0]


def test_prune_removes_nothing_when_it_cannot_tell_which_is_current(tmp_path: Path) -> None:
    for _ in range(2):
        write(tmp_path)
    (tmp_path / "current").write_text("?")
    with pytest.raises(SnapshotRefusedError, match="not the name"):
        prune(tmp_path, keep=1)
    assert len(list_snapshots(tmp_path)) == 2


def test_prune_sweeps_old_leftovers_and_leaves_a_writer_at_work_alone(tmp_path: Path) -> None:
    write(tmp_path)
    old, young, pointer = (tmp_path / f".partial-{name}" for name in ("old", "young", "pointer"))
    old.mkdir()
    young.mkdir()
    (old / "ids.npy").touch()
    pointer.touch()
    for leftover in (old, pointer):
        os.utime(leftover, (0, 0))
    prune(tmp_path, keep=1)
    assert sorted(tmp_path.glob(".*")) == [young]


def test_prune_must_keep_something(tmp_path: Path) -> None:
    with pytest.raises(InvalidParameterError, match="keep"):
        prune(tmp_path, keep=0)
