"""Measures what keeping embeddings costs: bytes for each photo, and what rematching loses by them.

    python -m scripts.measure_kept_regions --data ../shared/data --photos 120

Photos of FlickrLogos-27 are searched for its brands by the embeddings as they are, and again after
they were kept as float16 and in eight bits. A brand counts as found where its rarest match is among
1,000 in a million ordinary photos or rarer, and as first where no other brand's is rarer. Sizes are
of Parquet files compressed with zstd, boxes included.
"""

import argparse
import io
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from app.batch.kept_regions import kept_frames, photos
from app.bootstrap import build
from app.domain.listing import Listing
from app.domain.match import Match
from app.domain.registry import MotifKind, NewMotif
from app.evaluation.flickrlogos27 import Query, load_flickrlogos27
from app.services.region_memory import LookedAt, NotedRegions, PhotoRegions
from app.services.sources import FileSource
from app.services.touchstone import Touchstone
from app.settings import Settings

_FOUND_PER_MILLION = 1_000.0


@dataclass(frozen=True, slots=True)
class Kept:
    """A way to keep embeddings: `bytes` gives a file of photos, `back` what is read from it."""

    name: str
    bytes: Callable[[Sequence[PhotoRegions]], int]
    back: Callable[[PhotoRegions], PhotoRegions]


def _size(table: pa.Table) -> int:
    file = io.BytesIO()
    pq.write_table(table, file, compression="zstd")
    return file.tell()


def _float_bytes(given: Sequence[PhotoRegions], kind: type[np.floating]) -> int:
    frames = [frame for photo in given for frame in photo.frames]
    boxes = pa.array([frame.boxes.ravel() for frame in frames], pa.list_(pa.int32()))
    rows = [frame.embeddings.astype(kind).ravel() for frame in frames]
    return _size(pa.table({"boxes": boxes, "rows": pa.array(rows)}))


def _eight_bit_bytes(given: Sequence[PhotoRegions]) -> int:
    frames = [frame for photo in given for frame in kept_frames(photo)]
    columns = {
        "boxes": pa.array([frame.boxes.ravel() for frame in frames], pa.list_(pa.int32())),
        "codes": pa.array([frame.codes.ravel() for frame in frames]),
        "scales": pa.array([frame.scales for frame in frames]),
    }
    return _size(pa.table(columns))


def _as_half(photo: PhotoRegions) -> PhotoRegions:
    frames = []
    for frame in photo.frames:
        near = frame.embeddings.astype(np.float16).astype(np.float32)
        near /= np.linalg.norm(near, axis=1, keepdims=True)
        frames.append(LookedAt(frame.boxes, near))
    return PhotoRegions(photo.sha256, tuple(frames))


WAYS = (
    Kept("float32", lambda given: _float_bytes(given, np.float32), lambda photo: photo),
    Kept("float16", lambda given: _float_bytes(given, np.float16), _as_half),
    Kept("eight bits", _eight_bit_bytes, lambda photo: next(photos(kept_frames(photo)))),
)


def seen(touchstone: Touchstone, queries: Sequence[Query]) -> list[tuple[Query, PhotoRegions]]:
    """Return what each photo is embedded as."""
    found: list[tuple[Query, PhotoRegions]] = []
    for query in queries:
        noted: list[PhotoRegions] = []
        source = FileSource(query.path.name, query.path)
        touchstone.assessor.assess(
            Listing(query.path.stem), [source], regions=NotedRegions(noted.append)
        )
        found += [(query, regions) for regions in noted]
    return found


def enrol(touchstone: Touchstone, data: Path) -> list[Query]:
    """Register the brands by their references, and return the photos to search."""
    logos = load_flickrlogos27(data / "flickrlogos27")
    for reference in logos.references:
        new = NewMotif(reference.brand, "logo", MotifKind.LOGO)
        motif, _ = touchstone.registry.ensure_motif(new)
        touchstone.enroller.add(
            motif.id, reference.path.read_bytes(), box=reference.box, source="FlickrLogos-27"
        )
    return [query for query in logos.queries if query.brand]


def table(touchstone: Touchstone, found: Sequence[tuple[Query, PhotoRegions]]) -> str:
    """Return sizes and losses as Markdown."""
    lines = [
        "| Kept as | KiB a photo | Largest change of a similarity | First | Found |",
        "| --- | --- | --- | --- | --- |",
    ]
    plain = [touchstone.assessor.rematch(regions) for _, regions in found]
    for way in WAYS:
        kib = way.bytes([regions for _, regions in found]) / len(found) / 1024
        matches = [touchstone.assessor.rematch(way.back(regions)) for _, regions in found]
        change = max(_change(a, b) for a, b in zip(plain, matches, strict=True))
        pairs = [(query.brand, best) for (query, _), best in zip(found, matches, strict=True)]
        first = np.mean([bool(best) and best[0].brand == brand for brand, best in pairs])
        hits = np.mean([any(_is_found(m, brand) for m in best) for brand, best in pairs])
        lines.append(f"| {way.name} | {kib:.1f} | {change:.4f} | {first:.3f} | {hits:.3f} |")
    regions = np.mean([len(frame.boxes) for _, photo in found for frame in photo.frames])
    dim = found[0][1].frames[0].embeddings.shape[1]
    lines.append(f"\n{len(found)} photos of {regions:.0f} regions, {dim} components.")
    return "\n".join(lines)


def _change(before: tuple[Match, ...], after: tuple[Match, ...]) -> float:
    """Return how far similarities moved, over motifs matched by the same reference both times."""
    known = {(match.motif_id, match.reference_id, match.box): match for match in before}
    pairs = [(known.get((m.motif_id, m.reference_id, m.box)), m) for m in after]
    return max((abs(a.similarity - b.similarity) for a, b in pairs if a is not None), default=0.0)


def _is_found(match: Match, brand: str) -> bool:
    alarms = match.false_alarms_per_million
    return match.brand == brand and alarms is not None and alarms <= _FOUND_PER_MILLION


def main(words: list[str] | None = None) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder of the data sets")
    parser.add_argument("--photos", type=int, default=120)
    options = parser.parse_args(words)
    with tempfile.TemporaryDirectory() as name:
        own: dict[str, Any] = {"data_dir": Path(name), "database_url": "", "blob_url": ""}
        own |= {"reading": "never", "second_look": "off", "lint": "off"}
        touchstone = build(Settings(**own))
        try:
            queries = enrol(touchstone, options.data)
            step = max(1, len(queries) // options.photos)
            print(table(touchstone, seen(touchstone, queries[::step])))
        finally:
            touchstone.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
