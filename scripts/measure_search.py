"""Measures search in registries of growing size: time for a photo, what is found, and memory.

    OMP_NUM_THREADS=1 python -m scripts.measure_search 10000 100000 1000000 --kinds flat ivf hnsw

References are rows of the background that ships, which are embeddings of real photos, moved a
little in a direction of their own until there are enough; queries are the regions of further such
photos, searched photo by photo. Times are the processor's, in one thread, so that other work beside
it does not count. Found is what exact search finds: the nearest reference of each region, and all
of the hundred that a match is chosen from.
"""

import argparse
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file

from app.services.background import Background
from index import IndexOptions, VectorIndex, build_index
from models.weights_file import shipped_file

_BACKGROUND = "touchstone-motif-1.full.background.safetensors"
_NOISE = 0.5  # how far a made-up reference lies from the real one, against its length
_NEIGHBOURS = 100
_CALIBRATED = 10_000
_BYTES_PER_MIB = 2**20

Rows = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured of one index."""

    photo_ms: float
    first: float
    all: float


def real_rows() -> tuple[Rows, NDArray[np.int64]]:
    """Return the background's `(regions, dim)` rows and the first of each photo."""
    tensors = load_file(shipped_file(_BACKGROUND))
    return tensors["rows"].astype(np.float32), tensors["starts"]


def moved(rows: Rows, count: int, rng: np.random.Generator) -> Rows:
    """Return `(count, dim)` unit rows around those given, each in a place of its own."""
    found = rows[rng.integers(0, len(rows), count)]
    noise = rng.standard_normal(found.shape, np.float32)
    found += _NOISE * noise / np.sqrt(found.shape[1], dtype=np.float32)
    found /= np.linalg.norm(found, axis=1, keepdims=True)
    return found


def options_for(kind: str, count: int) -> IndexOptions:
    """Return an index for so many references: cells grow with the root of their number."""
    lists = max(16, 2 ** round(np.log2(2 * np.sqrt(count))))
    options = {"kind": kind, "ivf_lists": lists, "ivf_probes": max(32, lists // 16)}
    return IndexOptions(**options)


def measure(index: VectorIndex, photos: list[Rows], truth: list[NDArray[np.int64]]) -> Figures:
    """Search photo by photo and compare with what exact search found."""
    index.search(photos[0], _NEIGHBOURS)
    began = time.process_time()
    found = [index.search(photo, _NEIGHBOURS).ids for photo in photos]
    passed = time.process_time() - began
    first = [same[:, 0] == ids[:, 0] for same, ids in zip(truth, found, strict=True)]
    shares = [
        len(np.intersect1d(a, b)) / len(a)
        for same, ids in zip(truth, found, strict=True)
        for a, b in zip(same, ids, strict=True)
    ]
    first_share = float(np.mean(np.concatenate(first)))
    return Figures(1000 * passed / len(photos), first_share, float(np.mean(shares)))


def saved_mib(index: VectorIndex) -> float:
    """Return the size of a snapshot, which is about what an index takes in memory."""
    with tempfile.TemporaryDirectory() as name:
        index.save(Path(name))
        return sum(path.stat().st_size for path in Path(name).iterdir()) / _BYTES_PER_MIB


def table(sizes: list[int], kinds: list[str], count: int) -> str:
    """Return the figures as Markdown."""
    lines = [
        "| References | Index | Built in, s | ms a photo | Nearest found | Of 100 | MiB |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    rows, starts = real_rows()
    half = len(starts) // 2  # queries and references come from different photos
    ends = np.append(starts[1:], len(rows))
    picked = np.linspace(half, len(starts) - 1, count).astype(int)
    photos = [rows[starts[place] : ends[place]] for place in picked]
    photos = [photo / np.linalg.norm(photo, axis=1, keepdims=True) for photo in photos]
    for size in sizes:
        references = moved(rows[: starts[half]], size, np.random.default_rng(size))
        ids = np.arange(size)
        exact = build_index(IndexOptions(kind="flat"), rows.shape[1], ids, references)
        truth = [exact.search(photo, _NEIGHBOURS).ids for photo in photos]
        for kind in kinds:
            began = time.process_time()
            index = build_index(options_for(kind, size), rows.shape[1], ids, references)
            built = time.process_time() - began
            found = measure(index, photos, truth)
            lines.append(
                f"| {size:,} | {index.kind} | {built:.0f} | {found.photo_ms:.1f} | "
                f"{found.first:.3f} | {found.all:.3f} | {saved_mib(index):,.0f} |"
            )
            print(lines[-1], file=sys.stderr)
    began = time.process_time()
    ours = Background(_BACKGROUND, rows.astype(np.float16), starts)
    ours.maxima(moved(rows, _CALIBRATED, np.random.default_rng(0)))
    lines.append(
        f"\nFigures for {_CALIBRATED:,} references are counted in "
        f"{time.process_time() - began:.1f} s, on {len(starts)} background photos."
    )
    mean = np.mean([len(photo) for photo in photos])
    lines.append(f"\n{len(photos)} photos of {mean:.0f} regions; {rows.shape[1]} components.")
    return "\n".join(lines)


def main(words: list[str] | None = None) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sizes", type=int, nargs="+", metavar="REFERENCES")
    parser.add_argument("--kinds", nargs="+", default=["flat", "ivf"], help="flat, ivf, hnsw")
    parser.add_argument("--photos", type=int, default=50)
    options = parser.parse_args(words)
    print(table(options.sizes, options.kinds, options.photos))
    return 0


if __name__ == "__main__":
    sys.exit(main())
