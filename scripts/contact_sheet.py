"""Draws the contact sheets of the docs: what the compositor makes of marks that are free to show.

    python -m scripts.contact_sheet var/training/marks ../shared/data --out docs/images

Marks are pictograms of game-icons.net (CC BY 3.0) and Noto Emoji (Apache 2.0), and made-up words;
photos are those of the clothing set (CC0) that training composes on. No brand's mark is shown.
"""

import argparse
from pathlib import Path

from app.evaluation.splits import background_part
from app.media.decoding import decode_image
from app.media.limits import DecodeLimits
from models.regions import Photo
from models.training.compositing.scene import Compositor
from models.training.contact_sheet import free_marks, jpeg, technique_sheet, trick_sheet
from models.training.marks.store import MarkStore

_FREE_PHOTOS = "clothing"
_CREDIT = (
    "Marks: game-icons.net (CC BY 3.0), Noto Emoji (Apache 2.0), made-up words. "
    "Photos: clothing-dataset-small (CC0). No mark put on them is a brand's."
)
_COLUMNS = 6


def main(marks_folder: Path, data: Path, out: Path, seed: int) -> list[Path]:
    """Write both sheets and return where they lie."""
    store = MarkStore.open(marks_folder)
    scenes = Compositor(store, _photos(data))
    marks = free_marks(store, _COLUMNS, seed)
    out.mkdir(parents=True, exist_ok=True)
    sheets = {
        "contact-sheet-techniques.jpg": technique_sheet(scenes, marks, seed, _CREDIT),
        "contact-sheet-tricks.jpg": trick_sheet(scenes, marks, seed, _CREDIT),
    }
    for name, sheet in sheets.items():
        (out / name).write_bytes(jpeg(sheet))
    return [out / name for name in sheets]


def _photos(data: Path) -> list[Photo]:
    folder = data / _FREE_PHOTOS
    paths = [path for path in background_part(data, "compose") if path.is_relative_to(folder)]
    return [decode_image(path.read_bytes(), DecodeLimits()).frames[0] for path in paths]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("marks", type=Path, help="folder of prepared marks")
    parser.add_argument("data", type=Path, help="folder that holds clothing/")
    parser.add_argument("--out", type=Path, default=Path("docs/images"))
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    for path in main(arguments.marks, arguments.data, arguments.out, arguments.seed):
        print(path)
