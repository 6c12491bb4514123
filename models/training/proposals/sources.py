"""Where labelled scenes come from: composites made on the spot, and photos that someone labelled.

A source is asked by seed and number and always gives the same scene for the same pair, so a pool
can be made in parts and again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

import cv2
import numpy as np
from PIL import Image, ImageOps

from models.regions import Photo
from models.training.proposals.scene import Floats, LabelledScene

Box = tuple[float, float, float, float]
MarkT = TypeVar("MarkT")
Mark_contra = TypeVar("Mark_contra", contravariant=True)


class SceneSource(Protocol):
    """Gives labelled scenes by number."""

    def scene(self, seed: int, index: int) -> LabelledScene:
        """Return the scene of that number; the same for the same seed and number."""


class PlacedMark(Protocol):
    """A mark in a composite, as far as the proposer cares."""

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Where it lies, in pixels of the composite."""


class Composite(Protocol):
    """A photo with marks on it."""

    @property
    def photo(self) -> Photo:
        """The picture."""

    @property
    def placed(self) -> Sequence[PlacedMark]:
        """The marks on it."""


class SceneMaker(Protocol[Mark_contra]):
    """What composes: `models.training.compositing.Compositor` is one."""

    def scene(
        self, rng: np.random.Generator, marks: Sequence[Mark_contra], *, long_side: int = ...
    ) -> Composite:
        """Put the marks on a photo."""


@dataclass(frozen=True, slots=True)
class CompositeScenes(Generic[MarkT]):
    """Composites of marks drawn evenly; most carry one mark, some up to four."""

    maker: SceneMaker[MarkT]
    marks: Sequence[MarkT]
    long_side: int = 512
    odds: tuple[float, ...] = (0.0, 0.55, 0.25, 0.12, 0.08)  # of 0, 1, 2, … marks in a scene

    def scene(self, seed: int, index: int) -> LabelledScene:
        """Compose the scene of that number."""
        rng = np.random.default_rng((seed, index))
        many = min(int(rng.choice(len(self.odds), p=self.odds)), len(self.marks))
        chosen = [self.marks[i] for i in rng.choice(len(self.marks), many, replace=False)]
        made = self.maker.scene(rng, chosen, long_side=self.long_side)
        return LabelledScene(made.photo, kept_boxes([p.box for p in made.placed], made.photo))


@dataclass(frozen=True, slots=True)
class PhotoScenes:
    """Labelled photos as they are, in order and then again from the start.

    Without boxes a photo says "nothing here" everywhere. Where a photo may show further marks that
    nobody boxed, a `trust` below 1 makes that weigh less.
    """

    photos: Sequence[tuple[Path, Sequence[Box]]]
    trust: float = 1.0
    long_side: int = 512
    read: Callable[[Path], Photo] | None = None

    def scene(self, seed: int, index: int) -> LabelledScene:  # noqa: ARG002  photos need no chance
        """Return photo `index`, shrunk to the long side."""
        path, boxes = self.photos[index % len(self.photos)]
        photo = (self.read or read_photo)(path)
        scale = min(1.0, self.long_side / max(photo.shape[:2]))
        height, width = (max(1, round(side * scale)) for side in photo.shape[:2])
        small: Any = cv2.resize(photo, (width, height), interpolation=cv2.INTER_AREA)
        return LabelledScene(small, kept_boxes(np.asarray(boxes) * scale, small), self.trust)


def read_photo(path: Path) -> Photo:
    """Return a training photo upright, in RGB. For files of one's own: no limits are checked."""
    with Image.open(path) as image:
        return np.asarray(ImageOps.exif_transpose(image).convert("RGB"), np.uint8)


def kept_boxes(boxes: object, photo: Photo) -> Floats:
    """Return boxes clipped to the photo, without those that then have no area."""
    height, width = photo.shape[:2]
    rows = np.asarray(boxes, np.float32).reshape(-1, 4)
    rows = np.clip(rows, 0, np.array([width, height] * 2, np.float32))
    inside = (rows[:, 2] - rows[:, 0] >= 1) & (rows[:, 3] - rows[:, 1] >= 1)
    return np.asarray(rows[inside], np.float32)
