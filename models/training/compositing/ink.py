"""What a mark is made of before it lies on anything: a coverage map and colours.

A store's picture becomes `Ink`: coverage `(h, w)` from 0 to 1 and colours `(h, w, 3)` from 0 to
1. Inks can be recoloured, reduced to an outline, repeated as a pattern, mirrored. `relief` is the
coverage that a tool would follow that knows no colour, an engraver's say: of a coloured badge it
keeps the drawing, not the plate.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
_DULL = 0.06  # a badge whose brightness varies less than this has no drawing of its own


@dataclass(frozen=True, slots=True, eq=False)
class Ink:
    """A mark's coverage and colours, of one height and width."""

    coverage: Floats
    colours: Floats
    tinted: bool

    @classmethod
    def of(cls, rgba: NDArray[np.uint8], *, tinted: bool) -> "Ink":
        """Take a picture with straight alpha."""
        scaled = rgba.astype(np.float32) / 255
        return cls(
            np.ascontiguousarray(scaled[..., 3]), np.ascontiguousarray(scaled[..., :3]), tinted
        )

    def sized(self, longest: int) -> "Ink":
        """Shrink or enlarge so that the longer side has `longest` pixels."""
        height, width = self.coverage.shape
        scale = longest / max(height, width)
        size = (max(2, round(width * scale)), max(2, round(height * scale)))
        method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        # Colours under no coverage must not bleed in: premultiply, resize, divide.
        solid = cv2.resize(self.colours * self.coverage[..., None], size, interpolation=method)
        coverage = cv2.resize(self.coverage, size, interpolation=method)
        colours = solid / np.maximum(coverage, 1e-3)[..., None]
        return replace(
            self,
            coverage=np.asarray(coverage, np.float32),
            colours=np.asarray(np.clip(colours, 0, 1), np.float32),
        )

    def tint(self, colour: Floats) -> "Ink":
        """Return the mark in one colour, `(3,)`; a coloured badge keeps its drawing."""
        flat = np.broadcast_to(colour, self.colours.shape).astype(np.float32)
        return Ink(self.coverage if self.tinted else self.relief(), flat, tinted=True)

    def relief(self) -> Floats:
        """Return `(h, w)`: the drawing without its colours."""
        if self.tinted:
            return self.coverage
        grey = cv2.cvtColor(self.colours, cv2.COLOR_RGB2GRAY)
        inside = self.coverage > 0.5
        if not inside.any() or float(grey[inside].std()) < _DULL:
            return self.coverage
        low, high = np.percentile(grey[inside], (5, 95))
        level = np.clip((grey - low) / max(float(high - low), 1e-3), 0, 1)
        plate = float(np.median(level[inside]))  # what most of the badge is, is its ground
        drawing = 1 - level if plate > 0.5 else level
        # A drawing with no ground of its own (plate near the middle) keeps its silhouette.
        ground = 0.0 if inside.mean() > 0.6 else 0.35
        mixed: Floats = (self.coverage * np.maximum(drawing, ground)).astype(np.float32)
        return mixed if float(mixed.mean()) > 0.03 else self.coverage

    def outline(self, thickness: int) -> "Ink":
        """Return only the contour, drawn inside the coverage."""
        kernel = np.ones((thickness, thickness), np.uint8)
        relief = self.relief()
        contour = relief - cv2.erode(relief, kernel, borderValue=0)
        return replace(self, coverage=np.asarray(np.clip(contour, 0, 1), np.float32), tinted=True)

    def mirrored(self) -> "Ink":
        """Swap left and right."""
        return replace(
            self,
            coverage=np.ascontiguousarray(self.coverage[:, ::-1]),
            colours=np.ascontiguousarray(self.colours[:, ::-1]),
        )

    def pattern(self, rows: int, columns: int, gap: float, *, shifted: bool) -> "Ink":
        """Repeat the mark, every second row shifted by half a step if asked."""
        height, width = self.coverage.shape
        step_y, step_x = round(height * (1 + gap)), round(width * (1 + gap))
        coverage = np.zeros((step_y * rows, step_x * columns), np.float32)
        colours = np.zeros((*coverage.shape, 3), np.float32)
        for row in range(rows):
            for column in range(columns):
                top, left = row * step_y, column * step_x
                coverage[top : top + height, left : left + width] = self.coverage
                colours[top : top + height, left : left + width] = self.colours
            if shifted and row % 2:
                band = slice(row * step_y, (row + 1) * step_y)
                coverage[band] = np.roll(coverage[band], step_x // 2, axis=1)
                colours[band] = np.roll(colours[band], step_x // 2, axis=1)
        return Ink(coverage, colours, self.tinted)
