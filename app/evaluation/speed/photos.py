"""The product photos that are timed: square JPEG files of one size, the same in every run.

    photos of the data set, or drawn ones ─▶ square ─▶ scaled to the side ─▶ fine grain ─▶ JPEG

Scaled-up photos are smoother than those of a camera and would decode too fast; the grain gives
them back the bytes. Square is what marketplaces ask for, and the most pixels that a side can have.
"""

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from app.domain.errors import InvalidInputError
from app.evaluation.splits import background_part
from models.regions import Photo

_QUALITY = 90
_GRAIN = 2.0  # deviation, of 255
_SHAPES = 12


def product_photos(data: Path | None, count: int, side: int) -> list[bytes]:
    """Return that many JPEG files of `side` x `side` pixels.

    Args:
        data: the folder that holds `clothing/`; drawn pictures without one.
        count: how many.
        side: in pixels.

    Raises:
        InvalidInputError: when the folder holds no such photos.
    """
    if data is None:
        pictures = [Image.fromarray(drawn_picture(seed, side)) for seed in range(count)]
    else:
        pictures = [Image.open(path).convert("RGB") for path in _chosen(data, count)]
    return [_encoded(picture, side, seed) for seed, picture in enumerate(pictures)]


def drawn_picture(seed: int, side: int) -> Photo:
    """Return a `(side, side, 3)` picture of soft light and a few plain shapes."""
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[0:side, 0:side] / side
    light = rng.uniform(90, 230, (3, 3))
    canvas = light[0] + rows[..., None] * (light[1] - light[0]) / 2
    canvas = canvas + columns[..., None] * (light[2] - light[0]) / 2
    for _ in range(_SHAPES):
        (x, y), (wide, high) = rng.uniform(0, 1, 2), rng.uniform(0.02, 0.25, 2)
        inside = ((columns - x) / wide) ** 2 + ((rows - y) / high) ** 2 < 1
        canvas[inside] = rng.uniform(0, 255, 3)
    picture: Photo = np.clip(canvas, 0, 255).astype(np.uint8)
    return picture


def _chosen(data: Path, count: int) -> Sequence[Path]:
    """Return garment photos spread evenly over the part that only reports."""
    found = [p for p in background_part(data, "report") if p.is_relative_to(data / "clothing")]
    paths = [found[place * len(found) // count] for place in range(count)]
    missing = next((path for path in paths if not path.is_file()), None)
    if missing is not None:
        raise InvalidInputError(f"there is no photo {missing}; name the folder of data sets")
    return paths


def _encoded(picture: Image.Image, side: int, seed: int) -> bytes:
    edge = min(picture.size)
    left, top = (picture.width - edge) // 2, (picture.height - edge) // 2
    scaled = picture.crop((left, top, left + edge, top + edge)).resize(
        (side, side), Image.Resampling.LANCZOS
    )
    grain = np.random.default_rng([seed, side]).normal(0, _GRAIN, (side, side, 1))
    grainy = np.clip(np.asarray(scaled, np.float32) + grain, 0, 255).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(grainy).save(file, "JPEG", quality=_QUALITY)
    return file.getvalue()
