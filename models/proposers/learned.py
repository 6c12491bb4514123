"""The trained proposer: a network says where motifs sit, and a coarse grid stays as a floor.

    photo ─▶ scaled and padded to the network's input ─▶ network ─▶ scores above a threshold
        ─▶ one box per thing seen ─▶ the best `count`, back in the photo's pixels
    regions = whole photo, coarse grid, those boxes

The grid is for what has no edges a box could follow: patterns and trade dress. The network runs
behind a plain callable, so this file knows neither torch nor OpenVINO.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import cv2
import numpy as np
from numpy.typing import NDArray

from models.proposers.grid import GridProposer
from models.proposers.suppression import suppressed
from models.regions import Boxes, Photo, Regions

Floats = NDArray[np.float32]
ProposalRuntime = Callable[[NDArray[np.uint8]], Floats]  # (N, H, W, 3) to (N, locations, 5)

_FLOOR_OVERLAP = 0.34
_PADDING = 127
_CANDIDATES = 300  # before suppression, whose cost grows with their square


@dataclass(frozen=True, slots=True)
class LearnedSettings:
    """What of the network's answer becomes a region; part of the proposer's name."""

    side: int = 512  # of the square input; a multiple of 32
    count: int = 24
    threshold: float = 0.02
    overlap: float = 0.6
    margin: float = 0.0  # added on each side, as a share of the box's width and height
    min_side: int = 12  # pixels of the photo
    floor: tuple[float, ...] = (1.0, 0.5)  # scales of the coarse grid

    def __post_init__(self) -> None:
        if self.side < 32 or self.side % 32:
            raise ValueError(f"the input's side is a multiple of 32, not {self.side}")
        if self.count < 1 or self.min_side < 1:
            raise ValueError("count and min_side start at 1")
        if not 0 <= self.threshold < 1 or not 0 < self.overlap <= 1 or not 0 <= self.margin < 1:
            raise ValueError("threshold, overlap and margin are shares of one")


PROFILES: Mapping[str, LearnedSettings] = MappingProxyType(
    {"full": LearnedSettings(), "fast": LearnedSettings(side=320, count=8, floor=(1.0,))}
)


@dataclass(frozen=True, slots=True)
class Letterbox:
    """How a photo lies in the network's input: scaled, in the top left corner."""

    width: int  # of the photo
    height: int
    side: int

    @property
    def inside(self) -> tuple[int, int]:
        """Width and height of the scaled photo, at least one pixel each."""
        scale = self.side / max(self.width, self.height)
        return max(1, round(self.width * scale)), max(1, round(self.height * scale))

    @property
    def scales(self) -> Floats:
        """Input pixels per photo pixel, for x_min, y_min, x_max, y_max."""
        wide, high = self.inside
        return np.array([wide / self.width, high / self.height] * 2, np.float32)

    def pixels(self, photo: Photo) -> NDArray[np.uint8]:
        """Return the `(side, side, 3)` input that shows the photo."""
        shrinks = self.side < max(self.width, self.height)
        method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
        wide, high = self.inside
        canvas = np.full((self.side, self.side, 3), _PADDING, np.uint8)
        canvas[:high, :wide] = cv2.resize(photo, (wide, high), interpolation=method)
        return canvas

    def to_photo(self, boxes: Floats) -> Floats:
        """Return boxes of the input in pixels of the photo."""
        return np.asarray(boxes, np.float32) / self.scales

    def to_input(self, boxes: Floats) -> Floats:
        """Return boxes of the photo in pixels of the input."""
        return np.asarray(boxes, np.float32) * self.scales


class LearnedProposer:
    """A `RegionProposer` around a trained network; as thread-safe as its runtime."""

    def __init__(
        self,
        runtime: ProposalRuntime,
        weights_sha256: str,
        settings: LearnedSettings | None = None,
    ) -> None:
        self._runtime = runtime
        self._weights = weights_sha256
        self.settings = settings or LearnedSettings()
        self._floor = GridProposer(self.settings.floor, overlap=_FLOOR_OVERLAP)

    @property
    def name(self) -> str:
        """Names the weights, every setting and the floor."""
        s = self.settings
        numbers = f"s{s.side}-n{s.count}-t{s.threshold:g}-o{s.overlap:g}-e{s.margin:g}"
        return f"learned-{self._weights[:12]}-{numbers}-m{s.min_side}+{self._floor.name}"

    def propose(self, photo: Photo) -> Regions:
        """Return the whole photo, the coarse grid and the learned boxes, best first."""
        floor = self._floor.propose(photo).boxes
        learned = self.scored(photo)[0].boxes
        every = np.concatenate([floor, learned])
        _, first = np.unique(every, axis=0, return_index=True)
        return Regions(photo, every[np.sort(first)])

    def scored(self, photo: Photo) -> tuple[Regions, Floats]:
        """Return the learned boxes alone, best first, and their scores."""
        height, width = photo.shape[:2]
        fit = Letterbox(width, height, self.settings.side)
        answer = self._runtime(fit.pixels(photo)[None])[0]  # (locations, 5)
        candidates = self._candidates(answer, fit)
        kept = suppressed(
            candidates[:, 1:],
            candidates[:, 0],
            overlap=self.settings.overlap,
            count=self.settings.count,
        )
        boxes = self._whole_pixels(fit.to_photo(candidates[kept, 1:]), width, height)
        return Regions(photo, boxes), candidates[kept, 0].copy()

    def _candidates(self, answer: Floats, fit: Letterbox) -> Floats:
        """Return the best-scored rows, clipped to the photo, without those that miss it."""
        rows = np.flatnonzero(answer[:, 0] >= self.settings.threshold)
        if len(rows) > _CANDIDATES:
            rows = rows[np.argsort(-answer[rows, 0], kind="stable")[:_CANDIDATES]]
        best = answer[rows].astype(np.float32)
        wide, high = fit.inside
        best[:, 1:] = np.clip(best[:, 1:], 0, np.array([wide, high] * 2, np.float32))
        seen = (best[:, 3] > best[:, 1]) & (best[:, 4] > best[:, 2])
        kept: Floats = best[seen]
        return kept

    def _whole_pixels(self, boxes: Floats, width: int, height: int) -> Boxes:
        """Widen by the margin and to the smallest side, move into the photo, round."""
        s = self.settings
        room = np.array([width, height], np.float32)
        more = (boxes[:, 2:] - boxes[:, :2]) * s.margin
        lows = np.clip(boxes[:, :2] - more, 0, room)
        highs = np.clip(boxes[:, 2:] + more, 0, room)
        sides = np.minimum(np.maximum(highs - lows, s.min_side), room)
        lows = np.clip((lows + highs - sides) / 2, 0, room - sides)
        whole = np.minimum(np.rint(lows), room - 1)
        ends = np.maximum(np.minimum(np.rint(lows + sides), room), whole + 1)
        return np.concatenate([whole, ends], axis=1).astype(np.int32)
