"""Trains the motif model, from marks to weights, with one command.

    python -m scripts.train ../shared/data --work var/training
    python -m scripts.train ../shared/data --work var/short --short

Every stage goes on where it was cut off. Ordinary photos come from the part `compose` of
`app/evaluation/split_files/background.csv`, real boxes from those brands of FlickrLogos-27 that
`flickrlogos27.csv` gives to `tune`, on photos that show no other labelled brand. Needs the extra
`training`, and npm for fetching marks.
"""

import argparse
from collections import defaultdict
from pathlib import Path

from app.evaluation.flickrlogos27 import LabelledBox, labelled_boxes
from app.evaluation.splits import background_part, brand_parts
from app.media.decoding import decode_image
from app.media.limits import DecodeLimits
from models.regions import Photo
from models.training.compositing.views import RealBox
from models.training.recipe import FULL, SHORT, STAGES, LabelledPhoto, Material, Training

_HELD_OUT = 100  # photos of `compose` that only watch the training


def load_material(data: Path) -> Material:
    """Read the photos and boxes that training may look at, from the folder of data sets."""
    photos = [_photo(path) for path in background_part(data, "compose")]
    boxes = _seen_boxes(data / "flickrlogos27")
    real: dict[str, list[RealBox]] = defaultdict(list)
    by_photo: dict[Path, list[LabelledBox]] = defaultdict(list)
    for box in boxes:
        by_photo[box.path].append(box)
    labelled: list[LabelledPhoto] = []
    for path, here in by_photo.items():
        photo = _photo(path)
        labelled.append((path, [box.box.as_tuple() for box in here]))
        for box in here:
            real[box.brand].append(RealBox(photo, box.box.as_tuple()))
    return Material(photos[_HELD_OUT:], photos[:_HELD_OUT], real, labelled)


def _seen_boxes(folder: Path) -> list[LabelledBox]:
    parts = brand_parts()
    boxes = labelled_boxes(folder)
    unseen = {box.path for box in boxes if parts[box.brand] != "tune"}
    return [box for box in boxes if box.path not in unseen]


def _photo(path: Path) -> Photo:
    return decode_image(path.read_bytes(), DecodeLimits()).frames[0]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder of the data sets")
    parser.add_argument("--work", type=Path, default=Path("var/training"))
    parser.add_argument("--short", action="store_true", help="minutes instead of hours")
    parser.add_argument("--stage", action="append", choices=STAGES, help="only this; repeatable")
    arguments = parser.parse_args()
    recipe = SHORT if arguments.short else FULL
    Training(arguments.work, recipe, load_material(arguments.data)).run(arguments.stage or STAGES)
