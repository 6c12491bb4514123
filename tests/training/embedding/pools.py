"""Made-up crop pools: every identity is a shape, clean on white or on noise in any colour."""

import json
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

VIEWS = 4


def shape_crop(
    identity: int, side: int, rng: np.random.Generator, *, clean: bool
) -> NDArray[np.uint8]:
    corners = np.random.default_rng(identity).uniform(0.1, 0.9, (5, 2)) * side
    if clean:
        crop = np.full((side, side, 3), 255, np.uint8)
        cv2.fillPoly(crop, [corners.astype(np.int32)], (0, 0, 0))
        return crop
    ground = rng.integers(150, 230, 3) + rng.integers(-25, 26, (side, side, 3))
    crop = ground.astype(np.uint8)
    placed = (corners - side / 2) * rng.uniform(0.8, 1.1) + side / 2 + rng.normal(0, 2, 2)
    cv2.fillPoly(crop, [placed.astype(np.int32)], rng.integers(0, 120, 3).tolist())
    return crop


def make_shards(
    folder: Path, identities: list[list[int]], *, side: int = 64, same_group: int = 1
) -> Path:
    """Add a shard per list of identities, a block each; `same_group` of them share a group."""
    folder.mkdir(exist_ok=True)
    about = {"views": VIEWS, "side": side, "blocks": len(identities[0]), "seed": 0}
    (folder / "pool.json").write_text(json.dumps(about))
    begun = len(list(folder.glob("shard-*")))
    for number, blocks in enumerate(identities, begun):
        rng = np.random.default_rng((7, number))
        every = np.repeat(blocks, VIEWS).astype(np.int32)
        crops = [
            shape_crop(int(identity), side, rng, clean=row % VIEWS == 0)
            for row, identity in enumerate(every)
        ]
        shard = folder / f"shard-{number:05d}"
        shard.mkdir()
        np.save(shard / "crops.npy", np.stack(crops))
        np.save(shard / "identity.npy", every)
        np.save(shard / "group.npy", every // same_group)
    return folder
