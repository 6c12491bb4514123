"""Reading a path: what is not a readable regular file is refused by name, and nothing hangs."""

import os
from pathlib import Path

import pytest

from app.domain.errors import (
    ImageRefusedError,
    ImageTooLargeError,
    MissingImageError,
    UnsupportedImageError,
)
from app.media.files import read_image_file
from app.media.limits import DecodeLimits

LIMITS = DecodeLimits(max_bytes=100)


def test_a_file_up_to_the_limit_is_read(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(b"x" * 100)
    assert read_image_file(path, LIMITS) == b"x" * 100
    path.write_bytes(b"")
    assert read_image_file(path, LIMITS) == b""


def test_a_larger_file_is_refused_by_its_size(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    with path.open("wb") as file:
        file.truncate(1 << 40)  # sparse: reading it would take minutes
    with pytest.raises(ImageTooLargeError, match="1099511627776 bytes"):
        read_image_file(path, LIMITS)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
def test_a_file_that_hides_its_size_is_still_bounded() -> None:
    with pytest.raises(ImageTooLargeError, match="101 bytes"):
        read_image_file(Path("/proc/self/status"), LIMITS)


def test_what_is_not_there_is_missing(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    for name in ("nothing.jpg", "file/inside.jpg", "null\0.jpg", "long" * 100):
        with pytest.raises(MissingImageError):
            read_image_file(tmp_path / name, LIMITS)


def test_a_folder_is_not_a_picture(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedImageError, match="not a regular file"):
        read_image_file(tmp_path, LIMITS)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_without_a_writer_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UnsupportedImageError):
        read_image_file(tmp_path / "pipe", LIMITS)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads anything")
def test_a_file_without_permission_is_named(tmp_path: Path) -> None:
    path = tmp_path / "secret.jpg"
    path.write_bytes(b"x")
    path.chmod(0)
    with pytest.raises(MissingImageError, match="cannot be read"):
        read_image_file(path, LIMITS)


def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    before = os.open(tmp_path, os.O_RDONLY)
    os.close(before)
    for _ in range(3):
        with pytest.raises(ImageRefusedError):
            read_image_file(tmp_path, LIMITS)
    after = os.open(tmp_path, os.O_RDONLY)
    os.close(after)
    assert after == before  # the lowest free number, as before
