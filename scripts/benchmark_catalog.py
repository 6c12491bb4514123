"""Measures a catalogue run against what the network alone could do, and its memory as it grows.

    python -m scripts.benchmark_catalog --data ../shared/data
    python -m scripts.benchmark_catalog --memory 1000 10000

The first looks, round by round in turns, at the same photos twice: decoded beforehand, proposed and
embedded by as many threads as the run has workers, and as a catalogue from disk to OUT. The second
scores catalogues of growing size in a process each, with the embedder without weights and every
photo another one, and tells the most memory that each process ever had.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from app.batch.scoring import RunOptions, score_catalog
from app.batch.tally import CatalogSummary
from app.bootstrap import build, build_eyes
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

_PHOTOS_PER_LISTING = 2
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
    parser.add_argument("--one-run", type=int, metavar="LISTINGS", help=argparse.SUPPRESS)
    return parser.parse_args(words)


def main(words: list[str] | None = None) -> int:
    """Run from the command line."""
    options = parsed(words)
    try:
        if options.one_run:
            print(one_run(options.one_run))
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
