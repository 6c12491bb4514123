"""Blobs: kept under their content's hash, whole or not at all, and checked when read."""

import errno
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from app.domain.errors import NotFoundError, StorageError
from app.domain.ports import BlobStore
from app.storage.blobs import FsspecBlobStore
from tests.storage.child import COMMAND, PROJECT

DATA = b"a photo's bytes"
KEY = hashlib.sha256(DATA).hexdigest()


@pytest.fixture(params=["plain", "file", "memory"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    urls = {
        "plain": str(tmp_path / "with space"),
        "file": f"file://{tmp_path}/blobs/",
        "memory": f"memory://{uuid4().hex}",
    }
    return FsspecBlobStore(urls[request.param])


def _files(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if path.is_file())


@pytest.mark.parametrize("data", [DATA, b"", os.urandom(300_000)])
def test_bytes_come_back(blobs: BlobStore, data: bytes) -> None:
    key = blobs.put(data)
    assert key == hashlib.sha256(data).hexdigest()
    assert blobs.get(key) == data
    assert blobs.exists(key)


def test_what_is_not_kept_is_not_found(blobs: BlobStore) -> None:
    assert not blobs.exists(KEY)
    with pytest.raises(NotFoundError, match="no bytes are kept"):
        blobs.get(KEY)


@pytest.mark.parametrize("key", ["", "../../etc/passwd", KEY.upper(), KEY[:-1], f"{KEY}\n"])
def test_a_key_that_is_no_hash_is_not_found(blobs: BlobStore, key: str) -> None:
    blobs.put(DATA)
    assert not blobs.exists(key)
    with pytest.raises(NotFoundError, match="not the SHA-256"):
        blobs.get(key)


def test_blobs_lie_where_the_layout_says(tmp_path: Path) -> None:
    FsspecBlobStore(str(tmp_path)).put(DATA)
    assert _files(tmp_path) == [tmp_path / "sha256" / KEY[:2] / KEY]


def test_putting_again_writes_nothing(tmp_path: Path) -> None:
    blobs = FsspecBlobStore(str(tmp_path))
    blobs.put(DATA)
    before = _files(tmp_path)[0].stat()
    assert blobs.put(DATA) == KEY
    after = _files(tmp_path)[0].stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_damage_is_noticed_and_never_returned(tmp_path: Path) -> None:
    blobs = FsspecBlobStore(str(tmp_path))
    blobs.put(DATA)
    _files(tmp_path)[0].write_bytes(DATA.upper())
    with pytest.raises(StorageError, match="damaged"):
        blobs.get(KEY)


def test_a_blob_cut_short_is_written_anew(tmp_path: Path) -> None:
    blobs = FsspecBlobStore(str(tmp_path))
    blobs.put(DATA)
    _files(tmp_path)[0].write_bytes(DATA[:3])
    blobs.put(DATA)
    assert blobs.get(KEY) == DATA


def test_threads_may_put_the_same_bytes(tmp_path: Path) -> None:
    blobs = FsspecBlobStore(str(tmp_path))
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(blobs.put, [DATA] * 32)) == {KEY}
    assert _files(tmp_path) == [tmp_path / "sha256" / KEY[:2] / KEY]


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_failed_write_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def fail(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "secret path")

    blobs = FsspecBlobStore(str(tmp_path))
    with monkeypatch.context() as patch:
        patch.setattr(*{"fsync": (os, "fsync"), "replace": (Path, "replace")}[step], fail)
        with pytest.raises(StorageError, match=r"written: no space left on device$"):
            blobs.put(DATA)
    assert _files(tmp_path) == []
    assert not blobs.exists(KEY)
    assert blobs.get(blobs.put(DATA)) == DATA


def test_a_root_that_is_a_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="written"):
        FsspecBlobStore(str(tmp_path / "file")).put(DATA)


@pytest.mark.parametrize("url", ["nosuch://bucket", "abfss://container/x"])
def test_an_unknown_protocol_is_refused(url: str) -> None:
    with pytest.raises(StorageError, match="blob URL"):
        FsspecBlobStore(url)


@pytest.mark.skipif(sys.platform == "win32", reason="the system has no limit on file sizes")
def test_a_system_that_refuses_to_write_keeps_both_stores_sound(tmp_path: Path) -> None:
    answer = subprocess.run(
        [*COMMAND, "fill", str(tmp_path), "300000"],
        capture_output=True,
        text=True,
        cwd=PROJECT,
        check=True,
    )
    blob, database, added = answer.stdout.splitlines()
    assert blob == "a blob could not be written: file too large"
    assert database in {
        "the database's disk is full",
        "reading or writing the database file failed",
    }
    assert 0 < int(added) < 10_000
    assert {path.name for path in _files(tmp_path)} <= {"full.db", "full.db-wal", "full.db-shm"}


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 KiB; only a privileged user can make one."""
    place = tmp_path / "tiny"
    place.mkdir()
    mount = shutil.which("mount")
    options = ["-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)]
    if not mount or subprocess.run([mount, *options], capture_output=True, check=False).returncode:
        pytest.skip("a small file system cannot be mounted here")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_leaves_nothing(tiny_disk: Path) -> None:
    blobs = FsspecBlobStore(str(tiny_disk))
    with pytest.raises(StorageError, match="no space left on device"):
        blobs.put(bytes(100_000))
    assert _files(tiny_disk) == []
    assert blobs.get(blobs.put(DATA)) == DATA
