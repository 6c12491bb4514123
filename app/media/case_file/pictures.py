"""Pictures made small enough for a page: a photo of fifty million pixels would fill the file."""

import io

from PIL import Image


def page_jpeg(picture: bytes, side: int = 1400) -> bytes:
    """Return a picture whose longer side has at most `side` pixels, as JPEG."""
    with Image.open(io.BytesIO(picture)) as image:
        small = image.convert("RGB")
    small.thumbnail((side, side), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    small.save(buffer, "JPEG", quality=88)
    return buffer.getvalue()
