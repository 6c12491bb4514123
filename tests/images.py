"""Sample images for every test: generated, encoded in memory, never stored.

Pictures are (height, width, 3) UInt8 RGB arrays; sizes are (width, height), as everywhere else.
The same arguments always give the same pixels. The encoded files are honest except those of
`header_bomb`, which promise a picture that is not there.
"""

import io
import struct
import zlib
from collections.abc import Sequence

import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import Image

Picture = NDArray[np.uint8]
Size = tuple[int, int]

RED, GREEN, BLUE, WHITE = (220, 20, 30), (20, 190, 40), (30, 40, 210), (250, 250, 250)
ORIENTATION_TAG = 0x0112


def photo_array(seed: int = 0, size: Size = (320, 240)) -> Picture:
    """A photo-like picture: soft light, a few objects with edges, fine grain."""
    rng = np.random.default_rng(seed)
    width, height = size
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    corners = rng.uniform(60, 220, (3, 3))
    light = corners[0] + x[..., None] / width * (corners[1] - corners[0])
    canvas = light + y[..., None] / height * (corners[2] - corners[0])
    for _ in range(6):
        centre_x, centre_y = rng.uniform(0, width), rng.uniform(0, height)
        radius_x, radius_y = rng.uniform(0.05, 0.3, 2) * min(size)
        inside = ((x - centre_x) / radius_x) ** 2 + ((y - centre_y) / radius_y) ** 2 < 1
        canvas[inside] = rng.uniform(0, 255, 3) + rng.normal(0, 4, 3)
    canvas += rng.normal(0, 4, (height, width, 1))
    photo: Picture = np.clip(canvas, 0, 255).astype(np.uint8)
    return photo


def solid_array(colour: tuple[int, int, int] = RED, size: Size = (32, 24)) -> Picture:
    """One colour all over."""
    width, height = size
    return np.full((height, width, 3), colour, dtype=np.uint8)


def quarters_array(size: Size = (64, 48)) -> Picture:
    """Red top left, green top right, blue bottom left, white bottom right: no turn looks alike."""
    width, height = size
    picture = solid_array(WHITE, size)
    picture[: height // 2, : width // 2] = RED
    picture[: height // 2, width // 2 :] = GREEN
    picture[height // 2 :, : width // 2] = BLUE
    return picture


def encode(picture: Picture, image_format: str, **options: object) -> bytes:
    """An image file of the picture; options go to the encoder as they are."""
    return encode_image(Image.fromarray(picture), image_format, **options)


def encode_image(image: Image.Image, image_format: str, **options: object) -> bytes:
    """An image file of a Pillow image of any mode that the format can hold."""
    buffer = io.BytesIO()
    if image_format == "heif":
        raw = image.tobytes()
        # 4:4:4 keeps colours within their edges, as the other formats' samples do
        pillow_heif.encode(image.mode, image.size, raw, buffer, **{"chroma": 444, **options})
    else:
        image.save(buffer, image_format, **options)
    return buffer.getvalue()


def encode_mode(picture: Picture, mode: str, image_format: str, **options: object) -> bytes:
    """The picture stored in another Pillow mode: L, 1, P, CMYK, RGBA."""
    return encode_image(Image.fromarray(picture).convert(mode), image_format, **options)


def encode_oriented(
    upright: Picture,
    orientation: int,
    image_format: str,
    **options: object,
) -> bytes:
    """A file whose stored pixels are turned, with the EXIF tag (1 to 8) that says how.

    The tag names the sides on which the first stored row and column lie (EXIF 2.32, 4.6.5.1).
    """
    swapped = upright.transpose(1, 0, 2)
    stored = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: swapped,
        6: swapped[::-1],
        7: swapped[::-1, ::-1],
        8: swapped[:, ::-1],
    }[orientation]
    return encode(np.ascontiguousarray(stored), image_format, exif=exif(orientation), **options)


def exif(orientation: int) -> bytes:
    """An EXIF block with this one tag."""
    tags = Image.Exif()
    tags[ORIENTATION_TAG] = orientation
    return tags.tobytes()


def encode_animation(frames: Sequence[Picture], image_format: str, **options: object) -> bytes:
    """A GIF, WebP, AVIF or animated PNG, a tenth of a second a frame."""
    first, *others = [Image.fromarray(frame) for frame in frames]
    return encode_image(
        first,
        image_format,
        **{"save_all": True, "append_images": others, "duration": 100, **options},
    )


def png_chunk(kind: bytes, body: bytes = b"") -> bytes:
    """One PNG chunk with its checksum."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def raw_png(
    samples: NDArray[np.uint8] | NDArray[np.uint16],
    colour_type: int,
    *chunks: bytes,
    size: Size | None = None,
) -> bytes:
    """A PNG written by hand, for what Pillow does not write (16-bit colour) or should not.

    Args:
        samples: (height, width) or (height, width, channels), 8 or 16 bits.
        colour_type: 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGBA.
        chunks: Put between the header and the pixels.
        size: What the header says, if not the truth.
    """
    width, height = size or (samples.shape[1], samples.shape[0])
    bits = samples.dtype.itemsize * 8
    header = struct.pack(">IIBBBBB", width, height, bits, colour_type, 0, 0, 0)
    rows = samples.astype(samples.dtype.newbyteorder(">"))
    pixels = zlib.compress(b"".join(b"\0" + row.tobytes() for row in rows))
    parts = [png_chunk(b"IHDR", header), *chunks, png_chunk(b"IDAT", pixels), png_chunk(b"IEND")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def header_bomb(image_format: str, size: Size) -> bytes:
    """A tiny file whose header promises `size`: JPEG, PNG, GIF, BMP, WebP, AVIF or HEIF."""
    width, height = size
    small = encode(solid_array(size=(16, 16)), image_format)
    if image_format == "png":
        return raw_png(np.zeros((1, 1), np.uint8), 0, size=size)
    if image_format == "gif":
        return small[:6] + struct.pack("<HH", width, height) + small[10:]
    if image_format == "bmp":
        return small[:18] + struct.pack("<ii", width, height) + small[26:]
    if image_format == "webp":
        canvas = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
        chunks = b"WEBPVP8X" + struct.pack("<II", 10, 0) + canvas + small[12:]
        return b"RIFF" + struct.pack("<I", len(chunks)) + chunks
    if image_format == "jpeg":
        at = small.index(b"\xff\xc0") + 5
        return small[:at] + struct.pack(">HH", height, width) + small[at + 4 :]
    at = small.index(b"ispe") + 8  # the box of the picture's size, in AVIF and HEIF alike
    return small[:at] + struct.pack(">II", width, height) + small[at + 8 :]
