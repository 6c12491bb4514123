"""Fit the detector of hidden patches and what its figures mean, from the photos kept for that.

photos of the parts `compose` and `fit`, photos of the brands for choosing ─▶ trees
photos of the part `calibrate` ─▶ how high ordinary photos come, for the chance of a patch

python -m scripts.fit_concealment ../shared/data --every-nth 4
"""

import argparse
import hashlib
import json
from collections import defaultdict
from pathlib import Path

import numpy as np
from rich.progress import Progress

from app.evaluation.contenders.roles import read_photo
from app.evaluation.flickrlogos27 import labelled_boxes
from app.evaluation.splits import background_part, brand_parts
from app.media.limits import DecodeLimits
from models.cards import WeightsFile
from models.concealment.detector import WEIGHTS, PatchDetector
from models.concealment.weights import KINDS, save_trees
from models.training.concealment.fitting import fit_shapes, fit_windows
from models.training.concealment.samples import Ground, saved_again
from models.weights_file import shipped_file

_BACKGROUND = Path("app/domain/data/concealment_background.json")
_SEED = 20262


def main() -> None:
    """Fit, calibrate, and say what to write into the card."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--every-nth", type=int, default=1, help="Fit on each Nth photo.")
    parser.add_argument("--out", type=Path, default=shipped_file(WEIGHTS.file))
    parser.add_argument("--background", type=Path, default=_BACKGROUND)
    given = parser.parse_args()
    grounds = _grounds(given.data)[:: given.every_nth]
    rng = np.random.default_rng(_SEED)
    with Progress() as bar:
        shapes, windows = (bar.add_task(name, total=len(grounds)) for name in ("shapes", "windows"))
        trees = {"cover": fit_shapes(grounds, rng, lambda: bar.advance(shapes))}
        trees |= fit_windows(grounds, rng, lambda: bar.advance(windows))
    save_trees(given.out, trees)
    sha256 = hashlib.sha256(given.out.read_bytes()).hexdigest()
    detector = PatchDetector(WeightsFile(str(given.out.absolute()), sha256))
    document = _background(detector, given.data, rng)
    given.background.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    print(f"fitted on {len(grounds)} photos, background of {document['photos']}; sha256 {sha256}")


def _grounds(data: Path) -> list[Ground]:
    limits = DecodeLimits()
    grounds = [
        Ground(read_photo(path, limits))
        for part in ("compose", "fit")
        for path in background_part(data, part)
    ]
    parts, boxes = brand_parts(), defaultdict(list)
    for labelled in labelled_boxes(data / "flickrlogos27"):
        if parts[labelled.brand] == "tune":
            boxes[labelled.path].append(labelled.box.as_tuple())
    return grounds + [Ground(read_photo(path, limits), boxes[path]) for path in sorted(boxes)]


def _background(detector: PatchDetector, data: Path, rng: np.random.Generator) -> dict[str, object]:
    """Return the highest log-odds of each kind on ordinary photos, most of them saved again."""
    limits, found = DecodeLimits(), defaultdict(list)
    paths = background_part(data, "calibrate")
    for path in paths:
        photo = read_photo(path, limits)
        best: dict[str, float] = {}
        for patch in detector.find(saved_again(photo, rng)):
            best[patch.kind] = patch.log_odds
        for kind in KINDS:
            found[kind].append(round(best.get(kind, -20.0), 3))
    scores = {kind: sorted(found[kind], reverse=True) for kind in KINDS}
    return {"detector": detector.name, "photos": len(paths), "scores": scores}


if __name__ == "__main__":
    main()
