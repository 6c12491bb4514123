"""Measures where a photo's time goes, and what the runtimes are worth against each other.

    python -m scripts.benchmark

Everything is measured in one run on the demo's photos, in turns, so that the ratios hold on a busy
machine; the milliseconds are this machine's. Medians over the rounds are printed as Markdown.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

from app.bootstrap import build, build_eyes
from app.demo.goods import sample_listings
from app.domain.listing import Listing
from app.media.decoding import decode_image
from app.media.limits import DecodeLimits
from app.services.sources import BytesSource
from app.services.stages import STAGES, StageTotals
from app.settings import Settings
from models.regions import Photo, Regions

Photos = dict[str, bytes]


def main(rounds: int) -> str:
    """Run every measurement and return the tables."""
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder)
        photos = {n: d for s in sample_listings() for n, d in s.photos.items() if len(d) > 20_000}
        return _runtimes(data_dir, photos, rounds) + "\n\n" + _stages(data_dir, photos, rounds)


def _runtimes(data_dir: Path, photos: Photos, rounds: int) -> str:
    """Time embedding alone: all regions of a photo as one batch."""
    choices = {
        "torch, float32": Settings(data_dir=data_dir, runtime="torch"),
        "OpenVINO, float32": Settings(data_dir=data_dir, runtime="openvino", precision="f32"),
        "OpenVINO, as the processor prefers": Settings(data_dir=data_dir, runtime="openvino"),
    }
    eyes = {name: build_eyes(settings) for name, settings in choices.items()}
    proposer = next(iter(eyes.values())).proposer
    regions = [proposer.propose(decoded) for decoded in map(_decoded, list(photos.values())[:4])]
    seconds: dict[str, list[float]] = {name: [] for name in eyes}
    for _ in range(rounds):
        for name, pair in eyes.items():
            seconds[name].append(_timed(partial(_each, pair.embedder.embed, regions)))
    lines = ["| runtime | ms a photo | against torch |", "| --- | --- | --- |"]
    base = seconds["torch, float32"]
    for name, values in seconds.items():
        ratio = median(slow / quick for slow, quick in zip(base, values, strict=True))
        each = 1000 * median(values) / len(regions)
        lines.append(f"| {name} | {each:.0f} | {ratio:.1f} x |")
    return "\n".join(lines) + f"\n\n{len(regions[0])} regions a photo."


def _stages(data_dir: Path, photos: Photos, rounds: int) -> str:
    """Time whole assessments against an empty registry, one photo each, one thread."""
    touchstone = build(Settings(data_dir=data_dir))
    totals, walls = StageTotals(), []
    for _ in range(rounds):
        for name, data in photos.items():
            source = BytesSource(name, data)
            assess = partial(touchstone.assessor.assess, observe=totals)
            walls.append(_timed(partial(assess, Listing("L"), [source])))
    touchstone.close()
    calls = max(totals.calls["decode"], 1)
    cells = [f"{1000 * totals.seconds[stage] / calls:.1f}" for stage in STAGES]
    return "\n".join(
        [
            "| " + " | ".join((*STAGES, "whole photo")) + " |",
            "| --- |" + " --- |" * len(STAGES),
            "| " + " | ".join((*cells, f"{1000 * median(walls):.1f}")) + " |",
        ]
    )


def _each(embed: Callable[[Regions], object], regions: list[Regions]) -> None:
    for region in regions:
        embed(region)


def _decoded(data: bytes) -> Photo:
    return decode_image(data, DecodeLimits()).frames[0]


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    print(main(parser.parse_args().rounds))
