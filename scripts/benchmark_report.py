"""Measures the page of a large run: its size, the time it takes, and the memory.

    python -m scripts.benchmark_report --listings 100000

The run is made up: three listings in a thousand are suspect, twenty need a review, and each of
those has two photos of its own, but for some that other sellers show as well. Drawing them and
scoring are not in the figures. The model embeds the photos as for any page.
"""

import argparse
import hashlib
import json
import random
import resource
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app.batch.report.page import PictureSources, write_report
from app.batch.scoring import score_catalog
from app.bootstrap import build_eyes
from app.domain.assessment import (
    Assessment,
    Factors,
    ImageFinding,
    Reason,
    ReasonCode,
    Verdict,
    Versions,
)
from app.domain.box import Box
from app.domain.claim import Claim, ClaimKind, ClaimSource
from app.domain.listing import Listing
from app.domain.match import Match
from app.media.limits import DecodeLimits
from app.services.photo_memory import PhotoMemory
from app.services.region_memory import RegionMemory
from app.services.sources import ImageSource
from app.services.stages import Observe, unobserved
from app.services.whole_photos import WholePhotos
from app.settings import Settings
from models.catalogue import copy_similarity

_SIDE = 600
_PHOTOS = 2
_SELLERS = 5_000
_SUSPECT, _REVIEW = 3, 23  # of a thousand, the second with the first
_SHARED = 50
_VERSIONS = Versions("made-up", "made-up", 1, "made-up", "made-up")


@dataclass
class MadeUp:
    """Gives every listing a verdict by its number, and looks at no photo but those it wrote."""

    folder: Path
    shas: dict[str, str] = field(default_factory=dict)

    def assess(
        self,
        listing: Listing,
        sources: Sequence[ImageSource],
        *,
        observe: Observe = unobserved,
        memory: PhotoMemory | None = None,
        regions: RegionMemory | None = None,  # noqa: ARG002
    ) -> Assessment:
        """Return an assessment; see `app.batch.stage.ListingAssessor`."""
        del observe, memory
        number = int(listing.listing_id.removeprefix("L") or 0) if sources else 0
        verdict, score = _verdict(number) if sources else (Verdict.CLEAR, 0.0)
        rarity = 10.0 ** (-6 * score)
        brand, box = f"Brand {number % 40}", Box(60, 60, 260, 260)
        match = Match(brand, "mark", 1, 1, box, 0.5, 1e6 * rarity, rarity)
        images = tuple(
            ImageFinding(
                each.name, self.shas.get(each.name, "0" * 64), _SIDE, _SIDE, None, (match,)
            )
            for each in sources
        )
        claim = Claim(ClaimKind.UNBRANDED, "Unbranded", ClaimSource.BRAND_FIELD)
        reasons = (Reason(ReasonCode.CLAIMS_UNBRANDED, "brand field says 'Unbranded'"),)
        factors = Factors(score, 1.0, 1.0)
        return Assessment(listing.listing_id, verdict, factors, claim, reasons, images, _VERSIONS)


def _verdict(number: int) -> tuple[Verdict, float]:
    place = number * 7919 % 1000
    if place < _SUSPECT:
        return Verdict.SUSPECT, 0.9 + place / 100
    if place < _REVIEW:
        return Verdict.REVIEW, 0.4 + place / 100
    return Verdict.CLEAR, place / 5000


def _write(folder: Path, listings: int, assessor: MadeUp) -> Path:
    """Write the catalogue and the photos that the page will read."""
    chance, rng = random.Random(1), np.random.default_rng(1)  # noqa: S311
    (folder / "photos").mkdir()
    with (folder / "in.jsonl").open("w", encoding="utf-8") as file:
        for number in range(listings):
            names = [f"photos/{number}-{photo}.jpg" for photo in range(_PHOTOS)]
            if _verdict(number)[0] is not Verdict.CLEAR:
                if number % _SHARED == 0:
                    names[0] = f"photos/shared-{number % 400}.jpg"
                for name in names:
                    if name not in assessor.shas:
                        _draw(folder / name, rng)
                        data = (folder / name).read_bytes()
                        assessor.shas[name] = hashlib.sha256(data).hexdigest()
            row = {
                "listing_id": f"L{number}",
                "seller_id": f"seller-{chance.randrange(_SELLERS)}",
                "title": f"Classic ring number {number}, polished, with a box",
                "brand_field": "Unbranded",
                "category": f"category {number % 60}",
                "images": names,
            }
            file.write(json.dumps(row) + "\n")
    return folder / "in.jsonl"


def _draw(path: Path, rng: np.random.Generator) -> None:
    coarse = Image.fromarray(rng.integers(0, 255, (14, 14, 3), np.uint8))
    coarse.resize((_SIDE, _SIDE), Image.Resampling.BICUBIC).save(path, "JPEG", quality=85)


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--listings", type=int, nargs="+", default=[100_000])
    print("| Listings | Photos compared | Seconds | of them embedding | Page, MB | Memory, MiB |")
    print("| --- | --- | --- | --- | --- | --- |")
    for listings in parser.parse_args().listings:
        print(_row(listings))


def _row(listings: int) -> str:
    settings = Settings()
    embedder = build_eyes(settings).embedder
    whole, embedding = WholePhotos(lambda: embedder), [0.0]

    def vector(photo: NDArray[np.uint8]) -> NDArray[np.float32]:
        began = time.perf_counter()
        found = whole(photo)
        embedding[0] += time.perf_counter() - began
        return found

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        assessor = MadeUp(folder)
        source = _write(folder, listings, assessor)
        score_catalog(source, folder / "out.jsonl", assessor=assessor)
        sources = PictureSources(
            lambda _: None, DecodeLimits(), None, vector, copy_similarity(settings.model)
        )
        began = time.perf_counter()
        done = write_report(folder / "out.jsonl", folder / "report.html", sources=sources)
        seconds = time.perf_counter() - began
        size = (folder / "report.html").stat().st_size / 1e6
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return (
        f"| {done['listings']:,} | {done['photos_compared']:,} | {seconds:.0f} "
        f"| {embedding[0]:.0f} | {size:.1f} | {memory:,} |"
    )


if __name__ == "__main__":
    main()
