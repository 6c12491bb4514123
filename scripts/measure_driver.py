"""Measures what a run on a cluster costs beside looking at photos: the driver, and what is shared.

    RAY_ADDRESS=local python -m scripts.measure_driver --listings 500

A catalogue of listings of three photos, each another one, is scored by one worker that sees nothing
in any photo and takes no time for it. What is left is the driver's own work (reading rows and
photos, handing them out, the ledger), the findings that workers share, and Ray's own processes.
Times are the processor's, so that other work beside it does not count; Linux alone tells them.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from app.batch.cluster_jobs import ClusterOptions
from app.batch.ray import RayExecutor
from app.batch.scoring import RunOptions, score_catalog
from app.batch.stage import AssessStage
from app.batch.tally import ProgressReport
from app.domain.assessment import Assessment, Factors, ImageFinding, Verdict, Versions
from app.domain.claim import Claim, ClaimKind
from app.domain.listing import Listing
from app.media.limits import DecodeLimits
from app.services.photo_memory import NoPhotoMemory, PhotoMemory
from app.services.region_memory import RegionMemory
from app.services.sources import ImageSource
from app.services.stages import Observe, unobserved

_PHOTOS = 3
_PHOTO_BYTES = 200_000
_OURS = ("ray::Findings", "ray::_Cell", "raylet", "gcs_server")


class BlindAssessor:
    """Reads and hashes photos, remembers them, and sees nothing."""

    def assess(
        self,
        listing: Listing,
        sources: Sequence[ImageSource],
        *,
        observe: Observe = unobserved,  # noqa: ARG002  the role's signature
        memory: PhotoMemory | None = None,
        regions: RegionMemory | None = None,  # noqa: ARG002
    ) -> Assessment:
        """Return an assessment without a match."""
        known = memory or NoPhotoMemory()
        images = []
        for source in sources:
            digest = sha256(source.read(DecodeLimits())).hexdigest()
            finding = ImageFinding(source.name, digest, 800, 800)
            images.append(known.once(digest, lambda found=finding: found))  # type: ignore[misc]
        versions = Versions("none", "none", 0, "none", None)
        factors, claim = Factors(0.0, 1.0, 1.0), Claim(ClaimKind.SILENT)
        return Assessment(
            listing.listing_id, Verdict.CLEAR, factors, claim, (), tuple(images), versions
        )


@dataclass(frozen=True, slots=True)
class BlindBench:
    """What a worker of this measurement judges by."""

    assessor: BlindAssessor
    collector: None = None


def blind_bench(threads: int, gpu: bool) -> BlindBench:  # noqa: ARG001  the role's
    """Make it."""
    return BlindBench(BlindAssessor())


def write_catalog(folder: Path, listings: int) -> Path:
    """Write listings of three photos; what is in them nobody looks at."""
    rows = []
    body = os.urandom(_PHOTO_BYTES)
    for place in range(listings):
        names = [f"{place}-{photo}.jpg" for photo in range(_PHOTOS)]
        for name in names:
            (folder / name).write_bytes(name.encode() + body)
        rows.append(json.dumps({"listing_id": f"L{place}", "images": names}))
    source = folder / "in.jsonl"
    source.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return source


def seconds_by_process(names: Sequence[str] = _OURS) -> Counter[str]:
    """Return the processor time that Ray's processes of these names have taken so far."""
    found: Counter[str] = Counter()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = (stat.with_name("cmdline")).read_bytes().replace(b"\0", b" ").decode()
            times = stat.read_text().rpartition(")")[2].split()[11:13]
        except OSError:
            continue  # it ended meanwhile
        name = next((name for name in names if name in words), None)
        if name:
            found[name] += sum(map(int, times)) / os.sysconf("SC_CLK_TCK")  # type: ignore[assignment]
    return found


def table(listings: int) -> str:
    """Return what each process took for a listing, as Markdown."""
    others: list[Counter[str]] = []

    def watch(report: ProgressReport) -> None:
        if report.rows in {1, report.total_rows}:
            others.append(seconds_by_process())
            own.append(time.process_time())

    own: list[float] = []
    versions = AssessStage(BlindAssessor()).versions()
    executor = RayExecutor(blind_bench, versions, DecodeLimits(), ClusterOptions(workers=1))
    with tempfile.TemporaryDirectory() as name:
        source = write_catalog(Path(name), listings)
        score_catalog(
            source,
            Path(name) / "out.jsonl",
            assessor=BlindAssessor(),
            options=RunOptions(),
            progress=watch,
            executor=executor,
        )
    spent = others[1] - others[0]
    spent["the command itself"] = own[1] - own[0]  # type: ignore[assignment]
    lines = ["| Process | ms of one core for a listing |", "| --- | --- |"]
    lines += [
        f"| {process} | {1000 * spent[process] / (listings - 1):.2f} |"
        for process in ("the command itself", *_OURS)
    ]
    return "\n".join(lines)


def main(words: list[str] | None = None) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--listings", type=int, default=2000)
    print(table(parser.parse_args(words).listings))
    return 0


if __name__ == "__main__":
    sys.exit(main())
