"""Measures where a photo's time goes, beside what the machine could do and beside rivals.

    python -m scripts.benchmark --data ../shared/data
    python -m scripts.benchmark --json > speed.json

Every profile of the setting `speed` assesses the same square photos against a registry of random
vectors, through the service's own classes. Products of matrices, copies of memory and rivals take
turns with it in the same rounds. Settings come from the environment, as for the service; the
database is a throw-away one.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import get_args

from app.bootstrap import build, build_eyes
from app.domain.errors import TouchstoneError
from app.evaluation.bench import load_rival
from app.evaluation.speed.benchmark import Profile, SpeedPlan, run_benchmark
from app.evaluation.speed.machine import MachineSizes
from app.evaluation.speed.photos import product_photos
from app.evaluation.speed.random_registry import fill_with_random
from app.evaluation.speed.speed_report import SpeedReport
from app.services.assessment import Eyes
from app.settings import Settings
from app.storage.database import Database
from app.storage.embeddings import SqlEmbeddingStore
from models.proposers.grid import GridProposer

PROFILES: tuple[str, ...] = get_args(Settings.model_fields["speed"].annotation)


def benchmark(settings: Settings, options: argparse.Namespace) -> SpeedReport:
    """Measure as the options say; `settings.data_dir` only lends its converted networks."""
    photos = product_photos(options.data, options.photos, options.side)
    lite0 = {} if options.no_rivals else _previous_default(settings)
    plan = SpeedPlan(
        photos=photos,
        references=options.references,
        rounds=options.rounds,
        at_once=tuple(options.at_once),
        sizes=MachineSizes(options.matrix_side, options.copy_mib * 2**20),
        looking=lite0,
        rivals=not options.no_rivals,
    )
    with tempfile.TemporaryDirectory() as folder, _profiles(settings, Path(folder), plan) as found:
        return run_benchmark(found, plan)


@contextmanager
def _profiles(settings: Settings, folder: Path, plan: SpeedPlan) -> Iterator[list[Profile]]:
    """Open a service for each profile that looks in its own way, all over one registry."""
    own = {"data_dir": folder, "database_url": "", "blob_url": "", "index_kind": "flat"}
    found: dict[str, Profile] = {}
    try:
        for name in PROFILES:
            chosen = settings.model_copy(update={"speed": name})
            eyes = build_eyes(chosen)
            if eyes.model in found:  # without a trained proposer the setting changes nothing
                continue
            plain = build_eyes(chosen.model_copy(update={"runtime": "torch"}))
            throwaway = chosen.model_copy(update=own)
            found[eyes.model] = Profile(name, build(throwaway, eyes), plain)
            if len(found) == 1:
                _enrol(found[eyes.model], throwaway, plan.references)
        yield list(found.values())
    finally:
        for profile in found.values():
            profile.touchstone.close()


def _enrol(profile: Profile, settings: Settings, references: int) -> None:
    database = Database(settings.resolved_database_url)
    registry, embedder = profile.touchstone.registry, profile.touchstone.eyes.embedder
    fill_with_random(registry, SqlEmbeddingStore(database), embedder, references)
    database.dispose()


def _previous_default(settings: Settings) -> dict[str, Eyes]:
    embedder = load_rival(settings.model_cache)
    return {f"{embedder.name} on a grid": Eyes(GridProposer(), embedder)}


def parsed(words: list[str] | None = None) -> argparse.Namespace:
    """Return the options."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, help="folder that holds clothing/; drawn without")
    parser.add_argument("--photos", type=int, default=8, help="different photos")
    parser.add_argument("--side", type=int, default=800, help="of a photo, in pixels")
    parser.add_argument("--references", type=int, default=3500, help="vectors in the registry")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--at-once", type=int, nargs="+", default=[1, 2, 4], metavar="THREADS")
    parser.add_argument("--matrix-side", type=int, default=4096, help="of the measured product")
    parser.add_argument("--copy-mib", type=int, default=512, help="of the measured copy")
    parser.add_argument("--no-rivals", action="store_true")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    return parser.parse_args(words)


def main(words: list[str] | None = None) -> int:
    """Run from the command line."""
    options = parsed(words)
    try:
        report = benchmark(Settings(), options)
    except TouchstoneError as error:
        print(error, file=sys.stderr)
        return 1
    print(json.dumps(report.document(), indent=2) if options.json else report.markdown())
    return 0


if __name__ == "__main__":
    sys.exit(main())
