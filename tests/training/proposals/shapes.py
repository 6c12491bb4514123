"""Scenes with bright rings on noise: the simplest thing a proposer can learn to find."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from models.regions import Photo
from models.training.proposals.scene import LabelledScene


@dataclass(frozen=True)
class Ring:
    box: tuple[int, int, int, int]


@dataclass(frozen=True)
class Drawn:
    photo: Photo
    placed: tuple[Ring, ...]


class RingMaker:
    """Composes as the compositor does; a mark is the colour of a ring."""

    def scene(
        self,
        rng: np.random.Generator,
        marks: Sequence[tuple[int, int, int]],
        *,
        long_side: int = 128,
    ) -> Drawn:
        photo = rng.normal(90, 12, (long_side, long_side, 3)).clip(0, 255).astype(np.uint8)
        rings = []
        for colour in marks:
            radius = int(rng.integers(long_side // 10, long_side // 4))
            x, y = (int(v) for v in rng.integers(radius + 1, long_side - radius - 1, 2))
            cv2.circle(photo, (x, y), radius, colour, -1)
            cv2.circle(photo, (x, y), radius // 2, (20, 20, 20), -1)
            rings.append(Ring((x - radius, y - radius, x + radius + 1, y + radius + 1)))
        return Drawn(photo, tuple(rings))


COLOURS = ((240, 230, 40), (230, 60, 220), (60, 240, 230))


@dataclass(frozen=True)
class RingScenes:
    """One ring in a scene, drawn anew for every number."""

    long_side: int = 128

    def scene(self, seed: int, index: int) -> LabelledScene:
        rng = np.random.default_rng((seed, index))
        drawn = RingMaker().scene(rng, COLOURS[:1], long_side=self.long_side)
        return LabelledScene(drawn.photo, np.array([r.box for r in drawn.placed], np.float32))
