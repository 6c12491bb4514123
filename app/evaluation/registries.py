"""The registry of the FlickrLogos-27 suites: crops of each brand among thousands of other marks.

The distractors are the monochrome marks of the `simple-icons-pack` package in their own colour on
white, less those of the 27 brands. Only the marks' pictures are written, photos stay where they
are.
"""

from collections.abc import Sequence
from pathlib import Path

from app.domain.errors import InvalidInputError
from app.evaluation.contenders.roles import ReferenceImage
from app.evaluation.flickrlogos27 import LabelledBox
from app.media.marks import render_mark

_MARK_SIDE = 160


def brand_references(boxes: Sequence[LabelledBox]) -> list[ReferenceImage]:
    """Return labelled boxes as references."""
    return [ReferenceImage(box.brand, box.path, box.box) for box in boxes]


def first_of_each(references: Sequence[ReferenceImage]) -> list[ReferenceImage]:
    """Return the first reference of each brand."""
    first: dict[str, ReferenceImage] = {}
    for reference in references:
        first.setdefault(reference.brand, reference)
    return list(first.values())


def distractors(brands: set[str], folder: Path, every_nth: int) -> list[ReferenceImage]:
    """Write the marks of other brands below `folder` and return them as references.

    Raises:
        InvalidInputError: when the package that holds them is not installed.
    """
    try:
        import simple_icons_pack  # noqa: PLC0415  only the evaluation needs it
    except ImportError as error:
        raise InvalidInputError(
            "the evaluation needs more packages: pip install 'touchstone[evaluation]'"
        ) from error
    folder.mkdir(parents=True, exist_ok=True)
    taken = {_folded(brand) for brand in brands}
    everything = [
        getattr(simple_icons_pack, name)
        for name in sorted(vars(simple_icons_pack))
        if name.startswith("SI_")
    ]
    marks = [m for m in everything if not any(_folded(m.title).startswith(b) for b in taken)]
    return [_drawn(mark.title, mark.slug, mark, folder) for mark in marks[::every_nth]]


def _drawn(title: str, slug: str, mark: object, folder: Path) -> ReferenceImage:
    path = folder / f"{slug}.png"
    svg, colour = str(getattr(mark, "svg", "")), f"#{getattr(mark, 'hex', '')}"
    ground = "#202020" if _is_light(colour) else "#ffffff"  # white on white would be nothing
    render_mark(svg, side=_MARK_SIDE, colour=colour, background=ground).save(path)
    return ReferenceImage(title, path)


def _is_light(colour: str) -> bool:
    return min(int(colour[place : place + 2], 16) for place in (1, 3, 5)) > 200


def _folded(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())
