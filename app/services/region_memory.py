"""Remembers what the model made of a photo, so that the same bytes are not looked at twice.

    photo ─▶ known under this model? ─▶ boxes and embeddings of each frame
               └─ no ─▶ propose, embed ─▶ noted, and kept with the others at the end

What is kept depends on the photo's bytes and on what looks at them alone: embedder, weights,
proposer, runtime and decoders are all named in the key. Search, calibration, the second look and
the verdict always happen anew, so a change of the registry is never missed. Arrays are float32 as
the model gave them: a photo that is remembered gets the very figures it got before.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import structlog
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from app.domain.errors import StorageError
from app.domain.ports import KeptRegions, RegionStore
from app.media.decoded import DecodedImage
from models.regions import Boxes, Embeddings

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class LookedAt:
    """What was seen in one frame: `(regions, 4)` boxes and `(regions, dim)` unit rows."""

    boxes: Boxes
    embeddings: Embeddings

    @property
    def arrays(self) -> tuple[Boxes, Embeddings]:
        """Both, as a search takes them."""
        return self.boxes, self.embeddings


Look = Callable[[NDArray[np.uint8]], LookedAt]


class RegionMemory(Protocol):
    """Has a photo looked at, unless it knows what would be seen."""

    def of(self, image: DecodedImage, look: Look) -> Sequence[LookedAt]:
        """Return what is seen in each frame, in their order."""


class NoRegionMemory:
    """Looks every time."""

    def of(self, image: DecodedImage, look: Look) -> Sequence[LookedAt]:
        """Look at each frame."""
        return [look(frame) for frame in image.frames]


@dataclass(frozen=True, slots=True, eq=False)
class PhotoRegions:
    """What was seen in a whole photo, frame by frame: all that a search needs of it."""

    sha256: str
    frames: tuple[LookedAt, ...]


@dataclass(frozen=True, slots=True)
class NotedRegions:
    """Looks every time, and tells what was seen."""

    note: Callable[[PhotoRegions], None]

    def of(self, image: DecodedImage, look: Look) -> Sequence[LookedAt]:
        """Look at each frame."""
        seen = tuple(look(frame) for frame in image.frames)
        self.note(PhotoRegions(image.sha256, seen))
        return seen


class Recollection:
    """The memory of one listing's assessment: what is new is kept at its end."""

    def __init__(self, store: RegionStore, model: str, dim: int) -> None:
        self._store = store
        self._model = model
        self._dim = dim
        self._new: dict[str, KeptRegions] = {}

    def of(self, image: DecodedImage, look: Look) -> Sequence[LookedAt]:
        """Return what is remembered of a photo, else look and note it."""
        known = self._known(image)
        if known is not None:
            return known
        seen = [look(frame) for frame in image.frames]
        self._new[image.sha256] = KeptRegions(image.sha256, self._model, _packed(seen))
        return seen

    def keep(self) -> None:
        """Keep what is new; a store that fails costs the next photo time, and nothing else."""
        if not self._new:
            return
        try:
            self._store.save([*self._new.values()])
        except StorageError as error:
            _log.warning("regions_not_kept", reason=error.message)

    def _known(self, image: DecodedImage) -> Sequence[LookedAt] | None:
        try:
            data = self._store.load(image.sha256, self._model)
        except StorageError as error:
            _log.warning("regions_not_read", reason=error.message)
            return None
        return None if data is None else _unpacked(data, image, self._dim)


class RegionMemories:
    """Opens a memory for each assessment; `model` names all that looking depends on."""

    def __init__(self, store: RegionStore, model: str, dim: int) -> None:
        self._store = store
        self._model = model
        self._dim = dim

    def open(self) -> Recollection:
        """Return a memory for one listing."""
        return Recollection(self._store, self._model, self._dim)


def _packed(seen: Sequence[LookedAt]) -> bytes:
    tensors: dict[str, NDArray[np.generic]] = {}
    for number, frame in enumerate(seen):
        tensors[f"boxes.{number}"] = np.ascontiguousarray(frame.boxes)
        tensors[f"embeddings.{number}"] = np.ascontiguousarray(frame.embeddings)
    return save(tensors)


def _unpacked(data: bytes, image: DecodedImage, dim: int) -> Sequence[LookedAt] | None:
    """Return the frames that were packed, `None` when they are damaged or do not fit the photo."""
    try:
        tensors = load(data)
    except (SafetensorError, ValueError):
        return None
    numbers = range(len(image.frames))
    if set(tensors) != {f"{part}.{n}" for part in ("boxes", "embeddings") for n in numbers}:
        return None
    seen = [LookedAt(tensors[f"boxes.{n}"], tensors[f"embeddings.{n}"]) for n in numbers]
    return seen if all(_fits(frame, image, dim) for frame in seen) else None


def _fits(seen: LookedAt, image: DecodedImage, dim: int) -> bool:
    boxes, embeddings = seen.boxes, seen.embeddings
    shapes = boxes.ndim == 2 and embeddings.shape == (len(boxes), dim) and boxes.shape[1] == 4
    if not shapes or boxes.dtype != np.int32 or embeddings.dtype != np.float32:
        return False
    inside = (boxes[:, :2] >= 0).all() and (boxes[:, 2:] <= (image.width, image.height)).all()
    return bool(inside and np.isfinite(embeddings).all())
