"""A made-up icon package, small enough to read, and pictures to compare."""

import gzip
import io
import json
import tarfile
from hashlib import sha256
from pathlib import Path

import numpy as np

from models.training.marks.packages import IconPackage, NpmPackage
from models.training.marks.rendering import SIDE, Pixels

BLACK_ARROW = '<path fill="currentColor" d="M2 8h6V2l8 8-8 8v-6H2z"/>'
RED_ARROW = '<path fill="#d21" d="M2 8h6V2l8 8-8 8v-6H2z"/>'
CROSS = '<path fill="currentColor" d="M8 2h4v6h6v4h-6v6H8v-6H2V8h6z"/>'
TWO_BARS = '<path fill="#d21" d="M2 2h16v6H2z"/><path fill="#14c" d="M2 12h16v6H2z"/>'
TILE = '<path fill="#222" d="M0 0h20v20H0z"/>'
NOTHING = '<path fill="none" d="M0 0h20v20H0z"/>'

Members = dict[str, bytes]


def iconify(icons: dict[str, str], hidden: tuple[str, ...] = ()) -> Members:
    """Return the files of an Iconify package of 20-unit icons."""
    table = {name: {"body": body, "hidden": name in hidden} for name, body in icons.items()}
    document = {"prefix": "tiny", "width": 20, "height": 20, "icons": table}
    return {"icons.json": json.dumps(document).encode()}


def archive(members: Members) -> bytes:
    """Return files as `npm pack` would write them."""
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as tar:
        for name, data in members.items():
            entry = tarfile.TarInfo(f"package/{name}")
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return gzip.compress(written.getvalue(), mtime=0)  # the same bytes at any time


def place(data: bytes, cache: Path, name: str = "@made-up/tiny") -> NpmPackage:
    """Put an archive into a cache folder, and return the package that pins it."""
    package = NpmPackage(name, "1.0.0", sha256(data).hexdigest(), "CC0-1.0")
    cache.mkdir(parents=True, exist_ok=True)
    (cache / package.archive).write_bytes(data)
    return package


def icon_package(
    folder: Path,
    icons: dict[str, str],
    *,
    name: str = "@made-up/tiny",
    pictograms: bool = False,
    hidden: tuple[str, ...] = (),
) -> IconPackage:
    """Put an Iconify package into a prepared folder's cache."""
    npm = place(archive(iconify(icons, hidden)), folder / "downloads", name)
    return IconPackage(npm, layout="iconify", pictograms=pictograms)


def blob(seed: int, colour: tuple[int, int, int] = (0, 0, 0)) -> Pixels:
    """Return a silhouette of random blocks: (192, 192, 4)."""
    cells = np.random.default_rng(seed).random((8, 8)) < 0.5
    rgba = np.zeros((SIDE, SIDE, 4), np.uint8)
    rgba[..., :3] = colour
    rgba[..., 3] = np.kron(cells, np.ones((SIDE // 8, SIDE // 8))) * 255
    return rgba
