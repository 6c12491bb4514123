"""An index on disk, so that a restart does not embed the registry again.

    root/
      current                                     one line: the version in use
      20250131T094500123456Z-0000000041-9f2c…/    a version, complete or not there
        manifest.json                             whose vectors these are; checksums
        ids.npy  vectors.npy  [structure.faiss]
      .partial-…                                  half written or half removed; never read

Writing: files into a partial folder → fsync → one rename → one replacement of `current`. A crash
or a full disk at any point leaves the previous version current and whole. Loading: pointer →
manifest → the caller's model → checksums → and only then numpy and FAISS see a byte.

A snapshot is a cache of the database. What does not fit is refused, never repaired: the answer to
`SnapshotRefusedError` is to build anew.
"""

import re
import secrets
import shutil
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from index.disk import Disk
from index.errors import SnapshotReason, SnapshotRefusedError
from index.factory import load_index
from index.manifest import MANIFEST_FILE, METRIC, SnapshotFile, SnapshotManifest
from index.options import require_whole
from index.protocol import VectorIndex

CURRENT_FILE: Final = "current"
PARTIAL_PREFIX: Final = ".partial-"
LEFTOVER_AGE_S: Final = 86_400  # a day: no writer is still at work on anything older
_VERSION: Final = re.compile(r"\d{8}T\d{12}Z-\d{10,}-[0-9a-f]{8}", re.ASCII)
_DISK: Final = Disk()


def write_snapshot(
    root: Path,
    index: VectorIndex,
    *,
    model: str,
    weights_sha256: str,
    registry_version: int,
    disk: Disk = _DISK,
) -> SnapshotManifest:
    """Writes an index as a new version and makes it current.

    Args:
        root: Folder of all versions; made if missing.
        index: Any kind.
        model: Name of the embedder the vectors come from.
        weights_sha256: Fingerprint of its weights.
        registry_version: State of the registry the index was built from.
        disk: How to write durably.

    Raises:
        OSError: The disk failed. What was current still is, unless only the very last wait failed.
        SnapshotRefusedError: With the reason "manifest", for an empty name or a negative number.
    """
    created = datetime.now(UTC)
    # Sorts by time; the random end keeps two writers of the same instant apart.
    version = f"{created:%Y%m%dT%H%M%S%fZ}-{registry_version:010d}-{secrets.token_hex(4)}"
    partial = root / f"{PARTIAL_PREFIX}{version}"
    try:
        disk.make_folder(partial)
        index.save(partial)
        # Checksums are taken of what is on the disk, not of what was meant to be.
        paths = sorted(partial.iterdir())
        for path in paths:
            disk.sync(path)
        manifest = SnapshotManifest(
            version=version,
            model=model,
            weights_sha256=weights_sha256,
            dim=index.dim,
            kind=index.kind,
            options=index.options,
            count=len(index),
            registry_version=registry_version,
            created_at=created,
            files=tuple(map(SnapshotFile.of, paths)),
        )
        disk.write_text(partial / MANIFEST_FILE, manifest.to_json())
        disk.sync(partial)
        disk.move(partial, root / version)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    # From here on the version stays, even on an error: `current` may already name it.
    pointer = root / f"{PARTIAL_PREFIX}{CURRENT_FILE}-{version}"
    disk.write_text(pointer, version + "\n")
    disk.move(pointer, root / CURRENT_FILE)
    return manifest


def load_snapshot(
    root: Path, *, model: str, weights_sha256: str, dim: int, version: str | None = None
) -> tuple[VectorIndex, SnapshotManifest]:
    """Loads a version for the model that is going to ask it, or refuses.

    Args:
        root: Folder of all versions.
        model: Name of the embedder in use.
        weights_sha256: Fingerprint of its weights.
        dim: Components per vector.
        version: A name from `list_snapshots`; the current one if not given.

    Raises:
        SnapshotRefusedError: `reason` names the first thing that does not fit.
    """
    folder, manifest = _find(root, version)
    # Two models of one dimension compare without complaint, so the name and weights come first.
    _expect("model", "model", manifest.model, model)
    _expect("weights", "weights fingerprint", manifest.weights_sha256, weights_sha256)
    _expect("dim", "dimension", manifest.dim, dim)
    return _open(folder, manifest), manifest


