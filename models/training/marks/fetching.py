"""Packages on disk: fetched with `npm pack` when they are not there, and refused when they differ.

    cache folder ──(archive missing)──▶ npm pack ──▶ SHA-256 ──▶ members, read in memory

An archive's SHA-256 is compared every time before it is opened. Members are read, never extracted,
so no name inside an archive can reach a path outside it, and only plain files are read. Which
registry npm asks is npm's own configuration.
"""

import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator, Sequence
from hashlib import file_digest
from pathlib import Path
from typing import Final

from models.training.marks.errors import FetchError, PackageRefusedError
from models.training.marks.packages import NpmPackage

_BATCH: Final = 12  # packages a call of npm: its start costs more than a small download
_TIMEOUT: Final = 600.0  # seconds a call


def fetch_archives(packages: Sequence[NpmPackage], cache: Path) -> None:
    """Bring every package's archive into the cache folder, unless it is there already.

    Raises:
        FetchError: npm is not installed, or could not fetch one of them.
        PackageRefusedError: an archive is not the pinned one.
    """
    cache.mkdir(parents=True, exist_ok=True)
    missing = [package for package in packages if not (cache / package.archive).exists()]
    for start in range(0, len(missing), _BATCH):
        batch = missing[start : start + _BATCH]
        # Beside the cache, so that moving is atomic and a half-written archive is never in it.
        with tempfile.TemporaryDirectory(dir=cache) as landing:
            _npm_pack(batch, Path(landing))
            for package in batch:
                check_archive(package, Path(landing))
                (Path(landing) / package.archive).replace(cache / package.archive)
    for package in packages:
        check_archive(package, cache)


def check_archive(package: NpmPackage, cache: Path) -> Path:
    """Return the path of a package's archive after comparing its hash.

    Raises:
        FetchError: it is not there.
        PackageRefusedError: its SHA-256 is not the pinned one.
    """
    path = cache / package.archive
    if not path.is_file():
        raise FetchError(f"{package.archive} is not in {cache}")
    with path.open("rb") as file:
        found = file_digest(file, "sha256").hexdigest()
    if found != package.sha256:
        raise PackageRefusedError(
            f"{package.archive} has SHA-256 {found[:12]}…, not {package.sha256[:12]}…: "
            "delete it to fetch it again"
        )
    return path


def read_members(archive: Path, wanted: Callable[[str], bool]) -> Iterator[tuple[str, bytes]]:
    """Yield the plain files of an archive whose name is wanted, with their bytes.

    Names are those inside the package, without its leading folder ("icons/adobe.svg").

    Raises:
        PackageRefusedError: the file is not a readable archive.
    """
    try:
        with tarfile.open(archive, "r:gz") as opened:
            for member in opened:
                name = member.name.partition("/")[2]
                file = opened.extractfile(member) if member.isfile() and wanted(name) else None
                if file is not None:
                    yield name, file.read()
    except (tarfile.TarError, EOFError, OSError) as error:
        raise PackageRefusedError(f"{archive.name} is not a readable archive") from error


def _npm_pack(packages: Sequence[NpmPackage], landing: Path) -> None:
    """Let npm write the packages' archives into a folder."""
    npm = shutil.which("npm")
    names = ", ".join(package.spec for package in packages)
    if npm is None:
        raise FetchError(
            f"npm is not installed, and is needed once to fetch {names}: install Node.js with npm, "
            "or place the archives in the cache folder yourself"
        )
    command = [npm, "pack", "--silent", "--ignore-scripts", "--pack-destination", str(landing)]
    try:
        subprocess.run(  # noqa: S603  # the specs come from the pinned tables alone
            [*command, *(package.spec for package in packages)],
            check=True,
            capture_output=True,
            cwd=landing,
            timeout=_TIMEOUT,
        )
    except (subprocess.SubprocessError, OSError) as error:
        raise FetchError(f"npm pack could not fetch {names}: {error}") from error
