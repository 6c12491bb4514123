"""Drawings of an icon package: their names, whose they are, and their SVG.

    archive ─▶ layout's reader ─▶ what the package table leaves out ─▶ Drawing (name, brand, SVG)

Three layouts are read: Iconify's one JSON of all bodies, Simple Icons' files with a table of
titles, and a plain folder of SVGs. A drawing in `currentColor` comes out black.
"""

import json
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from models.training.marks.brands import brand_key
from models.training.marks.errors import PackageRefusedError
from models.training.marks.fetching import read_members
from models.training.marks.packages import IconPackage
from models.training.marks.split import fraction

_SAMPLE_SEED: Final = "sample-1"
_VIEW_BOX: Final = re.compile(r'viewBox="\s*([-\d.]+)[ ,]+([-\d.]+)[ ,]+([\d.]+)[ ,]+([\d.]+)')
# A brand's key this short is also an ordinary word or syllable, and says nothing inside a name.
_TELLING: Final = 4


@dataclass(frozen=True, slots=True)
class Drawing:
    """One drawing of a package.

    Attributes:
        name: In the package ("adobe-icon").
        brand: The brand's key; for a pictogram its own identity.
        svg: A whole SVG document.
        width: Of its view box, in the drawing's own units.
        height: Likewise.
    """

    name: str
    brand: str
    svg: str
    width: float
    height: float

    def __post_init__(self) -> None:
        if not (self.width > 0 and self.height > 0):
            raise ValueError(f"{self.name} has a view box without area")


def read_drawings(
    package: IconPackage, archive: Path, held_out: Collection[str] = ()
) -> tuple[Drawing, ...]:
    """Return the drawings of a package that training uses, in order of name.

    Args:
        package: Says how to read it and what to leave out.
        archive: As `npm pack` wrote it.
        held_out: Brand keys that are not trained on, for a package that is shy of brands.

    Raises:
        PackageRefusedError: the archive is not laid out as the table says.
    """
    try:
        drawings = list(_read(package, archive))
    except (KeyError, ValueError) as error:
        raise PackageRefusedError(f"{archive.name} is not laid out as {package.layout}") from error
    if package.shy_of_brands:
        keys = {key for key in held_out if len(key) >= _TELLING}
        drawings = [drawing for drawing in drawings if not _names_one_of(drawing.name, keys)]
    if package.limit:
        drawings.sort(key=lambda drawing: fraction(_SAMPLE_SEED, drawing.name))
        drawings = drawings[: package.limit]
    return tuple(sorted(drawings, key=lambda drawing: drawing.name))


def _read(package: IconPackage, archive: Path) -> Iterator[Drawing]:
    """Return the reader that the package's layout asks for."""
    if package.layout == "iconify":
        return _read_iconify(package, archive)
    if package.layout == "simple-icons":
        return _read_simple_icons(package, archive)
    return _read_folder(package, archive)


def _read_iconify(package: IconPackage, archive: Path) -> Iterator[Drawing]:
    """Read Iconify's JSON: bodies and view boxes; a hidden icon has left its set."""
    files = dict(read_members(archive, {"icons.json", "metadata.json"}.__contains__))
    icons: dict[str, Any] = json.loads(files["icons.json"])
    categories = json.loads(files.get("metadata.json", b"{}")).get("categories", {})
    left_out = set(categories.get(package.leave_out_category, ()))
    sides = {side: float(icons.get(side, 16)) for side in ("width", "height")}
    for name, icon in icons["icons"].items():
        if icon.get("hidden") or name in left_out:
            continue
        width, height = (float(icon.get(side, sides[side])) for side in ("width", "height"))
        corner = f"{icon.get('left', 0)} {icon.get('top', 0)}"
        svg = _document(icon["body"], f"{corner} {width:g} {height:g}")
        yield from _one(package, name, name, svg, (width, height))


def _read_simple_icons(package: IconPackage, archive: Path) -> Iterator[Drawing]:
    """Read Simple Icons' files; the title names the brand better than the slug ("Node.js")."""
    table = "data/simple-icons.json"
    files = dict(read_members(archive, lambda name: name == table or name.startswith("icons/")))
    for row in json.loads(files[table]):
        slug, title = row["slug"], row["title"]
        yield from _from_svg(package, slug, title, files[f"icons/{slug}.svg"])


def _read_folder(package: IconPackage, archive: Path) -> Iterator[Drawing]:
    """Read every SVG of the package, named by its file."""
    for path, svg in read_members(archive, lambda name: name.endswith(".svg")):
        name = Path(path).stem
        yield from _from_svg(package, name, name, svg)


def _from_svg(package: IconPackage, name: str, title: str, data: bytes) -> Iterable[Drawing]:
    """Return the drawing of one SVG file."""
    svg = data.decode()
    box = _VIEW_BOX.search(svg)
    if box is None:
        raise ValueError(f"{name} has no view box")
    return _one(package, name, title, svg, (float(box[3]), float(box[4])))


def _one(
    package: IconPackage, name: str, title: str, svg: str, size: tuple[float, float]
) -> Iterable[Drawing]:
    """Return the drawing, or nothing when the package's table leaves it out."""
    if package.leave_out and re.search(package.leave_out, name):
        return ()
    nobody = f"{package.source}:{name}"
    brand = nobody if package.pictograms else brand_key(title, package.prefixes)
    return (Drawing(name, brand, svg, *size),)


def _document(body: str, view_box: str) -> str:
    """Return a whole SVG around Iconify's body."""
    spaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f'<svg {spaces} viewBox="{view_box}" color="#000">{body}</svg>'


def _names_one_of(name: str, keys: Collection[str]) -> bool:
    """Return whether any run of a name's words is one of the keys ("my-red-bull": "redbull")."""
    words = name.split("-")
    spans = range(len(words))
    return any("".join(words[i : j + 1]) in keys for i in spans for j in spans[i:])
