"""A pool of ready scenes on disk, so that training never waits for compositing.

    pool.json          seed, number of scenes, size of a shard
    shard-00000.npz    jpegs (bytes of all photos in a row), ends, boxes, counts, trust

Photos are kept as JPEG of quality 95, a tenth of their pixels in memory. A shard appears whole or
not at all, so making a pool can be killed and goes on where it stopped. Nothing is pickled.
"""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from models.errors import ModelError
from models.regions import Photo
from models.training.proposals.scene import Floats, LabelledScene
from models.training.proposals.sources import SceneSource
from models.training.storage import write_durably

_QUALITY = 95


class PoolRefusedError(ModelError):
    """The folder holds no pool, half a pool or another pool."""


@dataclass(frozen=True, slots=True, eq=False)
class _Shard:
    jpegs: NDArray[np.uint8]  # (bytes,)
    ends: NDArray[np.int64]  # (scenes,) where each photo ends in `jpegs`
    boxes: Floats  # (all boxes, 4)
    box_ends: NDArray[np.int64]  # (scenes,) where each scene's boxes end in `boxes`
    trust: Floats  # (scenes,)


class ScenePool:
    """All scenes of one pool, by number; compressed in memory, decoded when asked for."""

    def __init__(self, folder: Path) -> None:
        """Read the pool.

        Raises:
            PoolRefusedError: when the folder holds no finished pool.
        """
        self.folder = folder
        paths = sorted(folder.glob("shard-*.npz"))
        told = _told(folder)
        if told is None or len(paths) != -(-told["count"] // told["shard"]):
            raise PoolRefusedError(f"{folder} holds no finished pool of scenes")
        self._shards = [_read_shard(path) for path in paths]
        self._starts = np.cumsum([0, *(len(shard.ends) for shard in self._shards)])

    def __len__(self) -> int:
        return int(self._starts[-1])

    def __getitem__(self, number: int) -> LabelledScene:
        if not 0 <= number < len(self):
            raise IndexError(number)
        at = int(np.searchsorted(self._starts, number, side="right")) - 1
        shard, row = self._shards[at], number - int(self._starts[at])
        photo = _decoded(shard.jpegs[_span(shard.ends, row)])
        return LabelledScene(
            photo, shard.boxes[_span(shard.box_ends, row)], float(shard.trust[row])
        )

    def __iter__(self) -> Iterator[LabelledScene]:
        return (self[number] for number in range(len(self)))


def make_scene_pool(
    folder: Path,
    source: SceneSource,
    count: int,
    seed: int,
    *,
    shard: int = 250,
    progress: bool = True,
) -> ScenePool:
    """Write `count` scenes of the source, or what of them is missing, and return the pool.

    The source decides how large its photos are.

    Raises:
        PoolRefusedError: when the folder holds a pool of another seed, count or size of shard.
    """
    wanted = {"seed": seed, "count": count, "shard": shard}
    folder.mkdir(parents=True, exist_ok=True)
    told = _told(folder)
    if told is None:
        write_durably(folder / "pool.json", json.dumps(wanted).encode())
    elif told != wanted:
        raise PoolRefusedError(f"{folder} holds a pool of {told}, not of {wanted}")
    firsts = range(0, count, shard)
    for number, first in track(
        list(enumerate(firsts)), f"scenes for {folder.name}", disable=not progress
    ):
        path = folder / f"shard-{number:05d}.npz"
        if not path.exists():
            here = [source.scene(seed, i) for i in range(first, min(first + shard, count))]
            write_durably(path, _packed(here))
    return ScenePool(folder)


def _packed(scenes: list[LabelledScene]) -> bytes:
    jpegs = [_encoded(scene.photo) for scene in scenes]
    file = io.BytesIO()
    np.savez(
        file,
        jpegs=np.concatenate(jpegs),
        ends=np.cumsum([len(jpeg) for jpeg in jpegs], dtype=np.int64),
        boxes=np.concatenate([scene.boxes for scene in scenes]),
        box_ends=np.cumsum([len(scene.boxes) for scene in scenes], dtype=np.int64),
        trust=np.array([scene.trust for scene in scenes], np.float32),
    )
    return file.getvalue()


def _read_shard(path: Path) -> _Shard:
    with np.load(path, allow_pickle=False) as file:
        names = ("jpegs", "ends", "boxes", "box_ends", "trust")
        return _Shard(*(file[name] for name in names))


def _span(ends: NDArray[np.int64], row: int) -> slice:
    return slice(int(ends[row - 1]) if row else 0, int(ends[row]))


def _encoded(photo: Photo) -> NDArray[np.uint8]:
    bgr = np.ascontiguousarray(photo[..., ::-1])
    _, jpeg = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return np.asarray(jpeg, np.uint8).ravel()


def _decoded(jpeg: NDArray[np.uint8]) -> Photo:
    bgr = np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_COLOR), np.uint8)
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), np.uint8)


def _told(folder: Path) -> dict[str, int] | None:
    path = folder / "pool.json"
    if not path.exists():
        return None
    told: dict[str, int] = json.loads(path.read_text())
    return told
