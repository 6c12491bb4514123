"""The fonts that synthetic wordmarks are set in: pinned packages, and their faces on disk.

    fonts.csv ─▶ fetch_archives ─▶ latin, upright, 400 and 700 ─▶ fonts/NAME-VERSION/WEIGHT.woff2

Every font is on one side of the split for good, so a test wordmark is set in letters that training
has not seen. Only the faces are kept; the archives, a dozen times as large, are deleted.
"""

import csv
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from models.training.marks.errors import PackageRefusedError
from models.training.marks.fetching import check_archive, fetch_archives, read_members
from models.training.marks.packages import NpmPackage
from models.training.marks.split import fraction

FONTS_FILE: Final = Path(__file__).with_name("fonts.csv")
_SEED: Final = "fonts-1"
_WEIGHTS: Final = ("400", "700")


@dataclass(frozen=True, slots=True)
class Font:
    """A font package: its name, where it comes from, and what kind of letters it has."""

    name: str
    npm: NpmPackage
    category: str

    @property
    def side(self) -> str:
        """The side of the split: 85 % train, 5 % validation, 10 % test."""
        place = fraction(_SEED, self.name)
        if place < 0.85:
            return "train"
        return "validation" if place < 0.90 else "test"


@dataclass(frozen=True, slots=True)
class Face:
    """One weight of a font, as a file that FreeType opens."""

    font: Font
    weight: str
    path: Path


def read_fonts(path: Path = FONTS_FILE) -> tuple[Font, ...]:
    """Read the table of fonts (`font,version,sha256,licence,category`)."""
    with path.open(newline="", encoding="utf-8") as file:
        return tuple(
            Font(
                row["font"],
                NpmPackage(
                    f"@fontsource/{row['font']}", row["version"], row["sha256"], row["licence"]
                ),
                row["category"],
            )
            for row in csv.DictReader(file)
        )


def fetch_fonts(fonts: Sequence[Font], folder: Path) -> tuple[Face, ...]:
    """Bring the faces of fonts into `folder/fonts`, and return them in the order of the fonts.

    Raises:
        FetchError: npm is not installed, or could not fetch one of them.
        PackageRefusedError: an archive is not the pinned one, or has none of the weights.
    """
    missing = [font for font in fonts if not _home(font, folder).is_dir()]
    downloads = folder / "downloads"
    fetch_archives([font.npm for font in missing], downloads)
    for font in missing:
        archive = check_archive(font.npm, downloads)
        _unpack(font, archive, _home(font, folder))
        archive.unlink()
    return tuple(face for font in fonts for face in _faces(font, folder))


def _home(font: Font, folder: Path) -> Path:
    return folder / "fonts" / f"{font.name}-{font.npm.version}"


def _faces(font: Font, folder: Path) -> list[Face]:
    return [Face(font, path.stem, path) for path in sorted(_home(font, folder).glob("*.woff2"))]


def _unpack(font: Font, archive: Path, home: Path) -> None:
    """Write a font's faces into its home, which appears whole or not at all."""
    names = {f"files/{font.name}-latin-{weight}-normal.woff2": weight for weight in _WEIGHTS}
    faces = dict(read_members(archive, names.__contains__))
    if not faces:
        raise PackageRefusedError(f"{archive.name} has no latin face of weight 400 or 700")
    home.parent.mkdir(parents=True, exist_ok=True)
    landing = Path(tempfile.mkdtemp(dir=home.parent))
    for name, data in faces.items():
        (landing / f"{names[name]}.woff2").write_bytes(data)
    shutil.move(landing, home)
