"""What photos were embedded as, kept beside a run's results, so that they can be searched again.

    00000.regions.parquet    of a finished shard: a row for each frame of each photo looked at there
    00001.regions.part       of the shard under way

    sha256, frame, boxes (n x 4), codes (n x dim), scales (n)

An embedding is kept as eight-bit steps of its largest component, which takes a quarter of its bytes
and turns it by less than what tells two photos of one motif apart; docs/performance.md has both
figures. A photo stands where it was looked at first, which need not be the first listing that has
it, and may stand twice after a run was resumed.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from app.batch.durable import replacing, writing
from app.domain.errors import StorageError
from app.services.region_memory import LookedAt, PhotoRegions
from models.regions import Boxes, Embeddings

_STEPS = 127
_SCHEMA = pa.schema([
    ("sha256", pa.string()),
    ("frame", pa.int16()),
    ("boxes", pa.list_(pa.int32())),
    ("codes", pa.list_(pa.int8())),
    ("scales", pa.list_(pa.float32())),
])  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class KeptFrame:
    """One frame of a photo as it is kept: `(n, 4)`, `(n, dim)` and `(n,)`."""

    sha256: str
    frame: int
    boxes: Boxes
    codes: NDArray[np.int8]
    scales: NDArray[np.float32]

    @property
    def seen(self) -> LookedAt:
        """The frame again, its rows of length one."""
        rows: Embeddings = self.codes.astype(np.float32) * self.scales[:, np.newaxis]
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        return LookedAt(self.boxes, rows)


def kept_frames(photo: PhotoRegions) -> tuple[KeptFrame, ...]:
    """Return what is kept of a photo.

    >>> rows = np.array([[0.6, -0.8], [1.0, 0.0]], np.float32)
    >>> photo = PhotoRegions("ab", (LookedAt(np.zeros((2, 4), np.int32), rows),))
    >>> kept_frames(photo)[0].codes.tolist()
    [[95, -127], [127, 0]]
    """
    frames = []
    for number, seen in enumerate(photo.frames):
        boxes, rows = seen.boxes, seen.embeddings
        largest = np.maximum(np.abs(rows).max(axis=1), np.finfo(np.float32).tiny)
        scales = (largest / _STEPS).astype(np.float32)
        codes = np.rint(rows / scales[:, np.newaxis]).astype(np.int8)
        frames.append(KeptFrame(photo.sha256, number, boxes, codes, scales))
    return tuple(frames)


def photos(frames: Iterable[KeptFrame]) -> Iterator[PhotoRegions]:
    """Put the frames of each photo together again."""
    for sha256, same in groupby(frames, key=lambda frame: frame.sha256):
        yield PhotoRegions(sha256, tuple(frame.seen for frame in same))


class ShardRegions:
    """The regions of one shard."""

    def __init__(self, stem: Path) -> None:
        self._finished = stem.with_suffix(".regions.parquet")
        self._part = stem.with_suffix(".regions.part")
        self._file: BinaryIO | None = None
        self._stream: Any = None

    def add(self, frames: Sequence[KeptFrame]) -> None:
        """Add the frames of photos, handed to the operating system at once.

        Raises:
            StorageError: when the disk is full.
        """
        if not frames:
            return
        with writing(self._part):
            if self._stream is None or self._file is None:
                self._file, self._stream = self._opened()
            self._stream.write_batch(_batch(frames))
            self._file.flush()

    def finish(self) -> None:
        """Make the table of what was added, now or before a run was stopped.

        Raises:
            StorageError: when the disk is full.
        """
        self.close()
        if not self._part.exists():
            return
        with writing(self._finished):
            table = pa.Table.from_batches(_batches(self._part), _SCHEMA)
            with replacing(self._finished) as file:
                pq.write_table(table, file, compression="zstd")
            self._part.unlink()

    def close(self) -> None:
        """Leave the part as it is, to be gone on with."""
        if self._stream is not None and self._file is not None:
            self._stream.close()
            self._file.close()
            self._stream = self._file = None

    def _opened(self) -> tuple[BinaryIO, Any]:
        """Open the part so that it holds what is there already, a torn end left out."""
        there = list(_batches(self._part))
        if self._finished.exists():
            there = pq.read_table(self._finished).to_batches()
        file = self._part.open("wb")
        stream = pa.ipc.new_stream(file, _SCHEMA)
        for batch in there:
            stream.write_batch(batch)
        return file, stream


def read_frames(run: Path) -> Iterator[KeptFrame]:
    """Yield every frame that a run has kept, shard by shard.

    Raises:
        StorageError: when a table is damaged.
    """
    for path in sorted(run.glob("*.regions.parquet")):
        try:
            with pq.ParquetFile(path) as table:
                for batch in table.iter_batches(batch_size=64):
                    yield from _frames(batch)
        except (pa.ArrowException, OSError, KeyError) as error:
            raise StorageError(f"{path} is damaged") from error


def frames_bytes(frames: Sequence[KeptFrame]) -> bytes:
    """Return frames as one message."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, _SCHEMA) as stream:
        stream.write_batch(_batch(frames))
    data: bytes = sink.getvalue().to_pybytes()
    return data


def frames_of(data: bytes) -> tuple[KeptFrame, ...]:
    """Return the frames of a message."""
    with pa.ipc.open_stream(data) as stream:
        return tuple(frame for batch in stream for frame in _frames(batch))


def _batch(frames: Sequence[KeptFrame]) -> Any:
    columns = [
        [frame.sha256 for frame in frames],
        [frame.frame for frame in frames],
        [frame.boxes.ravel() for frame in frames],
        [frame.codes.ravel() for frame in frames],
        [frame.scales for frame in frames],
    ]
    arrays = [pa.array(column, kind.type) for column, kind in zip(columns, _SCHEMA, strict=True)]
    return pa.record_batch(arrays, schema=_SCHEMA)


def _frames(batch: Any) -> Iterator[KeptFrame]:
    names, numbers = batch.column("sha256"), batch.column("frame")
    lists = [batch.column(name) for name in ("boxes", "codes", "scales")]
    for place in range(batch.num_rows):
        boxes, codes, scales = (column[place].values.to_numpy() for column in lists)
        yield KeptFrame(
            names[place].as_py(),
            numbers[place].as_py(),
            boxes.reshape(-1, 4),
            codes.reshape(len(scales), -1),
            scales,
        )


def _batches(part: Path) -> Iterator[Any]:
    """Yield what a part holds, up to the first damage."""
    if not part.exists():
        return
    with part.open("rb") as file:
        try:
            yield from pa.ipc.open_stream(file)
        except (pa.ArrowException, OSError):
            return
