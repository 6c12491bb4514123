"""A rectangle in a photo: `[x_min, y_min, x_max, y_max]` in pixels of the upright original.

The maxima are exclusive, so a box around a whole 640 x 480 photo is `Box(0, 0, 640, 480)`. A box
without area does not exist: the constructor refuses it.
"""

from dataclasses import dataclass

from app.domain.errors import InvalidBoxError


@dataclass(frozen=True, slots=True, order=True)
class Box:
    """Four integers; `x_min < x_max` and `y_min < y_max`, none negative."""

    x_min: int
    y_min: int
    x_max: int
    y_max: int

    def __post_init__(self) -> None:
        if not (0 <= self.x_min < self.x_max and 0 <= self.y_min < self.y_max):
            raise InvalidBoxError(f"box {list(self.as_tuple())} has no area or starts below zero")

    @classmethod
    def whole(cls, width: int, height: int) -> "Box":
        """Return the box that covers a photo of `width` x `height` pixels."""
        return cls(0, 0, width, height)

    @property
    def width(self) -> int:
        """Pixels from left to right."""
        return self.x_max - self.x_min

    @property
    def height(self) -> int:
        """Pixels from top to bottom."""
        return self.y_max - self.y_min

    @property
    def area(self) -> int:
        """Square pixels."""
        return self.width * self.height

    def as_tuple(self) -> tuple[int, int, int, int]:
        """Return `(x_min, y_min, x_max, y_max)`, the order of the contract."""
        return (self.x_min, self.y_min, self.x_max, self.y_max)

    def within(self, width: int, height: int) -> "Box":
        """Return itself when it lies inside a `width` x `height` photo, else refuse.

        Raises:
            InvalidBoxError: when any edge lies outside.
        """
        if self.x_max > width or self.y_max > height:
            raise InvalidBoxError(
                f"box {list(self.as_tuple())} lies outside a photo of {width} x {height} pixels"
            )
        return self

    def overlap(self, other: "Box") -> float:
        """Return the intersection over union with `other`, between 0 and 1.

        >>> Box(0, 0, 10, 10).overlap(Box(5, 0, 15, 10))  # 50 shared of 150
        0.3333333333333333
        """
        wide = min(self.x_max, other.x_max) - max(self.x_min, other.x_min)
        high = min(self.y_max, other.y_max) - max(self.y_min, other.y_min)
        shared = max(wide, 0) * max(high, 0)
        return shared / (self.area + other.area - shared)
