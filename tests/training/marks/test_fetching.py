"""Archives are the pinned ones or refused, and npm is asked only for what is missing."""

import tarfile
from pathlib import Path

import pytest

from models.training.marks.errors import FetchError, PackageRefusedError
from models.training.marks.fetching import check_archive, fetch_archives, read_members
from models.training.marks.packages import NpmPackage
from tests.training.marks.samples import CROSS, archive, iconify, place


def _fake_npm(folder: Path, script: str) -> None:
    """Install a stand-in for npm that a test fully controls."""
    folder.mkdir(exist_ok=True)
    npm = folder / "npm"
    npm.write_text(f"#!/bin/sh\n{script}\n")
    npm.chmod(0o755)


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of the only commands that can be found."""
    folder = tmp_path / "tools"
    monkeypatch.setenv("PATH", str(folder))
    return folder


def test_an_archive_in_the_cache_needs_no_npm(tmp_path: Path, tools: Path) -> None:
    package = place(archive(iconify({"cross": CROSS})), tmp_path)
    fetch_archives([package], tmp_path)
    assert check_archive(package, tmp_path).name == "made-up-tiny-1.0.0.tgz"


def test_a_corrupted_archive_is_refused(tmp_path: Path) -> None:
    package = place(archive(iconify({"cross": CROSS})), tmp_path)
    path = tmp_path / package.archive
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(PackageRefusedError, match="made-up-tiny"):
        fetch_archives([package], tmp_path)


def test_a_missing_npm_says_what_to_install(tmp_path: Path, tools: Path) -> None:
    package = NpmPackage("@made-up/tiny", "1.0.0", "0" * 64, "CC0-1.0")
    with pytest.raises(FetchError, match=r"@made-up/tiny@1\.0\.0: install Node\.js"):
        fetch_archives([package], tmp_path / "cache")


def test_a_failing_npm_is_told(tmp_path: Path, tools: Path) -> None:
    _fake_npm(tools, "exit 1")
    package = NpmPackage("@made-up/tiny", "1.0.0", "0" * 64, "CC0-1.0")
    with pytest.raises(FetchError, match="could not fetch @made-up/tiny"):
        fetch_archives([package], tmp_path / "cache")


def test_npm_is_asked_for_the_missing_ones_alone(tmp_path: Path, tools: Path) -> None:
    data = archive(iconify({"cross": CROSS}))
    here = place(data, tmp_path / "cache", "@made-up/here")
    away = place(data, tmp_path / "registry", "@made-up/away")
    source = tmp_path / "registry" / away.archive
    # $5 is the folder to pack to, $6 and on the packages asked for.
    script = f'echo "$6 $7" > {tmp_path}/asked; /bin/cp {source} "$5"'
    _fake_npm(tools, script)
    fetch_archives([here, away], tmp_path / "cache")
    assert (tmp_path / "asked").read_text().split() == ["@made-up/away@1.0.0"]
    assert sorted(path.name for path in (tmp_path / "cache").iterdir()) == [
        away.archive,
        here.archive,
    ]


def test_a_wrong_package_never_reaches_the_cache(tmp_path: Path, tools: Path) -> None:
    wrong = tmp_path / "wrong.tgz"
    wrong.write_bytes(archive({"icons.json": b"{}"}))
    package = NpmPackage("@made-up/tiny", "1.0.0", "0" * 64, "CC0-1.0")
    _fake_npm(tools, f'/bin/cp {wrong} "$5/{package.archive}"')
    with pytest.raises(PackageRefusedError, match="not 000000000000"):
        fetch_archives([package], tmp_path / "cache")
    assert not list((tmp_path / "cache").iterdir())


def test_only_wanted_plain_files_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.tgz"
    with tarfile.open(path, "w:gz") as tar:
        link = tarfile.TarInfo("package/icons/link.svg")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/hostname"
        tar.addfile(link)
    (tmp_path / "b.tgz").write_bytes(archive({"icons/a.svg": b"<svg/>", "index.js": b"x"}))
    assert list(read_members(path, lambda _: True)) == []
    found = dict(read_members(tmp_path / "b.tgz", lambda name: name.startswith("icons/")))
    assert found == {"icons/a.svg": b"<svg/>"}


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.tgz").write_bytes(b"not an archive")
    with pytest.raises(PackageRefusedError, match="not a readable archive"):
        list(read_members(tmp_path / "a.tgz", lambda _: True))


def test_a_package_is_pinned() -> None:
    with pytest.raises(ValueError, match="pinned"):
        NpmPackage("@made-up/tiny", "latest", "0" * 64, "MIT")
