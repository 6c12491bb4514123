"""The demo, end to end: a starter registry, sample listings, verdicts, an HTML report; offline.

    marks ─▶ manifest ─▶ registry        goods ─▶ photos ─▶ desk ─▶ table + report.html

It runs the service that a user would run, in a folder of its own, on pictures that are drawn when
it runs. Nothing in it is prepared but the marks and the goods: verdicts come out as they come out.
"""

import csv
import json
import shutil
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from app.demo.goods import SampleListing, sample_listings
from app.demo.report import ReportCard, ReportSummary, render_report
from app.demo.starter import starter_marks
from app.domain.assessment import Assessment, Verdict
from app.domain.contract import alarms_text, assessment_document
from app.domain.errors import InvalidInputError
from app.domain.match import Match
from app.media.marks import render_mark
from app.services.sources import BytesSource
from app.services.touchstone import Touchstone

_MARK_SIDE = 320
_MATCHES = 3
# Marks on goods are rarely the clean icon: each is enrolled in its own colour on white, in black on
# white and in white on black, as a brand's own guidelines would show it.
_VARIANTS = (
    ("own", "", "#ffffff"),
    ("black", "#000000", "#ffffff"),
    ("white", "#ffffff", "#000000"),
)
_COLOURS = {Verdict.CLEAR: "green", Verdict.REVIEW: "yellow", Verdict.SUSPECT: "red"}

OpenService = Callable[[Path, int], Touchstone]


@dataclass(frozen=True, slots=True)
class Story:
    """What the demo did, and where its files are."""

    listings: tuple[SampleListing, ...]
    assessments: tuple[Assessment, ...]
    motifs: int
    references: int
    seconds: float
    report: Path
    catalogue: Path

    def document(self) -> dict[str, Any]:
        """Return the demo as JSON values."""
        return {
            "report": str(self.report),
            "catalogue": str(self.catalogue),
            "motifs": self.motifs,
            "references": self.references,
            "seconds": round(self.seconds, 2),
            "assessments": [assessment_document(assessment) for assessment in self.assessments],
        }


def run_demo(open_service: OpenService, out: Path) -> Story:
    """Run the demo in the folder `out`, replacing an earlier demo's files there."""
    _clear(out)
    samples = sample_listings()
    catalogue = _write_catalogue(samples, out)
    touchstone = open_service(out / "service", _MATCHES)
    try:
        touchstone.importer.run(_write_manifest(out))
        # The first photo would otherwise pay for reading the background.
        gallery = touchstone.gallery.current().gallery
        start = time.perf_counter()
        assessments = tuple(_assess(touchstone, sample) for sample in samples)
        seconds = time.perf_counter() - start
        pictures = _references(touchstone, assessments)
    finally:
        touchstone.close()
    story = Story(
        listings=samples,
        assessments=assessments,
        motifs=len(gallery.motifs),
        references=len(gallery.references),
        seconds=seconds,
        report=out / "report.html",
        catalogue=catalogue,
    )
    story.report.write_text(_report(story, pictures), encoding="utf-8")
    return story


def _clear(out: Path) -> None:
    """Make `out` ready, deleting an earlier demo's folders there and nobody else's."""
    marker = out / ".touchstone-demo"
    present = [out / part for part in ("service", "marks", "photos") if (out / part).exists()]
    if present and not marker.exists():
        raise InvalidInputError(f"{present[0]} is not of an earlier demo; name another --out")
    out.mkdir(parents=True, exist_ok=True)
    marker.write_text("The folders beside this file are made anew by every demo.\n")
    for part in present:
        shutil.rmtree(part)


def _write_manifest(out: Path) -> Path:
    (out / "marks").mkdir()
    manifest = out / "marks" / "manifest.csv"
    with manifest.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("brand", "motif", "kind", "path"))
        for mark in starter_marks():
            for name, colour, background in _VARIANTS:
                path = manifest.parent / f"{mark.slug}-{name}.png"
                picture = render_mark(
                    mark.svg,
                    side=_MARK_SIDE,
                    colour=colour or mark.colour,
                    background=background,
                )
                picture.save(path)
                writer.writerow((mark.title, f"{mark.title} mark", "logo", path.name))
    return manifest


def _write_catalogue(samples: tuple[SampleListing, ...], out: Path) -> Path:
    (out / "photos").mkdir()
    catalogue = out / "catalogue.jsonl"
    with catalogue.open("w", encoding="utf-8") as file:
        for sample in samples:
            names = []
            for name, data in sample.photos.items():
                path = out / "photos" / name
                path.write_bytes(data)
                names.append(f"photos/{name}")
            file.write(json.dumps(asdict(sample.listing) | {"images": names}) + "\n")
    return catalogue


def _assess(touchstone: Touchstone, sample: SampleListing) -> Assessment:
    sources = [BytesSource(name, data) for name, data in sample.photos.items()]
    return touchstone.desk.assess(sample.listing, sources).assessment


def _matches(assessments: tuple[Assessment, ...]) -> list[Match]:
    return [match for a in assessments for image in a.images for match in image.matches]


def _references(touchstone: Touchstone, assessments: tuple[Assessment, ...]) -> dict[int, bytes]:
    """Return the stored image of every reference that any match names."""
    numbers = {match.reference_id for match in _matches(assessments)}
    return {
        number: touchstone.blobs.get(touchstone.registry.reference(number).blob)
        for number in sorted(numbers)
    }


def _report(story: Story, pictures: dict[int, bytes]) -> str:
    cards = [
        ReportCard(
            listing=sample.listing,
            assessment=assessment,
            photos=dict(sample.photos),
            references={m.reference_id: pictures[m.reference_id] for m in _matches((assessment,))},
            note=sample.note,
        )
        for sample, assessment in zip(story.listings, story.assessments, strict=True)
    ]
    photos = sum(len(sample.photos) for sample in story.listings)
    summary = ReportSummary(
        title="Touchstone demo",
        motifs=story.motifs,
        references=story.references,
        photos_per_second=photos / story.seconds,
        versions=story.assessments[0].versions,
    )
    return render_report(cards, summary)


def print_story(story: Story) -> None:
    """Print the verdict table and where to look next."""
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("listing", no_wrap=True, max_width=19)
    table.add_column("says", no_wrap=True, max_width=11)
    for column in ("verdict", "score", "best match"):
        table.add_column(column, no_wrap=True)
    table.add_column("alarms*", justify="right", no_wrap=True)
    for sample, assessment in zip(story.listings, story.assessments, strict=True):
        table.add_row(*_row(sample, assessment))
    console = Console(highlight=False)
    console.print(table)
    counts = Counter(assessment.verdict for assessment in story.assessments)
    console.print(", ".join(f"{counts[verdict]} {verdict}" for verdict in Verdict))
    console.print("* how many of a million ordinary photos would match that motif as well")
    console.print(f"Report: {story.report}")
    console.print(f"Catalogue: {story.catalogue}")


def _row(sample: SampleListing, assessment: Assessment) -> tuple[str, ...]:
    best = min(_matches((assessment,)), key=lambda match: match.rank_key, default=None)
    claim = assessment.claim
    return (
        sample.listing.title or sample.listing.listing_id,
        claim.text or str(claim.kind),
        f"[{_COLOURS[assessment.verdict]}]{assessment.verdict}[/]",
        f"{assessment.score:.2f}",
        "" if best is None else f"{best.brand} {best.similarity:.2f}",
        "" if best is None else alarms_text(best.false_alarms_per_million),
    )
