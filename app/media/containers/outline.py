"""What a walk over a file's headers finds out. The numbers are the file's own claims, not facts."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outline:
    """The shape of a file.

    Attributes:
        width: Columns as stored, before any turning or cropping; 0 if no header says.
        height: Rows, likewise.
        frame_count: At least 1. AVIF and HEIF count as one picture even when they are sequences.
        complete: The end of the picture is there. Asked only after a decoder failed, to tell a
            file that was cut off from one that is damaged.

    Raises:
        ValueError: A negative size, or no frame.
    """

    width: int = 0
    height: int = 0
    frame_count: int = 1
    complete: bool = False

    def __post_init__(self) -> None:
        if self.width < 0 or self.height < 0 or self.frame_count < 1:
            raise ValueError(f"not the shape of a picture: {self}")
