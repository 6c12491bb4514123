"""Outlines of honest files are true, and those of cut files say so."""

import pytest

from app.domain.errors import CorruptImageError
from app.media.containers.outline import Outline
from app.media.containers.png import keep_picture_chunks
from app.media.containers.walks import outline_image, prepare_image
from app.media.formats import ImageFormat
from app.media.limits import DecodeLimits
from tests.images import (
    encode,
    encode_animation,
    exif,
    header_bomb,
    photo_array,
    png_chunk,
    raw_png,
    solid_array,
)

LIMITS = DecodeLimits()
# sides that HEVC stores as they are: it pads others, and the outline is that of the padded
PHOTO = photo_array(seed=2, size=(128, 64))


@pytest.mark.parametrize("image_format", list(ImageFormat))
def test_size_frames_and_end_of_a_still_picture(image_format: ImageFormat) -> None:
    data = encode(PHOTO, image_format)
    assert outline_image(data, image_format, LIMITS) == Outline(128, 64, 1, complete=True)


@pytest.mark.parametrize("image_format", list(ImageFormat))
def test_no_cut_is_complete_and_none_breaks_the_walk(image_format: ImageFormat) -> None:
    data = encode(PHOTO, image_format)
    for end in range(len(data) - 4):  # a checksum may be missing
        outline = outline_image(data[:end], image_format, LIMITS)
        assert not outline.complete
        assert outline.width in {0, 128}


@pytest.mark.parametrize(
    ("image_format", "options"),
    [
        (ImageFormat.JPEG, {"progressive": True, "exif": exif(6), "comment": b"\xff\xd9"}),
        (ImageFormat.JPEG, {"restart_marker_rows": 1}),
        (ImageFormat.WEBP, {"lossless": True}),
        (ImageFormat.WEBP, {"exif": exif(6)}),
    ],
)
def test_variants_of_a_format(image_format: ImageFormat, options: dict[str, object]) -> None:
    outline = outline_image(encode(PHOTO, image_format, **options), image_format, LIMITS)
    assert outline == Outline(128, 64, 1, complete=True)


@pytest.mark.parametrize("image_format", [ImageFormat.GIF, ImageFormat.PNG, ImageFormat.WEBP])
def test_frames_are_counted(image_format: ImageFormat) -> None:
    frames = [photo_array(seed, (20, 16)) for seed in range(7)]
    outline = outline_image(encode_animation(frames, image_format), image_format, LIMITS)
    assert outline == Outline(20, 16, 7, complete=True)


def test_a_picture_ahead_of_an_animated_png_is_counted() -> None:
    frames = [solid_array((level, 0, 0)) for level in range(0, 90, 30)]
    data = encode_animation(frames, "png", default_image=True)
    assert outline_image(data, ImageFormat.PNG, LIMITS).frame_count == 3


def test_a_frame_outside_the_screen_of_a_gif_widens_it() -> None:
    data = header_bomb("gif", (4, 4))
    assert outline_image(data, ImageFormat.GIF, LIMITS) == Outline(16, 16, 1, complete=True)


def test_a_bitmap_that_runs_downwards_has_a_positive_height() -> None:
    data = header_bomb("bmp", (16, -16))
    assert outline_image(data, ImageFormat.BMP, LIMITS).height == 16


def test_scans_are_counted() -> None:
    data = encode(PHOTO, "jpeg", progressive=True)
    scans = data.count(b"\xff\xda")
    assert scans > 1
    assert outline_image(data, ImageFormat.JPEG, DecodeLimits(max_scans=scans)).complete
    with pytest.raises(CorruptImageError):
        outline_image(data, ImageFormat.JPEG, DecodeLimits(max_scans=scans - 1))


def test_only_the_chunks_of_the_picture_are_kept() -> None:
    texts = (png_chunk(b"tEXt", b"a\0b"), png_chunk(b"iCCP", b"c"), png_chunk(b"eXIf", exif(6)[6:]))
    kept = keep_picture_chunks(raw_png(PHOTO, 2, *texts))
    assert kept == raw_png(PHOTO, 2, texts[2])
    assert keep_picture_chunks(kept[:100]) == kept[:100]


@pytest.mark.parametrize("image_format", list(ImageFormat))
def test_a_plain_file_is_prepared_by_leaving_it_alone(image_format: ImageFormat) -> None:
    for data in (encode(PHOTO, image_format), encode(PHOTO, image_format)[:20]):
        assert prepare_image(data, image_format) == data


def test_an_outline_checks_itself() -> None:
    with pytest.raises(ValueError, match="not the shape"):
        Outline(width=-1)
    with pytest.raises(ValueError, match="not the shape"):
        Outline(frame_count=0)
