"""Makes the page: streams the run once, then reads the photos it shows, and fills the template."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from app.batch.durable import replacing, writing
from app.batch.report.figures import ALARM_BINS, SCORE_BINS, Figures
from app.batch.report.plots import bars
from app.batch.report.reading import FinishedRun, Judged
from app.batch.report.sharing import MOST_PHOTOS, Ring, SharedPhoto, fingerprint, rings
from app.batch.report.worst import (
    Card,
    ReferencePicture,
    WorstListings,
    read_photo,
    thumbnail,
)
from app.domain.assessment import Assessment, Verdict
from app.domain.contract import Document
from app.domain.errors import TouchstoneError
from app.media.limits import DecodeLimits

MOST_RINGS: Final = 30
_NAMES_SHOWN: Final = 12


@dataclass(frozen=True, slots=True)
class ReportOptions:
    """How much the page holds.

    Attributes:
        worst: Listings shown as cards.
        photos_compared: Most photos compared for copies.
        encoding: Of CSV files, as for the run.
        inside: The folders that photos on disk have to lie in, as for the run.
        title: What the catalogue is called; where it lies when empty.
    """

    worst: int = 60
    photos_compared: int = MOST_PHOTOS
    encoding: str = ""
    inside: tuple[Path, ...] | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class RingView:
    """A shared picture as the page shows it."""

    picture: str
    sellers: tuple[str, ...]
    listings: tuple[str, ...]
    more_sellers: int
    more_listings: int
    photos: int


def write_report(
    target: Path,
    html: Path,
    *,
    reference: ReferencePicture,
    limits: DecodeLimits,
    options: ReportOptions | None = None,
) -> Document:
    """Write the page of the run behind OUT and return its totals.

    Args:
        target: OUT, whose run folder still lies beside it.
        html: Replaced when the page is done and not touched before.
        reference: Returns the picture of a reference and the part that shows the motif.
        limits: For reading photos again.
        options: How much is shown.

    Raises:
        InvalidInputError: when there is no run.
        UnsupportedFileError: when its catalogue cannot be read.
        StorageError: when the run is damaged or the page cannot be written.
    """
    options = options or ReportOptions()
    run = FinishedRun(target, encoding=options.encoding, inside=options.inside)
    gathered = _Gathered(options, limits)
    for judged in run.judged():
        gathered.add(judged)
    cards = gathered.worst.cards(reference, limits)
    page = _render(options.title or run.catalog_name, gathered, cards)
    with writing(html), replacing(html) as file:
        file.write(page.encode("utf-8", "backslashreplace"))
    figures = gathered.figures
    return {
        "html": str(html),
        "listings": figures.listings,
        "verdicts": {str(verdict): figures.verdicts[verdict] for verdict in Verdict},
        "cards": len(cards),
        "shared_photos": len(gathered.rings()),
        "photos_compared": len(gathered.photos),
        "errors": dict(sorted(figures.errors.items())),
    }


class _Gathered:
    """What one pass over the run leaves."""

    def __init__(self, options: ReportOptions, limits: DecodeLimits) -> None:
        self.figures = Figures()
        self.worst = WorstListings(options.worst)
        self.photos: list[SharedPhoto] = []
        self.not_compared = 0
        self._thumbnails: dict[str, Callable[[], str]] = {}
        self._most = options.photos_compared
        self._limits = limits

    def add(self, judged: Judged) -> None:
        """Take in one row."""
        assessment = judged.assessment
        self.figures.add(judged, assessment)
        if assessment is None:
            return
        self.worst.add(judged.row, assessment)
        if assessment.verdict is not Verdict.CLEAR:
            self._add_photos(judged, assessment)

    def rings(self) -> list[Ring]:
        """Return the shared pictures."""
        return rings(self.photos)

    def thumbnail(self, ring: Ring) -> str:
        """Return a small picture of what a ring shares, or nothing."""
        return self._thumbnails[ring.photos[0].sha256]()

    def _add_photos(self, judged: Judged, assessment: Assessment) -> None:
        row = judged.row
        for number, image in enumerate(assessment.images):
            if image.error is not None or row is None or image.sha256 is None:
                continue
            if len(self.photos) >= self._most:
                self.not_compared += 1
                continue
            sha256, place = image.sha256, number
            try:
                code = fingerprint(read_photo(row, place, sha256, self._limits))
            except TouchstoneError:
                code = None  # gone or changed since; its hash still tells equal files

            def small(row: Any = row, place: int = place, sha256: str = sha256) -> str:
                try:
                    return thumbnail(read_photo(row, place, sha256, self._limits))
                except TouchstoneError:
                    return ""

            self._thumbnails.setdefault(sha256, small)
            listing = row.listing
            self.photos.append(SharedPhoto(listing.listing_id, listing.seller_id, sha256, code))


def _render(catalog: str, gathered: _Gathered, cards: tuple[Card, ...]) -> str:
    figures, found = gathered.figures, gathered.rings()
    environment = Environment(
        loader=PackageLoader("app.batch.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html").render(
        catalog=catalog,
        figures=figures,
        verdicts=[(v.value, figures.verdicts[v]) for v in reversed(Verdict)],
        tables=figures.tables(),
        cards=cards,
        rings=[_ring_view(gathered, ring) for ring in found[:MOST_RINGS]],
        rings_left_out=max(len(found) - MOST_RINGS, 0),
        compared=len(gathered.photos),
        not_compared=gathered.not_compared,
        errors=figures.errors.most_common(),
        versions=sorted(figures.versions),
        score_plot=bars(figures.scores, _score_labels(), "Listings by score"),
        alarm_plot=bars(figures.alarms, _alarm_labels(), "Listings by false alarms per million"),
    )


def _ring_view(gathered: _Gathered, ring: Ring) -> RingView:
    sellers, listings = ring.sellers, ring.listings
    return RingView(
        picture=gathered.thumbnail(ring),
        sellers=sellers[:_NAMES_SHOWN],
        listings=listings[:_NAMES_SHOWN],
        more_sellers=max(len(sellers) - _NAMES_SHOWN, 0),
        more_listings=max(len(listings) - _NAMES_SHOWN, 0),
        photos=len(ring.photos),
    )


def _score_labels() -> list[str]:
    return [f"{place / SCORE_BINS:.2f}" for place in range(SCORE_BINS + 1)]


def _alarm_labels() -> list[str]:
    return [f"{10 ** (place / 2):,.0f}" for place in range(ALARM_BINS + 1)]
