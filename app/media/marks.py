"""Brand marks as pictures: from an icon set's SVG to pixels of any size and colour.

    slug ─▶ simple_mark ─▶ Mark (title, SVG) ─▶ render_mark ─▶ RGBA or, over a background, RGB

The marks are those of Simple Icons as PyPI's `simpleicons` ships them: one path, one colour, a
square of 24 units. They are drawn for this project's demo and tests; a registry in earnest uses the
images its owner supplies. What a mark may be used for is a matter of its owner's rights, not of
this file. It draws no SVG from outside: only strings that a caller vouches for.
"""

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import resvg_py
from PIL import Image, ImageColor
from simpleicons.all import icons

from app.domain.errors import InvalidInputError, NotFoundError

_HEX: Final = re.compile(r"[0-9A-Fa-f]{6}")
_ROOT: Final = re.compile(r"<svg\b")
_MAX_SIDE: Final = 4096


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark of the icon set.

    Attributes:
        title: The brand's name as people write it ("New Balance").
        slug: Its name in the icon set ("newbalance").
        hex: The brand's own colour, six hexadecimal digits without `#`.
        svg: The drawing, square, without a colour of its own.
    """

    title: str
    slug: str
    hex: str
    svg: str

    def __post_init__(self) -> None:
        if not self.title.strip() or not self.slug.strip():
            raise ValueError("a mark has a title and a slug")
        if not _HEX.fullmatch(self.hex):
            raise ValueError(f"{self.slug}: {self.hex!r} is not six hexadecimal digits")
        if not _ROOT.search(self.svg):
            raise ValueError(f"{self.slug}: the drawing is not an SVG")

    @property
    def colour(self) -> str:
        """The brand's own colour as CSS writes it (`#CF0A2C`)."""
        return f"#{self.hex}"


def simple_mark(slug: str) -> Mark:
    """Return one mark of the icon set.

    >>> simple_mark("newbalance").title
    'New Balance'

    Raises:
        NotFoundError: when the installed icon set has no such slug.
    """
    # Not `.get`, which this dictionary overrides with a search through every title.
    if slug not in icons:
        raise NotFoundError(f"the icon set has no mark {slug!r}")
    icon = icons[slug]
    return Mark(title=icon.title, slug=icon.slug, hex=icon.hex, svg=icon.svg)


def simple_marks(slugs: Iterable[str]) -> tuple[Mark, ...]:
    """Return several marks in the order asked for.

    Raises:
        NotFoundError: when the installed icon set lacks one of them.
    """
    return tuple(simple_mark(slug) for slug in slugs)


def render_mark(svg: str, *, side: int, colour: str, background: str | None) -> Image.Image:
    """Draw a mark in one colour on a square of `side` pixels.

    Args:
        svg: A square drawing that sets no fill of its own.
        side: Pixels of the square's side, 1 to 4096.
        colour: Of the mark, in any form that Pillow knows ("#CF0A2C", "white").
        background: Of the square; `None` leaves it transparent.

    Returns:
        `side` x `side`, mode RGBA without a background, RGB with one.

    Raises:
        InvalidInputError: an unknown colour, an impossible side, or a drawing that is no SVG.
    """
    if not 1 <= side <= _MAX_SIDE:
        raise InvalidInputError(f"a mark is drawn on 1 to {_MAX_SIDE} pixels, not {side}")
    fill = _css(colour)
    page = None if background is None else ImageColor.getrgb(_css(background))
    painted = _ROOT.sub(f'<svg fill="{fill}"', svg, count=1)
    try:
        png = resvg_py.svg_to_bytes(
            svg_string=painted, width=side, height=side, skip_system_fonts=True
        )
    except ValueError as error:
        raise InvalidInputError("the mark is not a drawing that can be rendered") from error
    with Image.open(io.BytesIO(bytes(png))) as opened:
        drawn = opened.convert("RGBA")
    if page is None:
        return drawn
    picture = Image.new("RGB", drawn.size, page)
    picture.paste(drawn, mask=drawn)
    return picture


def _css(colour: str) -> str:
    """Return a colour as `#rrggbb`, so that no other text can reach the SVG's attribute."""
    try:
        red, green, blue = ImageColor.getrgb(colour)[:3]
    except ValueError as error:
        raise InvalidInputError(f"{colour!r} is not a colour") from error
    return f"#{red:02x}{green:02x}{blue:02x}"
