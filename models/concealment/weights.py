"""Reads and writes the detector's trees: one safetensors file, with what it was fitted on.

The names of the features lie in the file's metadata. A file that was fitted on other features, or
in another order, is refused: its numbers would mean something else.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from safetensors import safe_open
from safetensors.numpy import save_file

from models.concealment.shapes import FEATURES as SHAPE_FEATURES
from models.concealment.trees import PARTS, Trees
from models.concealment.windows import FEATURES as WINDOW_FEATURES
from models.errors import WeightsMismatchError

KINDS = ("cover", "mosaic", "blur")
_FEATURES = json.dumps(
    {"cover": SHAPE_FEATURES, "mosaic": WINDOW_FEATURES, "blur": WINDOW_FEATURES}
)


def save_trees(path: Path, trees: Mapping[str, Trees]) -> None:
    """Write the trees of every kind."""
    tensors = {
        f"{kind}.{part}": getattr(one, part) for kind, one in trees.items() for part in PARTS
    }
    about = {"features": _FEATURES}
    for kind, one in trees.items():
        about |= {f"{kind}.base": repr(one.base), f"{kind}.depth": str(one.depth)}
    save_file(tensors, path, metadata=about)


def load_trees(path: Path) -> dict[str, Trees]:
    """Return the trees of every kind.

    Raises:
        WeightsMismatchError: when they were fitted on other features.
    """
    with safe_open(path, framework="numpy") as file:
        about = file.metadata() or {}
        if about.get("features") != _FEATURES:
            raise WeightsMismatchError(f"{path.name} was fitted on other features")
        return {
            kind: Trees(
                **{part: file.get_tensor(f"{kind}.{part}") for part in PARTS},
                base=float(about[f"{kind}.base"]),
                depth=int(about[f"{kind}.depth"]),
            )
            for kind in KINDS
        }
