"""One door to the containers: a file of a known format is outlined, then made fit to decode."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from app.media.containers.bmp import outline_bmp
from app.media.containers.boxes import outline_boxes
from app.media.containers.gif import outline_gif
from app.media.containers.jpeg import outline_jpeg
from app.media.containers.outline import Outline
from app.media.containers.png import keep_picture_chunks, outline_png
from app.media.containers.webp import clear_canvas, outline_webp
from app.media.formats import ImageFormat
from app.media.limits import DecodeLimits

_WALKS: Final[Mapping[ImageFormat, Callable[[bytes, DecodeLimits], Outline]]] = MappingProxyType(
    {
        ImageFormat.JPEG: outline_jpeg,
        ImageFormat.PNG: outline_png,
        ImageFormat.WEBP: outline_webp,
        ImageFormat.GIF: outline_gif,
        ImageFormat.BMP: outline_bmp,
        ImageFormat.AVIF: outline_boxes,
        ImageFormat.HEIF: outline_boxes,
    },
)


def outline_image(data: bytes, image_format: ImageFormat, limits: DecodeLimits) -> Outline:
    """Walk a file whose format is known.

    Raises:
        CorruptImageError: A structure that no encoder produces and that is costly to decode.
    """
    return _WALKS[image_format](data, limits)


def prepare_image(data: bytes, image_format: ImageFormat) -> bytes:
    """The same picture without what Pillow is known to misread; most formats need nothing."""
    if image_format is ImageFormat.PNG:
        return keep_picture_chunks(data)
    return clear_canvas(data) if image_format is ImageFormat.WEBP else data
