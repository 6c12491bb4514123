"""Finds patches in a photo that look as if somebody hid something there.

    photo ─▶ at most 512 pixels ─▶ flat shapes ─▶ trees ─▶ the likeliest cover
                                └▶ windows     ─▶ trees ─▶ the likeliest mosaic and blur

It tells where and how likely, as log-odds that mean nothing by themselves: how rare they are on
ordinary photos is judged elsewhere. It knows no motif, and a patch is never a match.
"""

from dataclasses import dataclass

from models.cards import WeightsFile
from models.concealment.maps import CELL, cell_means, fitted
from models.concealment.shapes import shapes_of
from models.concealment.weights import KINDS, load_trees
from models.concealment.windows import windows_of
from models.regions import Photo
from models.weights_file import verified_weights

WEIGHTS = WeightsFile(
    "concealment-1.safetensors",
    "ba16580eb062d28625991af3897c437edb35cbcc46cfa4fa5ef4841a9d49f85f",
)
_NOTHING = -20.0


@dataclass(frozen=True, slots=True)
class Patch:
    """The likeliest patch of one kind: its box in the photo's pixels and its log-odds."""

    kind: str
    box: tuple[int, int, int, int]
    log_odds: float


class PatchDetector:
    """The shipped detector; safe to share between threads."""

    def __init__(self, weights: WeightsFile = WEIGHTS) -> None:
        """Read the weights.

        Raises:
            WeightsMismatchError: when they are missing or not the ones this file names.
        """
        self._trees = load_trees(verified_weights(weights))
        self.name = f"patches-1-{weights.sha256[:8]}"

    def find(self, photo: Photo) -> tuple[Patch, ...]:
        """Return the likeliest patch of each kind, where the photo has a place for one."""
        small, scale = fitted(photo)
        if min(small.shape[:2]) < 4 * CELL:
            return ()
        shapes, windows = shapes_of(small), windows_of(cell_means(small))
        sources = {
            "cover": (shapes.features, shapes.boxes),
            "mosaic": (windows.features, windows.boxes * CELL),
            "blur": (windows.features, windows.boxes * CELL),
        }
        found = []
        for kind in KINDS:
            features, boxes = sources[kind]
            if not len(features):
                continue
            best, odds = self._trees[kind].best(features)
            left, top, right, bottom = (round(float(edge) / scale) for edge in boxes[best])
            height, width = photo.shape[:2]
            box = (left, top, min(width, max(right, left + 1)), min(height, max(bottom, top + 1)))
            found.append(Patch(kind, box, odds))
        return tuple(found)
