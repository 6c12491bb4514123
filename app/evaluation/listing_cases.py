"""Listings made of labelled photos: the same pictures under what honest and other sellers write.

    photo of a brand ─▶ posing, honest, other brand, imitation words, disguised name
    labelled box     ─▶ the same photo with the box blurred, in mosaic or covered: hidden
    photo without a brand, ordinary photo ─▶ no mark

Reference photos and their near-duplicates never take part. Wordings are fixed sentences, so that
kinds differ by what is said and by nothing else.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageFilter

from app.domain.listing import Listing
from app.evaluation.contenders.roles import read_photo
from app.evaluation.flickrlogos27 import FlickrLogos27, LabelledBox
from app.media.limits import DecodeLimits
from app.services.sources import BytesSource, FileSource, ImageSource

POSING, HONEST, OTHER = "posing", "honest", "other brand"
IMITATION, DISGUISED = "imitation words", "disguised name"
HIDDEN = ("hidden: blur", "hidden: mosaic", "hidden: cover")
NO_MARK, ORDINARY = "no mark", "no mark, ordinary photo"
DENYING = (POSING, IMITATION, DISGUISED)  # a mark is there and its brand is not owned up to
INNOCENT = (HONEST, NO_MARK, ORDINARY)
KINDS = (*DENYING, OTHER, *HIDDEN, *INNOCENT)
_HIDDEN_OF_EACH = 4  # photos of a brand
_TITLE = "Classic item, new"
_LETTERS = str.maketrans("aeiosAEIOS", "@310$@310$")


@dataclass(frozen=True, slots=True)
class Case:
    """A listing of one photo; `photo` is what is resampled as one, `brand` what is in it."""

    kind: str
    photo: str
    brand: str
    listing: Listing
    source: ImageSource


def disguised(name: str) -> str:
    """Return a name as sellers hide it: look-alike signs, dots where no letter has one.

    >>> disguised("Google"), disguised("BMW")
    ('G00gl3', 'B.M.W')
    """
    changed = name.translate(_LETTERS)
    return changed if changed != name else ".".join(name)


def cases(
    data: FlickrLogos27, ordinary: Sequence[Path], limits: DecodeLimits, every_nth: int
) -> Iterator[Case]:
    """Yield every case, photo by photo, each n-th photo of each source."""
    brands = sorted({reference.brand for reference in data.references})
    for query in data.queries[::every_nth]:
        if query.brand:
            other = brands[(brands.index(query.brand) + 1) % len(brands)]
            yield from _of_brand(query.path, query.brand, other)
        else:
            yield _case(NO_MARK, query.path, "", FileSource(query.path.name, query.path))
    for path in ordinary[::every_nth]:
        yield _case(ORDINARY, path, "", FileSource(path.name, path))
    for box in _one_box_photos(data.crops)[::every_nth]:
        for kind in HIDDEN:
            source = BytesSource(f"{box.path.stem}.png", hide(box, kind, limits))
            yield _case(kind, box.path, box.brand, source)


def hide(box: LabelledBox, kind: str, limits: DecodeLimits) -> bytes:
    """Return the photo as PNG, the labelled box hidden in one of the ways of `HIDDEN`."""
    photo = Image.fromarray(read_photo(box.path, limits))
    edges = box.box.as_tuple()
    part = photo.crop(edges)
    if kind == HIDDEN[0]:
        part = part.filter(ImageFilter.GaussianBlur(max(2.0, min(part.size) / 8)))
    elif kind == HIDDEN[1]:
        cells = (min(8, part.width), min(8, part.height))
        part = part.resize(cells, Image.Resampling.BOX).resize(part.size, Image.Resampling.NEAREST)
    else:
        part = Image.new("RGB", part.size, (255, 255, 255))
    photo.paste(part, edges[:2])
    kept = io.BytesIO()
    photo.save(kept, "PNG", compress_level=1)
    return kept.getvalue()


def _of_brand(path: Path, brand: str, other: str) -> Iterator[Case]:
    source = FileSource(path.name, path)
    yield _case(POSING, path, brand, source)
    yield _case(HONEST, path, brand, source, field=brand)
    yield _case(OTHER, path, brand, source, field=other)
    yield _case(IMITATION, path, brand, source, title=f"{_TITLE}, inspired by {brand}")
    yield _case(DISGUISED, path, brand, source, title=f"{disguised(brand)} {_TITLE}")


def _one_box_photos(boxes: Sequence[LabelledBox]) -> list[LabelledBox]:
    """Return a few of each brand's photos with one box: of several, those not hidden would show."""
    by_photo: dict[Path, list[LabelledBox]] = {}
    for box in boxes:
        by_photo.setdefault(box.path, []).append(box)
    by_brand: dict[str, list[LabelledBox]] = {}
    for _, inside in sorted(by_photo.items()):
        if len(inside) == 1:
            by_brand.setdefault(inside[0].brand, []).append(inside[0])
    return [box for brand in sorted(by_brand) for box in by_brand[brand][:_HIDDEN_OF_EACH]]


def _case(
    kind: str,
    path: Path,
    brand: str,
    source: ImageSource,
    *,
    title: str = _TITLE,
    field: str = "Unbranded",
) -> Case:
    name = f"{kind}: {path.stem}"
    listing = Listing(name, (source.name,), title=title, brand_field=field)
    return Case(kind, path.stem, brand, listing, source)
