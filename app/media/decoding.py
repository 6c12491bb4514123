"""Bytes become a picture: safe, upright, 8-bit RGB, or a refusal that says why.

    bytes ─▶ size ─▶ formats.sniff_format ─▶ containers.outline_image ─▶ limits
          ─▶ one named decoder (Pillow's plugin, or libheif) ─▶ pixels.upright_rgb ─▶ DecodedImage

Everything before the decoder costs next to nothing and allocates nothing; the decoder sees only
files whose header is within the limits. Whatever it throws leaves here as an `ImageRefusedError`.
An animated GIF, PNG or WebP is sampled evenly; if one of its later frames is broken, the good ones
before it are kept, as viewers do, while a first frame that ends early is refused rather than shown
half grey. Of an AVIF or HEIF sequence, and of the several pictures of a phone's JPEG, the first is
taken. A small picture is decoded like any other: what it is good for is not asked here.
"""

import hashlib
import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import PIL
import pillow_heif
from numpy.typing import NDArray
from PIL import Image, ImageFile

from app.domain.errors import (
    CorruptImageError,
    EmptyImageError,
    ImageRefusedError,
    TooManyPixelsError,
    TruncatedImageError,
    UnsupportedImageError,
)
from app.media.containers.outline import Outline
from app.media.containers.walks import outline_image, prepare_image
from app.media.decoded import DecodedImage
from app.media.formats import ImageFormat, sniff_format
from app.media.heif import open_heif
from app.media.limits import DecodeLimits
from app.media.pixels import read_turn, upright_rgb

# a frame takes time however small it is, so that a million tiny ones cannot slip through
_LEAST_FRAME_COST = 65_536

Frames = tuple[NDArray[np.uint8], ...]


def decoder_versions() -> str:
    """Name the decoders: two versions of one may differ in a pixel."""
    return f"pillow-{PIL.__version__} heif-{pillow_heif.libheif_version()}"


def decode_image(data: bytes, limits: DecodeLimits) -> DecodedImage:
    """Decode one image file held in memory.

    Raises:
        EmptyImageError: No bytes.
        ImageTooLargeError: More bytes than the limit.
        UnsupportedImageError: Not one of the seven formats.
        TooManyPixelsError: The header states more pixels than the limit.
        TruncatedImageError: The file ends before its picture does.
        CorruptImageError: It cannot be decoded for any other reason, or only at a cost that no
            honest file has (see `DecodeLimits.max_scans` and `max_parts`).
    """
    if not data:
        raise EmptyImageError("The image file is empty.")
    limits.check_bytes(len(data))
    image_format = sniff_format(data)
    if image_format is None:
        raise UnsupportedImageError(f"The file is not one of {', '.join(ImageFormat)}.")
    outline = outline_image(data, image_format, limits)
    limits.check_pixels(outline.width, outline.height)
    with _refusals_named(image_format, outline):
        frames = _decode(data, image_format, outline, limits)
    digest = hashlib.sha256(data).hexdigest()
    return DecodedImage(frames, image_format, digest, outline.frame_count)


def choose_frames(frame_count: int, pixels: int, limits: DecodeLimits) -> tuple[int, ...]:
    """Which frames of an animation to keep: evenly spaced, the first one always.

    The spacing covers as many leading frames as `max_sequence_pixels` pays for.

    >>> choose_frames(10, pixels=1_000_000, limits=DecodeLimits())
    (0, 2, 5, 7)
    >>> choose_frames(10, pixels=1_000_000, limits=DecodeLimits(max_sequence_pixels=6_000_000))
    (0, 1, 3, 4)
    >>> choose_frames(1, pixels=1_000_000, limits=DecodeLimits(max_sequence_pixels=1))
    (0,)
    """
    affordable = max(1, limits.max_sequence_pixels // max(pixels, _LEAST_FRAME_COST))
    reach = min(frame_count, affordable)
    kept = min(reach, limits.max_frames)
    return tuple(position * reach // kept for position in range(kept))


def _decode(
    data: bytes,
    image_format: ImageFormat,
    outline: Outline,
    limits: DecodeLimits,
) -> Frames:
    """The chosen frames, each (height, width, 3)."""
    if image_format is ImageFormat.HEIF:  # libheif has turned it already
        return (upright_rgb(open_heif(data, limits), turn=None),)
    source = io.BytesIO(prepare_image(data, image_format))
    # naming the format keeps Pillow's forty other plugins, and its guesses, out of this
    with Image.open(source, formats=(image_format,)) as image:
        limits.check_pixels(*image.size)  # again: a cut header may have hidden it from the walk
        chosen = choose_frames(outline.frame_count, image.width * image.height, limits)
        return tuple(_read_frames(image, chosen, limits))


def _read_frames(
    image: ImageFile.ImageFile,
    chosen: tuple[int, ...],
    limits: DecodeLimits,
) -> Iterator[NDArray[np.uint8]]:
    """Decode forwards; the sequence ends at the first later frame that is broken."""
    size = image.size
    image.load()
    turn = read_turn(image)
    yield upright_rgb(image, turn)
    for position in chosen[1:]:
        try:
            image.seek(position)
            limits.check_pixels(*image.size)
            image.load()
            frame = upright_rgb(image, turn)
        except Exception:  # noqa: BLE001 - decoders raise anything, and a good frame is at hand
            return
        if image.size != size:  # a GIF that outgrows its canvas: boxes would not fit any more
            return
        yield frame


@contextmanager
def _refusals_named(image_format: ImageFormat, outline: Outline) -> Iterator[None]:
    """Turn whatever a decoder raises into a refusal, and keep its warnings to itself.

    The filter names Pillow's modules only: filters are shared by all threads before Python 3.14,
    and a wider one could hide a warning of another thread's.
    """
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module=r"PIL\.")
            yield
    except ImageRefusedError:
        raise
    except Image.DecompressionBombError as error:
        raise TooManyPixelsError("The image has more pixels than the limit.") from error
    except Exception as error:  # decoders raise anything, from struct.error to MemoryError
        name = image_format.upper()
        if outline.complete:
            raise CorruptImageError(f"The {name} image is damaged.") from error
        raise TruncatedImageError(f"The {name} file ends before its picture does.") from error
