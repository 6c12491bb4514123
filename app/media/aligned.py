"""Pictures that let a person check a match: the photo's crop beside the reference, or under it.

    photo, match, reference ─▶ crop | reference                          beside_png
                            ─▶ crop | reference laid over it | reference  aligned_png

The crop is the match's box with some of what surrounds it. Where an alignment was found, the
reference is warped onto the crop half transparent, and its outline is drawn; what lies outside the
photo is cut off. All panels have one height. Neither picture is altered.
"""

import io
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from app.domain.alignment import Alignment
from app.domain.box import Box
from app.domain.match import Match

Picture = NDArray[np.uint8]

_HEIGHT: Final = 320  # of every panel, in pixels
_WIDEST: Final = 960  # a long thin wordmark must not make a picture that no page can hold
_MARGIN: Final = 0.2  # around the box, as a share of its sides
_GAP: Final = 8
_VEIL: Final = 0.55  # how much of the reference shows where it lies over the photo
_OUTLINE: Final = (196, 18, 48)
_PAPER: Final = (255, 255, 255)


def beside_png(photo: Picture, match: Match, reference: Picture, box: Box | None = None) -> bytes:
    """Return the crop that matched and the reference, side by side, as PNG.

    Args:
        photo: (height, width, 3) UInt8 RGB, upright: the photo that `match` was found in.
        match: Its `box` is what is cut out; it may lack an alignment.
        reference: (height, width, 3) UInt8 RGB, upright: the image of `match.reference_id`.
        box: The part of it that shows the motif; the whole by default.
    """
    crop = Image.fromarray(photo).crop(_around(match.box, photo).as_tuple())
    return _png(_row([_scaled(crop), _scaled(_cut(reference, box))]))


def aligned_png(photo: Picture, match: Match, reference: Picture, box: Box | None = None) -> bytes:
    """Return the crop, the reference laid over it, and the reference, side by side, as PNG.

    Takes what `beside_png` takes, and gives the same where the match has no alignment.
    """
    if match.alignment is None:
        return beside_png(photo, match, reference, box)
    around = _around(match.box, photo)
    crop = _scaled(Image.fromarray(photo).crop(around.as_tuple()))
    shown = box or Box.whole(reference.shape[1], reference.shape[0])
    to_panel = _onto_panel(around, crop.size) @ np.array(match.alignment.matrix, np.float64)
    laid = _laid_over(crop, Image.fromarray(reference), shown, to_panel)
    _outline(laid, match.alignment, shown, around)
    return _png(_row([crop, laid, _scaled(_cut(reference, box))]))


def _around(box: Box, photo: Picture) -> Box:
    height, width = photo.shape[:2]
    wide, high = round(_MARGIN * box.width), round(_MARGIN * box.height)
    return Box(
        max(box.x_min - wide, 0),
        max(box.y_min - high, 0),
        min(box.x_max + wide, width),
        min(box.y_max + high, height),
    )


def _cut(reference: Picture, box: Box | None) -> Image.Image:
    picture = Image.fromarray(reference)
    return picture if box is None else picture.crop(box.as_tuple())


def _scaled(picture: Image.Image) -> Image.Image:
    scale = min(_HEIGHT / picture.height, _WIDEST / picture.width)
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    return picture.resize(size, Image.Resampling.LANCZOS)


def _onto_panel(around: Box, size: tuple[int, int]) -> NDArray[np.float64]:
    """Return the 3 x 3 matrix from pixels of the photo to pixels of the crop's panel."""
    across, down = size[0] / around.width, size[1] / around.height
    return np.array(
        [[across, 0, -across * around.x_min], [0, down, -down * around.y_min], [0, 0, 1]]
    )


def _laid_over(
    crop: Image.Image, reference: Image.Image, shown: Box, to_panel: NDArray[np.float64]
) -> Image.Image:
    inverse = np.linalg.inv(to_panel)
    inverse = (inverse / inverse[2, 2]).ravel()[:8]
    mask = Image.new("L", reference.size)
    mask.paste(round(255 * _VEIL), shown.as_tuple())
    perspective, smooth = Image.Transform.PERSPECTIVE, Image.Resampling.BILINEAR
    warped = reference.transform(crop.size, perspective, list(inverse), smooth)
    veil = mask.transform(crop.size, perspective, list(inverse), smooth)
    return Image.composite(warped, crop, veil)


def _outline(panel: Image.Image, alignment: Alignment, shown: Box, around: Box) -> None:
    across, down = panel.width / around.width, panel.height / around.height
    corners = [
        (shown.x_min, shown.y_min),
        (shown.x_max, shown.y_min),
        (shown.x_max, shown.y_max),
        (shown.x_min, shown.y_max),
    ]
    seen = [alignment.at(*corner) for corner in corners]
    line = [((x - around.x_min) * across, (y - around.y_min) * down) for x, y in seen]
    ImageDraw.Draw(panel).line([*line, line[0]], fill=_OUTLINE, width=2)


def _row(panels: list[Image.Image]) -> Image.Image:
    width = sum(panel.width for panel in panels) + _GAP * (len(panels) + 1)
    page = Image.new("RGB", (width, _HEIGHT + 2 * _GAP), _PAPER)
    left = _GAP
    for panel in panels:
        page.paste(panel, (left, _GAP + (_HEIGHT - panel.height) // 2))
        left += panel.width + _GAP
    return page


def _png(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()
