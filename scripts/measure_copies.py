"""How many altered copies of photos the report groups, and how many photos that are none.

    python -m scripts.measure_copies PHOTOS… [--originals 60]

Every original is altered in each way and compared with itself; all originals are compared with each
other. Photos of the same thing taken one after another count as different ones.
"""

import argparse
import itertools
import random
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageOps

from app.batch.report.photos import PhotoVector
from app.batch.report.sharing import SharedPhoto, fingerprint, shared_pictures
from app.bootstrap import build_eyes
from app.services.whole_photos import WholePhotos
from app.settings import Settings
from models.catalogue import copy_similarity

Alter = Callable[[Image.Image], Image.Image]
_SIDE = 512


def _cut(share: float) -> Alter:
    def cut(photo: Image.Image) -> Image.Image:
        left, top = (round((1 - share) * side / 2) for side in photo.size)
        return photo.crop((left, top, photo.width - left, photo.height - top))

    return cut


def _banner(photo: Image.Image) -> Image.Image:
    written = photo.copy()
    corners = (0, round(0.82 * photo.height), photo.width, photo.height)
    ImageDraw.Draw(written).rectangle(corners, fill=(200, 30, 30))
    return written


WAYS: Mapping[str, Alter] = MappingProxyType(
    {
        "half the size": lambda photo: photo.resize((photo.width // 2, photo.height // 2)),
        "mirrored": ImageOps.mirror,
        "paler and brighter": lambda photo: ImageEnhance.Brightness(
            ImageEnhance.Color(photo).enhance(0.3)
        ).enhance(1.3),
        "a banner over 18 %": _banner,
        "turned by 5 degrees": lambda photo: photo.rotate(5, fillcolor="white"),
        "cut to 95 %": _cut(0.95),
        "cut to 90 %": _cut(0.90),
        "cut to 75 %": _cut(0.75),
        "a border of 12 %": lambda photo: ImageOps.expand(
            photo, round(0.12 * photo.width), "white"
        ),
    }
)


def _shared(photo: Image.Image, name: str, vector: PhotoVector) -> SharedPhoto:
    pixels = np.asarray(photo)
    return SharedPhoto(name, name, name, fingerprint(pixels), vector(pixels))


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photos", nargs="+", type=Path)
    parser.add_argument("--originals", type=int, default=60)
    chosen = parser.parse_args()
    settings = Settings()
    vector = WholePhotos(lambda: build_eyes(settings).embedder)
    similarity = copy_similarity(settings.model)
    files = sorted(path for folder in chosen.photos for path in folder.rglob("*.jpg"))
    files = random.Random(1).sample(files, min(chosen.originals, len(files)))  # noqa: S311
    photos = [Image.open(path).convert("RGB") for path in files]
    for photo in photos:
        photo.thumbnail((_SIDE, _SIDE))
    originals = [_shared(photo, f"{n}", vector) for n, photo in enumerate(photos)]
    print(f"| of {len(photos)} | by the hash | with the embedding |\n| --- | --- | --- |")
    for way, alter in WAYS.items():
        copies = [_shared(alter(photo), f"copy {n}", vector) for n, photo in enumerate(photos)]
        pairs = list(zip(originals, copies, strict=True))
        found = [
            sum(bool(shared_pictures(pair, each)) for pair in pairs) for each in (None, similarity)
        ]
        print(f"| {way} | {found[0]} | {found[1]} |")
    pairs = list(itertools.combinations(originals, 2))
    found = [
        sum(bool(shared_pictures(pair, each)) for pair in pairs) for each in (None, similarity)
    ]
    print(f"| pairs of different photos, of {len(pairs)} | {found[0]} | {found[1]} |")


if __name__ == "__main__":
    main()
