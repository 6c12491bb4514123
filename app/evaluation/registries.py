"""Builds a suite's registry: five photo crops of each brand among thousands of other marks.

The distractors are the monochrome marks of the `simple-icons-pack` package in their own colour on
white, less those of the 27 brands. They are enrolled the way a user would enrol them, through a
manifest; only the marks' pictures are written, photos stay where they are.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

from app.domain.errors import InvalidInputError
from app.evaluation.flickrlogos27 import FlickrLogos27
from app.media.marks import render_mark
from app.services.manifest import ImportReport
from app.services.touchstone import Touchstone

_MARK_SIDE = 160
_COLUMNS = ("brand", "motif", "kind", "path", "x_min", "y_min", "x_max", "y_max")

Row = tuple[str, ...]


def enrol_suite(
    touchstone: Touchstone, data: FlickrLogos27, folder: Path, every_nth_mark: int
) -> ImportReport:
    """Write the manifest below `folder`, import it, and return what was imported."""
    folder.mkdir(parents=True, exist_ok=True)
    manifest = folder / "manifest.csv"
    brands = {reference.brand for reference in data.references}
    with manifest.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_COLUMNS)
        writer.writerows(_photo_rows(data))
        writer.writerows(_mark_rows(brands, folder / "marks", every_nth_mark))
    return touchstone.importer.run(manifest)


def _photo_rows(data: FlickrLogos27) -> Iterator[Row]:
    for reference in data.references:
        box = (str(edge) for edge in reference.box.as_tuple())
        yield (reference.brand, "mark", "logo", str(reference.path.absolute()), *box)


def _mark_rows(brands: set[str], folder: Path, every_nth: int) -> Iterator[Row]:
    try:
        import simple_icons_pack  # noqa: PLC0415  only the evaluation needs it
    except ImportError as error:
        raise InvalidInputError(
            "the evaluation needs more packages: pip install 'touchstone[evaluation]'"
        ) from error
    folder.mkdir(exist_ok=True)
    taken = {_folded(brand) for brand in brands}
    everything = [
        getattr(simple_icons_pack, name)
        for name in sorted(vars(simple_icons_pack))
        if name.startswith("SI_")
    ]
    marks = [m for m in everything if not any(_folded(m.title).startswith(b) for b in taken)]
    for mark in marks[::every_nth]:
        path = folder / f"{mark.slug}.png"
        picture = render_mark(
            mark.svg, side=_MARK_SIDE, colour=f"#{mark.hex}", background="#ffffff"
        )
        picture.save(path)
        yield (mark.title, "mark", "logo", str(path.absolute()), "", "", "", "")


def _folded(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())
