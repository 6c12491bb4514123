"""What decoding hands on: one to a few upright RGB pictures of equal size, which nobody can alter.

The arrays are made read-only, so that a photo looks the same to everyone who is given it.
"""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.media.formats import ImageFormat

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, eq=False)
class DecodedImage:
    """A decoded photo.

    Attributes:
        frames: Each (height, width, 3) UInt8, RGB, upright, read-only. `frames[0]` is the picture;
            further ones are there only for an animation, in its order.
        format: What the bytes were, whatever they were called.
        sha256: Of the bytes as received, in lower-case hexadecimal.
        frame_count_total: Frames that the file says it has, of which `frames` are a sample.

    Raises:
        ValueError: No frame, a frame of another type, shape or size, a hash that is none, or
            fewer frames in total than there are.
    """

    frames: tuple[NDArray[np.uint8], ...]
    format: ImageFormat
    sha256: str
    frame_count_total: int

    def __post_init__(self) -> None:
        if not self.frames:
            raise ValueError("a decoded image has at least one frame")
        for frame in self.frames:
            _check_frame(frame, self.frames[0].shape)
        if not _SHA256.fullmatch(self.sha256):
            raise ValueError(f"not a SHA-256 in hexadecimal: {self.sha256!r}")
        if self.frame_count_total < len(self.frames):
            raise ValueError(f"{len(self.frames)} frames of {self.frame_count_total}")
        object.__setattr__(self, "frames", tuple(_read_only(frame) for frame in self.frames))

    @property
    def width(self) -> int:
        """Columns of the upright picture; boxes are in its pixels."""
        return int(self.frames[0].shape[1])

    @property
    def height(self) -> int:
        """Rows of the upright picture."""
        return int(self.frames[0].shape[0])


def _check_frame(frame: NDArray[np.uint8], shape: tuple[int, ...]) -> None:
    """Refuse what is not a picture, or not of the size of the first one."""
    if frame.dtype != np.uint8 or frame.ndim != 3 or frame.shape[2] != 3 or frame.size == 0:
        raise ValueError(f"not an 8-bit RGB picture: {frame.dtype} {frame.shape}")
    if frame.shape != shape:
        raise ValueError(f"frames of different sizes: {shape} and {frame.shape}")


def _read_only(frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A view that refuses writing; the pixels are not copied."""
    view = frame.view()
    view.flags.writeable = False
    return view
