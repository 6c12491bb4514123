"""Shared builders: settings of a throw-away service, motifs that differ, photos that show them.

Everything is drawn from its seed, so the same arguments give the same pixels.

A motif is a coarse grid of strong colours, which the weight-free embedder finds again wherever it
fills a window of the region grid: the whole photo, or a corner of half its short side.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from app.domain.registry import Motif, MotifKind, NewMotif, Reference
from app.services.calibrating import CalibrationReport
from app.services.touchstone import Touchstone
from app.settings import Settings
from tests.images import Picture, Size, encode, photo_array

Edges = tuple[int, int, int, int]

MOTIF_SIDE = 120
PHOTO_SIZE: Size = (240, 240)
CORNER: Edges = (0, 0, 120, 120)  # a window of the grid at half the short side


def make_settings(tmp_path: Path, **overrides: Any) -> Settings:
    """Settings of a service in `tmp_path` that needs neither weights nor keys."""
    weightless = {"model": "pixels", "reading": "never", "concealment": False}
    weightless |= {"data_dir": tmp_path / "var"}
    return Settings(**{**weightless, "anonymous": True, **overrides})


def motif_picture(seed: int = 0, side: int = MOTIF_SIDE) -> Picture:
    """A mark of 6 x 6 strongly coloured fields, another one for every seed."""
    rng = np.random.default_rng(1_000 + seed)
    fields = rng.choice(np.array([0, 255], np.uint8), (6, 6, 3))
    return np.asarray(Image.fromarray(fields).resize((side, side), Image.Resampling.NEAREST))


def plain_picture(seed: int = 0, size: Size = PHOTO_SIZE) -> Picture:
    """An ordinary photo without any motif: soft light, a few objects, grain."""
    return photo_array(5_000 + seed, size)


def picture_with(motif: Picture, seed: int = 0, box: Edges = CORNER) -> Picture:
    """An ordinary photo with a motif in `box`."""
    picture = plain_picture(seed).copy()
    x_min, y_min, x_max, y_max = box
    pasted = Image.fromarray(motif).resize((x_max - x_min, y_max - y_min), Image.Resampling.BOX)
    picture[y_min:y_max, x_min:x_max] = np.asarray(pasted)
    return picture


def motif_file(seed: int = 0) -> bytes:
    """The image file of a motif."""
    return encode(motif_picture(seed), "png")


def plain_photo(seed: int = 0, image_format: str = "jpeg") -> bytes:
    """The image file of an ordinary photo."""
    return encode(plain_picture(seed), image_format)


def photo_with(motif: int, seed: int = 0, box: Edges = CORNER) -> bytes:
    """The image file of an ordinary photo that shows motif number `motif` in `box`."""
    return encode(picture_with(motif_picture(motif), seed, box), "png")


def enrol(
    touchstone: Touchstone, seed: int = 0, *, brand: str = "Cartier", name: str = ""
) -> tuple[Motif, Reference]:
    """Register motif number `seed` with its picture as the one reference."""
    new = NewMotif(brand, name or f"mark {seed}", MotifKind.LOGO)
    motif, _ = touchstone.registry.ensure_motif(new)
    reference, _ = touchstone.enroller.add(motif.id, motif_file(seed), source="drawn")
    return motif, reference


def calibrate(touchstone: Touchstone, tmp_path: Path, photos: int = 120) -> CalibrationReport:
    """Give a service a background of ordinary photos, without which no verdict has figures."""
    return touchstone.calibrator.run(write_photos(tmp_path / "ordinary", photos))


def write_photos(folder: Path, photos: int) -> Sequence[Path]:
    """Write ordinary photos to a folder and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{number:04}.jpg" for number in range(photos)]
    for number, path in enumerate(paths):
        path.write_bytes(encode(plain_picture(10_000 + number, (120, 120)), "jpeg"))
    return paths
