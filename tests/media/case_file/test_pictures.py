"""Pictures for a page."""

import io

from PIL import Image

from app.media.case_file.pictures import page_jpeg


def test_a_picture_for_a_page_is_a_small_jpeg() -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (3000, 1500)).save(buffer, "PNG")
    with Image.open(io.BytesIO(page_jpeg(buffer.getvalue()))) as image:
        assert (image.format, image.size) == ("JPEG", (1400, 700))
