"""A Pillow picture of any mode becomes 8-bit RGB, turned the way a viewer would show it.

Choices, each the one a browser makes: transparency is shown over white; of 16 bits the high eight
are kept, so mid-grey stays mid-grey; all eight EXIF orientations are applied. Two that it does not
make: colour profiles are ignored, since the models see through the shift they cause, and CMYK is
converted without one, its inks taken as inverted, the way Adobe's programs write them. A colour
key in a 16-bit PNG, which hardly any program writes, is drawn like any other colour.
"""

from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_EXIF_ORIENTATION: Final = 0x0112
_TURNS: Final = MappingProxyType(
    {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    },
)


def read_turn(image: Image.Image) -> Image.Transpose | None:
    """The turn that brings a stored picture upright, or None if it is.

    Metadata that cannot be read counts as none: it is no reason to refuse the picture.
    """
    try:
        # not image.getexif(), which also heeds XMP and so turns what a browser would not
        exif = Image.Exif()
        exif.load(image.info.get("exif", b""))
        orientation = exif.get(_EXIF_ORIENTATION)
    except Exception:  # noqa: BLE001 - parsers of hostile EXIF raise anything
        return None
    return _TURNS.get(orientation) if isinstance(orientation, int) else None


def upright_rgb(image: Image.Image, turn: Image.Transpose | None) -> NDArray[np.uint8]:
    """Pixels of a loaded picture as (height, width, 3) UInt8, upright."""
    flat = _flatten(image)
    return np.asarray(flat if turn is None else flat.transpose(turn), dtype=np.uint8)


def _flatten(image: Image.Image) -> Image.Image:
    """The picture in mode RGB."""
    if image.mode.startswith("I;16"):
        # Pillow's own conversion differs between versions: some clip, which turns grey to white
        shades = np.asarray(image) >> 8
        return Image.fromarray(shades.astype(np.uint8)).convert("RGB")
    if image.has_transparency_data:
        return _over_white(image.convert("RGBA"))
    return image.convert("RGB")


def _over_white(image: Image.Image) -> Image.Image:
    """An RGBA picture as it looks on a white page."""
    page = Image.new("RGB", image.size, "white")
    page.paste(image, mask=image)
    return page
