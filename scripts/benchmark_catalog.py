"""Measures a catalogue run: against the network alone, its memory, and workers of a cluster.

    python -m scripts.benchmark_catalog --data ../shared/data
    python -m scripts.benchmark_catalog --memory 1000 10000
    python -m scripts.benchmark_catalog --data ../shared/data --cluster 1 2
    python -m scripts.benchmark_catalog --data ../shared/data --one-core

The first looks, round by round in turns, at the same photos twice: decoded beforehand, proposed and
embedded by as many threads as the run has workers, and as a catalogue from disk to OUT. The second
scores catalogues of growing size in a process each, with the embedder without weights and every
photo another one, and tells the most memory that each process ever had. The third scores the same
catalogue with so many workers of a Ray cluster, a core and a thread each, in turns; rates are from
the first finished listing on, when every worker is there. The last scores it in one thread and
tells what a photo costs: processor time, which other work beside it does not lengthen, and bytes.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2

from app.batch.cluster_jobs import ClusterOptions
from app.batch.scoring import RunOptions, score_catalog
from app.batch.tally import CatalogSummary, ProgressReport
from app.bootstrap import build, build_eyes
from app.cli.bench import on_ray
from app.domain.errors import TouchstoneError
from app.evaluation.speed.photos import product_photos
from app.evaluation.speed.random_registry import fill_with_random
from app.media.decoding import decode_image
from app.media.limits import DecodeLimits
from app.services.assessment import Eyes
from app.services.touchstone import Touchstone
from app.settings import Settings
from app.storage.database import Database
from app.storage.embeddings import SqlEmbeddingStore
from models.regions import Photo
from scripts.measure_driver import seconds_by_process

_PHOTOS_PER_LISTING = 2
_ONE_RUN = ("ray::Findings", "ray::_Cell")
_STAGES = ("decode", "propose", "embed", "search", "read", "judge")


def measure_speed(settings: Settings, options: argparse.Namespace) -> str:
    """Return the table of rates."""
    photos = product_photos(options.data, options.photos, options.side)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = write_catalog(folder, photos, len(photos) // _PHOTOS_PER_LISTING)
        own = {"data_dir": folder / "var", "database_url": "", "blob_url": ""}
        eyes = build_eyes(settings)
        throwaway = settings.model_copy(update=own)
        touchstone = build(throwaway, eyes)
        _enrol(touchstone, throwaway, options.references)
        decoded = [decode_image(data, DecodeLimits()).frames[0] for data in photos]
        alone: list[float] = []
        runs: list[CatalogSummary] = []
        try:
            for round_number in range(options.rounds + 1):
                rate = embedding_rate(eyes, decoded, options.workers)
                run = score_catalog(
                    source,
                    folder / "out.jsonl",
                    assessor=touchstone.assessor,
                    options=RunOptions(workers=options.workers),
                )
                if round_number:  # the first one warms up
                    alone.append(rate)
                    runs.append(run)
        finally:
            touchstone.close()
    return speed_table(alone, runs)


def embedding_rate(eyes: Eyes, decoded: Sequence[Photo], workers: int) -> float:
    """Return how many decoded photos a second are proposed and embedded."""

    def look(photo: Photo) -> int:
        return len(eyes.embedder.embed(eyes.proposer.propose(photo)))

    began = time.perf_counter()
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(look, decoded))
    return len(decoded) / (time.perf_counter() - began)


def speed_table(alone: Sequence[float], runs: Sequence[CatalogSummary]) -> str:
    """Return medians over the rounds, as Markdown."""
    rates = [run.photos_per_second for run in runs]
    shares = [rate / best for rate, best in zip(rates, alone, strict=True)]
    lines = [
        "| | Photos a second, median (worst to best round) |",
        "| --- | --- |",
        f"| decoded photos, proposed and embedded | {_spread(alone)} |",
        f"| catalogue, from disk to OUT | {_spread(rates)} |",
        f"| the second as a share of the first | {_spread(shares, 2)} |",
        "",
        "| Stage | ms a photo, added up over workers |",
        "| --- | --- |",
    ]
    for stage in _STAGES:
        spent = [1000 * run.stage_seconds.get(stage, 0.0) / run.photos for run in runs]
        lines.append(f"| {stage} | {statistics.median(spent):.1f} |")
    return "\n".join(lines)


def _spread(values: Sequence[float], digits: int = 1) -> str:
    low, middle, high = min(values), statistics.median(values), max(values)
    return f"{middle:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"


def _enrol(touchstone: Touchstone, settings: Settings, references: int) -> None:
    database = Database(settings.resolved_database_url)
    embedder = touchstone.eyes.embedder
    fill_with_random(touchstone.registry, SqlEmbeddingStore(database), embedder, references)
    database.dispose()


def write_catalog(folder: Path, photos: Sequence[bytes], listings: int) -> Path:
    """Write photos and a catalogue of listings that share them out; every file is another one."""
    names = []
    for place in range(listings * _PHOTOS_PER_LISTING):
        name = f"{place}.jpg"
        # Bytes behind a picture's end change its hash and nothing that anybody sees.
        data = photos[place % len(photos)] + place.to_bytes(8, "big")
        (folder / name).write_bytes(data)
        names.append(name)
    source = folder / "in.jsonl"
    with source.open("w", encoding="utf-8") as file:
        for place in range(listings):
            first = place * _PHOTOS_PER_LISTING
            images = names[first : first + _PHOTOS_PER_LISTING]
            row = {"listing_id": f"L{place}", "brand_field": "Unbranded", "images": images}
            file.write(json.dumps(row) + "\n")
    return source


def measure_cluster(settings: Settings, options: argparse.Namespace) -> str:
    """Return the table of rates by workers, and each as a multiple of the first in its round."""
    photos = product_photos(options.data, options.photos, options.side)
    rates: dict[int, list[float]] = {workers: [] for workers in options.cluster}
    costs: dict[int, list[float]] = {workers: [] for workers in options.cluster}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = write_catalog(folder, photos, len(photos) // _PHOTOS_PER_LISTING)
        own = {"data_dir": folder / "var", "database_url": "", "blob_url": ""}
        throwaway = settings.model_copy(update=own)
        touchstone = build(throwaway)
        _enrol(touchstone, throwaway, options.references)
        try:
            for _ in range(options.rounds):
                for workers in options.cluster:
                    bounds = ClusterOptions(workers, min_workers=workers)
                    clock = _SinceFirst()
                    score_catalog(
                        source,
                        folder / "out.jsonl",
                        assessor=touchstone.assessor,
                        progress=clock,
                        executor=on_ray(throwaway, touchstone, bounds),
                    )
                    rates[workers].append(clock.rate)
                    costs[workers].append(clock.processor_ms)
        finally:
            touchstone.close()
    return cluster_table(rates, costs)


def cluster_table(
    rates: Mapping[int, Sequence[float]], costs: Mapping[int, Sequence[float]]
) -> str:
    """Return medians over the rounds, worst to best in brackets, as Markdown.

    >>> print(cluster_table({1: [2.0, 2.2], 2: [3.8, 4.2]}, {1: [150, 152], 2: [155, 157]}))
    | Workers | Photos a second | Times the first | ms of one core for a photo |
    | --- | --- | --- | --- |
    | 1 | 2.1 (2.0 to 2.2) | 1.00 (1.00 to 1.00) | 151 (150 to 152) |
    | 2 | 4.0 (3.8 to 4.2) | 1.90 (1.90 to 1.91) | 156 (155 to 157) |
    """
    lines = [
        "| Workers | Photos a second | Times the first | ms of one core for a photo |",
        "| --- | --- | --- | --- |",
    ]
    first = next(iter(rates.values()))
    for workers, found in rates.items():
        times = [rate / one for rate, one in zip(found, first, strict=True)]
        cells = (_spread(found), _spread(times, 2), _spread(costs[workers], 0))
        lines.append(f"| {workers} | {' | '.join(cells)} |")
    return "\n".join(lines)


class _SinceFirst:
    """Tells the rate from the first finished listing on, and what workers and driver took."""

    def __init__(self) -> None:
        self._began: tuple[float, int, float] | None = None
        self.rate = 0.0
        self.processor_ms = 0.0

    def __call__(self, report: ProgressReport) -> None:
        last = report.rows == report.total_rows
        if not report.new_rows or (self._began is not None and not last):
            return
        now = time.perf_counter()
        spent = time.process_time() + sum(seconds_by_process(_ONE_RUN).values())
        if self._began is None:
            self._began = (now, report.new_photos, spent)
            return
        photos = report.new_photos - self._began[1]
        self.rate = photos / (now - self._began[0])
        self.processor_ms = 1000 * (spent - self._began[2]) / photos


def measure_core(settings: Settings, options: argparse.Namespace) -> str:
    """Return what a photo costs one core and the disk, as Markdown."""
    photos = product_photos(options.data, options.photos, options.side)
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = write_catalog(folder, photos, len(photos) // _PHOTOS_PER_LISTING)
        own = {"data_dir": folder / "var", "database_url": "", "blob_url": "", "threads": 1}
        alone = settings.model_copy(update=own)
        touchstone = build(alone)
        _enrol(touchstone, alone, options.references)
        target = folder / "out.jsonl"
        run = RunOptions(workers=1, keep_regions=True)
        try:
            touchstone.gallery.current()
            began = time.process_time()
            summary = score_catalog(source, target, assessor=touchstone.assessor, options=run)
            spent = time.process_time() - began
        finally:
            touchstone.close()
        kept = sum(p.stat().st_size for p in folder.glob("out.jsonl.run/*.regions.parquet"))
        ledger = sum(p.stat().st_size for p in folder.glob("out.jsonl.run/*.zst"))
        sizes = {
            "bytes of a photo": sum(map(len, photos)) / len(photos),
            "bytes of an assessment in OUT": target.stat().st_size / summary.listings,
            "bytes of a listing in the ledger": ledger / summary.listings,
            "bytes of a photo's embeddings, kept": kept / summary.photos,
        }
    lines = ["| | |", "| --- | --- |"]
    lines.append(f"| ms of one core for a photo | {1000 * spent / summary.photos:,.0f} |")
    lines += [f"| {name} | {value:,.0f} |" for name, value in sizes.items()]
    return "\n".join(lines)


def measure_memory(sizes: Sequence[int]) -> str:
    """Return the table of memory; every size in a process of its own."""
    lines = ["| Listings | Photos | Seconds | Most memory, MiB |", "| --- | --- | --- | --- |"]
    for listings in sizes:
        command = [sys.executable, "-m", "scripts.benchmark_catalog", "--one-run", str(listings)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
        found = json.loads(done.stdout.splitlines()[-1])
        lines.append(
            f"| {listings:,} | {found['photos']:,} | {found['seconds']:.0f} | {found['mib']:.0f} |"
        )
    return "\n".join(lines)


def one_run(listings: int) -> str:
    """Score a catalogue in this process, and return what it took as JSON."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = write_catalog(folder, product_photos(None, 8, 96), listings)
        settings = Settings(data_dir=folder / "var", model="pixels", grid_scales=(1.0, 0.5))
        touchstone = build(settings)
        try:
            _enrol(touchstone, settings, 100)
            target = folder / "out.jsonl"
            summary = score_catalog(source, target, assessor=touchstone.assessor)
        finally:
            touchstone.close()
    mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return json.dumps({"photos": summary.photos, "seconds": summary.seconds, "mib": mib})


def parsed(words: list[str] | None = None) -> argparse.Namespace:
    """Return the options."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, help="folder that holds clothing/; drawn without")
    parser.add_argument("--photos", type=int, default=80, help="different photos")
    parser.add_argument("--side", type=int, default=800, help="of a photo, in pixels")
    parser.add_argument("--references", type=int, default=3500, help="vectors in the registry")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--memory", type=int, nargs="+", metavar="LISTINGS")
    parser.add_argument("--cluster", type=int, nargs="+", metavar="WORKERS")
    parser.add_argument("--one-core", action="store_true")
    parser.add_argument("--one-run", type=int, metavar="LISTINGS", help=argparse.SUPPRESS)
    return parser.parse_args(words)


def main(words: list[str] | None = None) -> int:
    """Run from the command line."""
    options = parsed(words)
    try:
        if options.one_run:
            print(one_run(options.one_run))
        elif options.cluster:
            print(measure_cluster(Settings(reading="never"), options))
        elif options.one_core:
            print(measure_core(Settings(reading="never"), options))
        elif options.memory:
            print(measure_memory(options.memory))
        else:
            print(measure_speed(Settings(), options))
    except TouchstoneError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
