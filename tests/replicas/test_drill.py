"""The drill of docs/operations.md, run as it is written there: back up, restore, compare.

For `aws s3 sync` stands a small program that does the same over the same API.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.bootstrap import build
from app.domain.assessment import Verdict
from app.domain.errors import StorageError
from app.domain.identity import Scope
from app.domain.listing import Listing
from app.services.sources import BytesSource
from app.services.touchstone import Touchstone
from app.settings import Settings
from tests.fakes import calibrate, enrol, make_settings, photo_with
from tests.replicas.conftest import touchstone as command

ROOT = Path(__file__).parents[2]
SYNC = """
import sys
import fsspec

_, verb, source, target = sys.argv[1:]
assert verb == "sync"
sides = [fsspec.core.url_to_fs(each) for each in (source, target)]
(there, root), (here, place) = sides
for path in there.find(root):
    goal = f"{place}{path.removeprefix(root)}"
    if here.protocol != ("s3", "s3a"):
        here.makedirs(here._parent(goal), exist_ok=True)
    here.pipe_file(goal, there.cat_file(path))
"""
LISTING = Listing("B09X", brand_field="Unbranded")


def documented(name: str) -> str:
    """The commands under a comment of that name."""
    text = (ROOT / "docs" / "operations.md").read_text()
    (found,) = re.findall(rf"<!-- {name} -->\n```console\n(.*?)```", text, re.DOTALL)
    return str(found)


@pytest.fixture
def shell(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run documented commands with these variables; the first that fails ends them."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, arguments in (("touchstone", command()), ("aws", [sys.executable, "-c", SYNC])):
        path = programs / name
        path.write_text(f'#!/bin/sh\nexec {shlex.join(arguments)} "$@"\n')
        path.chmod(0o755)

    def run(commands: str, **variables: str) -> subprocess.CompletedProcess[str]:
        weightless = {"TOUCHSTONE_MODEL": "pixels", "TOUCHSTONE_READING": "never"}
        path = f"{programs}:{os.environ['PATH']}"
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", commands],
            env={**os.environ, **weightless, **variables, "PATH": path},
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
        )

    return run


@contextmanager
def _busy(settings: Settings, folder: Path) -> Iterator[Touchstone]:
    """A service with something to lose."""
    touchstone = build(settings)
    try:
        calibrate(touchstone, folder)
        enrol(touchstone, 0)
        judged = touchstone.desk.assess(LISTING, [BytesSource("1.png", photo_with(0, seed=2))])
        assert judged.assessment.verdict is Verdict.SUSPECT
        yield touchstone
    finally:
        touchstone.close()


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Touchstone]:
    with _busy(make_settings(tmp_path), tmp_path) as touchstone:
        yield touchstone


@pytest.fixture
def replicated(shared: dict[str, str], tmp_path: Path) -> Iterator[Touchstone]:
    places = {name: shared[f"TOUCHSTONE_{name.upper()}"] for name in ("database_url", "blob_url")}
    with _busy(make_settings(tmp_path, **places), tmp_path) as touchstone:
        yield touchstone


def _is_all_there(settings: Settings, token: str, kept: Touchstone) -> None:
    restored = build(settings)
    try:
        assert restored.registry.state().motifs == kept.registry.state().motifs[:1]
        assert restored.keys.principal(token).name == "pipeline"
        old, new = kept.assessments.get(1), restored.assessments.get(1)
        assert new.assessment == old.assessment
        assert restored.evidence.overlay(new, 1) == kept.evidence.overlay(old, 1)
        assert restored.reviews.store.get(1) == kept.reviews.store.get(1)
        photo = BytesSource("1.png", photo_with(0, seed=3))
        again = restored.desk.assess(LISTING, [photo]).assessment
        assert again.verdict is Verdict.SUSPECT
        assert again.versions.background == old.assessment.versions.background
    finally:
        restored.close()


def test_a_folder_is_backed_up_and_restored(
    kept: Touchstone,
    shell: Callable[..., subprocess.CompletedProcess[str]],
    tmp_path: Path,
) -> None:
    if shutil.which("sqlite3") is None:
        pytest.skip("sqlite3 is not installed")
    token = kept.keys.make("pipeline", [Scope.ASSESS], None).token
    backup, restored = tmp_path / "backup", tmp_path / "restored"
    backup.mkdir()
    named = {"BACKUP": str(backup), "RESTORED": str(restored)}
    copy_database, copy_blobs = documented("backup: sqlite").splitlines()
    data = str(tmp_path / "var")
    for each in (copy_database, copy_blobs):
        done = shell(each, **named, TOUCHSTONE_DATA_DIR=data)
        assert done.returncode == 0, done.stderr
        enrol(kept, 3, name=f"after {len(each)}")  # the service goes on meanwhile
    done = shell(documented("restore: sqlite"), **named)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 missing, 0 damaged" in done.stdout
    assert "references: 1" in done.stdout
    _is_all_there(make_settings(tmp_path, data_dir=restored), token, kept)


def test_a_database_and_a_bucket_are_backed_up_and_restored(
    shell: Callable[..., subprocess.CompletedProcess[str]],
    replicated: Touchstone,
    shared: dict[str, str],
    new_postgres: Callable[[], str],
    bucket: str,
    tmp_path: Path,
) -> None:
    if shutil.which("pg_dump") is None:
        pytest.skip("pg_dump is not installed")
    token = replicated.keys.make("pipeline", [Scope.ASSESS], None).token
    backup, database, blobs = tmp_path / "backup", new_postgres(), f"{bucket}/restored"
    backup.mkdir()
    named = {
        "BACKUP": str(backup),
        "RESTORED": str(tmp_path / "restored"),
        "RESTORED_DATABASE_URL": database.replace("+psycopg", ""),
        "RESTORED_BLOB_URL": blobs,
    }
    copy_database, copy_blobs = documented("backup: postgres").splitlines()
    variables = {name: url.replace("+psycopg", "") for name, url in shared.items()}
    for each in (copy_database, copy_blobs):
        done = shell(each, **named, **variables)
        assert done.returncode == 0, done.stderr
        enrol(replicated, 3, name=f"after {len(each)}")
    done = shell(documented("restore: postgres"), **named)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 missing, 0 damaged" in done.stdout
    restored = make_settings(
        tmp_path, data_dir=tmp_path / "restored", database_url=database, blob_url=blobs
    )
    _is_all_there(restored, token, replicated)


def _place(tmp_path: Path, key: str) -> Path:
    return tmp_path / "var" / "blobs" / "sha256" / key[:2] / key


def test_verify_finds_what_is_missing_and_what_is_damaged(
    kept: Touchstone,
    shell: Callable[..., subprocess.CompletedProcess[str]],
    tmp_path: Path,
) -> None:
    (reference,) = kept.registry.state().references
    photo = kept.assessments.get(1).assessment.images[0].sha256
    assert photo is not None
    _place(tmp_path, photo).unlink()
    assert kept.blob_checker.check().whole  # photos are looked at when asked for
    assert kept.blob_checker.check(photos=True).missing == ("asm_1 (1.png)",)
    _place(tmp_path, reference.blob).write_bytes(b"half a file")
    found = kept.blob_checker.check()
    assert (found.checked, found.missing, found.damaged) == (2, (), ("ref_1",))
    done = shell("touchstone verify --photos", TOUCHSTONE_DATA_DIR=str(tmp_path / "var"))
    assert done.returncode == 1
    assert "3 checked, 1 missing, 1 damaged" in done.stdout
    assert "not whole: asm_1 (1.png), ref_1" in done.stderr


def test_a_store_that_cannot_be_read_is_no_finding(kept: Touchstone, tmp_path: Path) -> None:
    (reference,) = kept.registry.state().references
    place = _place(tmp_path, reference.blob)
    place.unlink()
    place.parent.rmdir()
    place.parent.write_text("a file where a folder should be")
    with pytest.raises(StorageError):
        kept.blob_checker.check()
