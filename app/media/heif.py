"""HEIC bytes become the primary picture through libheif, without touching Pillow's registry.

`pillow_heif` offers to register itself with Pillow for the whole process; it is called directly
here instead, so that importing Touchstone changes nothing for anyone else. libheif turns the
picture itself, by the container's own rotation and mirror boxes. The EXIF orientation that phones
write beside them must therefore not be applied again, and is not read. Image sequences, depth
maps and thumbnails are left alone.
"""

import pillow_heif
from PIL import Image

from app.media.limits import DecodeLimits


def open_heif(data: bytes, limits: DecodeLimits) -> Image.Image:
    """The upright primary picture, decoded, in 8 bits or 16-bit grey.

    Raises:
        TooManyPixelsError: The header states more pixels than the limit.
    """
    container = pillow_heif.open_heif(data)
    limits.check_pixels(*container.size)
    picture: Image.Image = container.to_pillow()
    return picture
