"""Scenes: a photo with marks in it, and the truth about them.

    photo ─▶ ground of the asked size ─▶ each mark: ink ─▶ surface ─▶ technique
          ─▶ tricks around it ─▶ wear ─▶ `Scene`

Everything is drawn from the generator that the caller hands in: equal seed, equal picture.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from models.training.compositing.chances import draw_pose, technique_for, tricks_for
from models.training.compositing.colouring import coloured
from models.training.compositing.ink import Floats, Ink
from models.training.compositing.names import TECHNIQUES, TRICKS
from models.training.compositing.placement import (
    LEGIBLE,
    cut_patch,
    prominence,
    seen_box,
    spot,
    write_patch,
)
from models.training.compositing.surfaces import lay
from models.training.compositing.techniques import TECHNIQUE_FUNCTIONS
from models.training.compositing.tricks import TRICK_FUNCTIONS, Box, emoji_from
from models.training.compositing.wear import worn
from models.training.marks.mark import Mark
from models.training.marks.store import MarkStore

_EMOJI_SOURCE = "noto"
_TRIES = 4
_SMALLEST_REPEAT = 24  # pixels of a pattern's unit, below which nobody can tell what it is


@dataclass(frozen=True, slots=True)
class Placed:
    """A mark in a scene; `share` is its longer side over the photo's short side."""

    identity: str
    box: Box
    technique: str
    surface: str
    tricks: tuple[str, ...]
    share: float

    def __post_init__(self) -> None:
        left, top, right, bottom = self.box
        if not (0 <= left < right and 0 <= top < bottom and self.share > 0):
            raise ValueError(f"not a place in a photo: {self.box} with a share of {self.share}")


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A finished photo `(H, W, 3)` uint8 and what was put into it."""

    photo: NDArray[np.uint8]
    placed: tuple[Placed, ...]

    def __post_init__(self) -> None:
        height, width = self.photo.shape[:2]
        for one in self.placed:
            if one.box[2] > width or one.box[3] > height:
                raise ValueError(f"{one.box} lies outside a photo of {width} x {height} pixels")


class Compositor:
    """Makes scenes from a store of marks and a collection of ordinary photos."""

    def __init__(self, store: MarkStore, photos: Sequence[NDArray[np.uint8]]) -> None:
        if not photos:
            raise ValueError("a compositor needs photos to put marks on")
        self._store = store
        self._photos = photos
        faces = [mark for mark in store.marks if mark.source == _EMOJI_SOURCE][:200]
        emoji = emoji_from(tuple(store.rgba(mark) for mark in faces))
        self._tricks = {**TRICK_FUNCTIONS, "emoji": emoji}

    def scene(
        self,
        rng: np.random.Generator,
        marks: Sequence[Mark],
        *,
        share: float | None = None,
        technique: str | None = None,
        trick: str | None = None,
        long_side: int = 512,
    ) -> Scene:
        """Put every mark somewhere in one photo, apart from one another where room allows.

        `share` fixes the size of each mark's longer side as a share of the photo's short side
        (drawn from 5 to 70 % otherwise); `technique` and `trick` fix those, `trick="none"` forbids
        tricks.

        Raises:
            ValueError: for a technique or a trick that does not exist.
        """
        _check_name(technique, TECHNIQUES)
        _check_name(trick, ("none", *TRICKS))
        canvas = self.ground(rng, long_side)
        placed: list[Placed] = []
        for mark in marks:
            size = share or float(np.exp(rng.uniform(np.log(0.05), np.log(0.7))))
            one = self._put(canvas, mark, size, placed, rng, technique, trick)
            if one is not None:
                placed.append(one)
        if trick == "collage" or (trick is None and rng.random() < 0.05):
            canvas, placed = self._collage(canvas, placed, rng)
        return Scene(worn(canvas, rng), tuple(placed))

    def ground(self, rng: np.random.Generator, long_side: int) -> Floats:
        """Return an ordinary photo as `(H, W, 3)` floats, flipped and cropped at random."""
        photo = self._photos[int(rng.integers(len(self._photos)))]
        height, width = photo.shape[:2]
        keep = rng.uniform(0.6, 1.0)
        rows, columns = max(16, int(height * keep)), max(16, int(width * keep))
        top = int(rng.integers(0, max(1, height - rows + 1)))
        left = int(rng.integers(0, max(1, width - columns + 1)))
        cut = photo[top : top + rows, left : left + columns]
        if rng.random() < 0.5:
            cut = cut[:, ::-1]
        scale = long_side / max(cut.shape[:2])
        size = (max(32, round(cut.shape[1] * scale)), max(32, round(cut.shape[0] * scale)))
        method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        resized = cv2.resize(np.ascontiguousarray(cut), size, interpolation=method)
        return np.asarray(resized, np.float32) / np.float32(255)

    def disturb(
        self, canvas: Floats, box: Box, tricks: Sequence[str], rng: np.random.Generator
    ) -> None:
        """Play those tricks on the canvas that work on a finished picture."""
        for name in tricks:
            if name in self._tricks:
                self._tricks[name](canvas, box, rng)

    def _put(
        self,
        canvas: Floats,
        mark: Mark,
        share: float,
        others: Sequence[Placed],
        rng: np.random.Generator,
        technique: str | None,
        trick: str | None,
    ) -> Placed | None:
        chosen = technique_for(technique, rng)
        tricks = tricks_for(trick, rng)
        longest = max(6, round(share * min(canvas.shape[:2])))
        box, surface = self.put(canvas, mark, longest, chosen, tricks, others, rng)
        if box is None:
            return None
        self.disturb(canvas, box, tricks, rng)
        actual = max(box[2] - box[0], box[3] - box[1]) / min(canvas.shape[:2])
        return Placed(mark.identity, box, chosen, surface, tricks, actual)

    def put(
        self,
        canvas: Floats,
        mark: Mark,
        longest: int,
        technique: str,
        tricks: tuple[str, ...],
        others: Sequence[Placed],
        rng: np.random.Generator,
    ) -> tuple[Box | None, str]:
        """Draw one mark into the canvas in place; return its box, `None` if it cannot be seen.

        Makers put a mark where it shows. So a place, a colour and a pose are drawn again when the
        ground drowns the mark (`prominence` below `LEGIBLE`); the best of a few tries is kept.
        """
        taken = [other.box for other in others]
        side = int(longest * 1.3) + 8
        tries = []
        for _ in range(_TRIES):
            left, top = spot(canvas.shape, side, longest, taken, rng, edge="edge" in tricks)
            ground, inner = cut_patch(canvas, left, top, side)
            pose = draw_pose(rng)
            ink = coloured(
                self._ink(mark, longest, technique, tricks, rng), ground, technique, tricks, rng
            )
            laid = lay(ink, pose, side, rng)
            if technique in ("engraved", "embossed"):
                laid = replace(laid, coverage=_harden(laid.coverage))
            patch = TECHNIQUE_FUNCTIONS[technique](ground, laid, rng)
            shown = prominence(ground, patch, laid.coverage)
            tries.append((shown, patch, (left, top), inner, laid.coverage, pose.surface))
            if shown >= LEGIBLE:
                break
        _, patch, (left, top), inner, coverage, surface = max(tries, key=lambda one: one[0])
        write_patch(canvas, patch, left, top, inner)
        return seen_box(coverage, left, top, canvas.shape), surface

    def _ink(
        self,
        mark: Mark,
        longest: int,
        technique: str,
        tricks: tuple[str, ...],
        rng: np.random.Generator,
    ) -> Ink:
        ink = Ink.of(self._store.rgba(mark), tinted=mark.tinted)
        if "mirror" in tricks:
            ink = ink.mirrored()
        most = min(4, longest // _SMALLEST_REPEAT)
        if technique == "woven" and most >= 2 and rng.random() < 0.7:
            rows, columns = (int(n) for n in rng.integers(2, most + 1, 2))
            small = ink.sized(max(12, longest // max(rows, columns)))
            ink = small.pattern(
                rows, columns, float(rng.uniform(0.1, 0.6)), shifted=bool(rng.random() < 0.5)
            )
        if max(ink.coverage.shape) > 1.2 * longest:
            ink = ink.sized(longest)
        if technique == "outline":
            ink = ink.outline(max(2, round(max(ink.coverage.shape) / rng.uniform(18, 40))))
        if technique in ("engraved", "embossed"):
            ink = replace(ink, coverage=ink.relief())
        return ink

    def _collage(
        self, canvas: Floats, placed: list[Placed], rng: np.random.Generator
    ) -> tuple[Floats, list[Placed]]:
        """Shrink the scene into one panel of two or four; the other panels are other photos."""
        height, width = canvas.shape[:2]
        rows, columns = (int(n) for n in rng.choice([(1, 2), (2, 1), (2, 2)]))
        cell = (width // columns, height // rows)
        out = np.ones_like(canvas)
        place = int(rng.integers(rows * columns))
        kept: list[Placed] = []
        for index in range(rows * columns):
            source = canvas if index == place else self.ground(rng, max(cell))
            scale = min(cell[0] / source.shape[1], cell[1] / source.shape[0])
            size = (int(source.shape[1] * scale), int(source.shape[0] * scale))
            x, y = (index % columns) * cell[0], (index // columns) * cell[1]
            out[y : y + size[1], x : x + size[0]] = cv2.resize(
                source, size, interpolation=cv2.INTER_AREA
            )
            if index == place:
                kept = [_moved(one, scale, x, y, min(height, width)) for one in placed]
        return out, kept


def _check_name(name: str | None, names: Sequence[str]) -> None:
    if name is not None and name not in names:
        raise ValueError(f"nothing is called {name!r}; there are: {', '.join(names)}")


def _moved(one: Placed, scale: float, x: int, y: int, short: int) -> Placed:
    left, top, right, bottom = (value * scale for value in one.box)
    box = (round(left + x), round(top + y), round(right + x), round(bottom + y))
    share = max(box[2] - box[0], box[3] - box[1]) / short
    return replace(one, box=box, share=share, tricks=(*one.tricks, "collage"))


def _harden(coverage: Floats) -> Floats:
    return np.asarray(np.clip((coverage - 0.2) / 0.6, 0, 1), np.float32)
