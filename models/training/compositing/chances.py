"""How often training sees what: techniques, tricks, surfaces and how marks lie on them."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from models.training.compositing.names import SURFACES, TECHNIQUES
from models.training.compositing.surfaces import Pose

CHANCES: Mapping[str, float] = MappingProxyType(
    {
        "printed": 0.36,
        "label": 0.2,
        "embroidered": 0.08,
        "engraved": 0.07,
        "embossed": 0.06,
        "cast": 0.08,
        "cut_out": 0.04,
        "outline": 0.05,
        "woven": 0.06,
    }
)


def technique_for(wanted: str | None, rng: np.random.Generator) -> str:
    """Return the technique asked for, or draw one."""
    return wanted or str(rng.choice(TECHNIQUES, p=[CHANCES[name] for name in TECHNIQUES]))


def tricks_for(trick: str | None, rng: np.random.Generator) -> tuple[str, ...]:
    """Return the tricks that one mark gets: the one asked for, none for "none", or drawn ones.

    A collage is no trick on one mark: the whole scene goes through it.
    """
    if trick is None:
        return draw_tricks(rng)
    return () if trick in ("none", "collage") else (trick,)


def draw_tricks(rng: np.random.Generator) -> tuple[str, ...]:
    """Draw none, one or several tricks, as often as training wants them."""
    tricks: list[str] = []
    if rng.random() < 0.16:
        tricks.append(str(rng.choice(["blur", "mosaic", "sticker", "emoji", "hand", "watermark"])))
    for name, chance in (("edge", 0.06), ("mirror", 0.06), ("recolour", 0.2)):
        if rng.random() < chance:
            tricks.append(name)
    return tuple(tricks)


def draw_pose(rng: np.random.Generator) -> Pose:
    """Draw a surface and how a mark lies on it; mostly upright, now and then on its side."""
    surface = str(rng.choice(SURFACES, p=(0.45, 0.35, 0.2)))
    draw = rng.random()
    angle = rng.normal(0, 9) if draw < 0.75 else rng.uniform(-50, 50)
    if draw > 0.95:
        angle = rng.choice([-90.0, 90.0, 180.0]) + rng.normal(0, 6)
    tilt = rng.uniform(0, 0.08) if rng.random() < 0.75 else rng.uniform(0.06, 0.15)
    return Pose(float(angle), float(tilt), surface, float(rng.uniform(0.15, 0.7)))