def verify_snapshot(root: Path, *, version: str | None = None) -> SnapshotManifest:
    """Checks everything `load_snapshot` does except whose model it is.

    Raises:
        SnapshotRefusedError: `reason` names the first thing that is wrong.
    """
    folder, manifest = _find(root, version)
    _open(folder, manifest)
    return manifest


def list_snapshots(root: Path) -> tuple[str, ...]:
    """The names of all versions, oldest first; whether they are sound is not looked into."""
    if not root.is_dir():
        return ()
    return tuple(sorted(path.name for path in root.iterdir() if _VERSION.fullmatch(path.name)))


def current_version(root: Path) -> str | None:
    """The name of the version in use; `None` if none was ever written.

    Raises:
        SnapshotRefusedError: With the reason "pointer", if the pointer is not the name of one.
    """
    try:
        name = (root / CURRENT_FILE).read_bytes().decode(errors="replace").removesuffix("\n")
    except FileNotFoundError:
        return None
    _require_version(name)
    return name


def prune(root: Path, *, keep: int, disk: Disk = _DISK) -> tuple[str, ...]:
    """Removes all but the newest `keep` versions, never the current one, and old leftovers.

    For one process at a time. Another that is loading a removed version is refused it and has to
    ask for the current one again.

    Returns:
        The names of the versions removed, oldest first.

    Raises:
        InvalidParameterError: `keep` is not positive.
        SnapshotRefusedError: It cannot be told which version is current, so none is removed.
    """
    require_whole("keep", keep)
    # A `current` that cannot be read stops here: what it names must not be guessed.
    current, versions = current_version(root), list_snapshots(root)
    removed = tuple(name for name in versions[:-keep] if name != current)
    for name in removed:
        # Renamed first, so that a crash while removing leaves no half version under its name.
        partial = root / f"{PARTIAL_PREFIX}{name}"
        disk.move(root / name, partial)
        shutil.rmtree(partial)
    _sweep(root)
    return removed


def _sweep(root: Path) -> None:
    for leftover in root.glob(f"{PARTIAL_PREFIX}*"):
        # One that vanishes meanwhile has just been given its final name by its writer.
        with suppress(FileNotFoundError):
            if leftover.stat().st_mtime < time.time() - LEFTOVER_AGE_S:
                shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()


def _find(root: Path, version: str | None) -> tuple[Path, SnapshotManifest]:
    name = current_version(root) if version is None else version
    if name is None:
        raise SnapshotRefusedError("no_snapshot", "no snapshot has been written yet")
    _require_version(name)
    if not (root / name).is_dir():
        raise SnapshotRefusedError("pointer", f"snapshot {name} is not there")
    try:
        # Bytes, because reading as text would let changed line endings pass.
        text = (root / name / MANIFEST_FILE).read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        raise SnapshotRefusedError("manifest", f"snapshot {name} has no manifest") from error
    manifest = SnapshotManifest.from_json(text)
    _expect("manifest", "version", manifest.version, name)
    _expect("metric", "metric", manifest.metric, METRIC)
    return root / name, manifest


def _open(folder: Path, manifest: SnapshotManifest) -> VectorIndex:
    for file in manifest.files:
        try:
            found = SnapshotFile.of(folder / file.name)
        except OSError as error:
            raise SnapshotRefusedError("missing_file", f"{file.name} is not there") from error
        # numpy and FAISS parse what they are given in C: nothing unverified may reach them.
        _expect("checksum", f"checksum of {file.name}", found, file)
    try:
        index = load_index(folder, manifest.kind, manifest.options)
    except (OSError, EOFError, ValueError, RuntimeError) as error:
        raise SnapshotRefusedError("unreadable", f"the files are no index: {error}") from error
    _expect("dim", "dimension of its vectors", index.dim, manifest.dim)
    _expect("count", "number of entries", len(index), manifest.count)
    return index


def _expect(reason: SnapshotReason, what: str, found: object, expected: object) -> None:
    if found != expected:
        raise SnapshotRefusedError(
            reason, f"the snapshot's {what} is {found!r}, expected {expected!r}"
        )


def _require_version(name: str) -> None:
    if not _VERSION.fullmatch(name):
        raise SnapshotRefusedError("pointer", f"{name[:80]!r} is not the name of a snapshot")
