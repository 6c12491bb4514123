"""Makes the page: streams the run once, then reads the photos it shows, and fills the template."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from app.batch.durable import replacing, writing
from app.batch.report.figures import ALARM_BINS, SCORE_BINS
from app.batch.report.gathering import Comparing, Gathered, Sharing
from app.batch.report.photos import Fetch, PhotoReader, PhotoVector
from app.batch.report.plots import bars
from app.batch.report.reading import FinishedRun
from app.batch.report.seller_rings import SellerRing
from app.batch.report.sharing import MOST_PHOTOS, SharedPicture
from app.batch.report.worst import Card, ReferencePicture
from app.domain.assessment import Verdict
from app.domain.contract import Document
from app.media.limits import DecodeLimits

MOST_RINGS: Final = 20
MOST_PICTURES: Final = 12  # of a ring, and of single sellers
_NAMES_SHOWN: Final = 12
_SELLERS_SHOWN: Final = 40


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
class PictureSources:
    """Where the page's pictures come from, and how photos are compared.

    Attributes:
        reference: Returns the picture of a reference and the part that shows the motif.
        limits: For reading photos again.
        fetch: For the photos of cards that are behind an address.
        vector: Embeds a whole photo, to find copies that fingerprints miss.
        copy_similarity: From which cosine on; `None` where the model's card does not say.
    """

    reference: ReferencePicture
    limits: DecodeLimits
    fetch: Fetch | None = None
    vector: PhotoVector | None = None
    copy_similarity: float | None = None


@dataclass(frozen=True, slots=True)
class Names:
    """A few names of many."""

    shown: tuple[str, ...]
    more: int

    @classmethod
    def of(cls, names: tuple[str, ...], most: int = _NAMES_SHOWN) -> "Names":
        """Return the first names."""
        return cls(names[:most], max(len(names) - most, 0))


@dataclass(frozen=True, slots=True)
class PictureView:
    """A shared picture as the page shows it."""

    picture: str
    sellers: Names
    listings: Names
    photos: int


@dataclass(frozen=True, slots=True)
class RingView:
    """A ring of sellers as the page shows it."""

    sellers: Names
    pictures: tuple[PictureView, ...]
    more_pictures: int
    listings: int


def write_report(
    target: Path, html: Path, *, sources: PictureSources, options: ReportOptions | None = None
) -> Document:
    """Write the page of the run behind OUT and return its totals.

    Args:
        target: OUT, whose run folder still lies beside it.
        html: Replaced when the page is done and not touched before.
        sources: Where pictures come from.
        options: How much is shown.

    Raises:
        InvalidInputError: when there is no run.
        UnsupportedFileError: when its catalogue cannot be read.
        StorageError: when the run is damaged or the page cannot be written.
    """
    options = options or ReportOptions()
    run = FinishedRun(target, encoding=options.encoding, inside=options.inside)
    reader = PhotoReader(sources.limits, sources.fetch)
    knows = sources.copy_similarity is not None
    vector = sources.vector if knows else None
    comparing = Comparing(options.photos_compared, vector, sources.copy_similarity)
    gathered = Gathered(options.worst, comparing, reader)
    for judged in run.judged():
        gathered.add(judged)
    cards = gathered.worst.cards(sources.reference, reader)
    sharing = gathered.sharing()
    page = _render(options.title or run.catalog_name, gathered, cards, sharing)
    with writing(html), replacing(html) as file:
        file.write(page.encode("utf-8", "backslashreplace"))
    figures = gathered.figures
    return {
        "html": str(html),
        "listings": figures.listings,
        "verdicts": {str(verdict): figures.verdicts[verdict] for verdict in Verdict},
        "cards": len(cards),
        "shared_photos": len(sharing.pictures),
        "seller_rings": len(sharing.rings),
        "photos_compared": gathered.compared,
        "errors": dict(sorted(figures.errors.items())),
    }


def _render(catalog: str, gathered: Gathered, cards: tuple[Card, ...], sharing: Sharing) -> str:
    figures, alone = gathered.figures, sharing.of_one_seller
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
        rings=[_ring_view(gathered, ring) for ring in sharing.rings[:MOST_RINGS]],
        rings_left_out=max(len(sharing.rings) - MOST_RINGS, 0),
        alone=[_picture_view(gathered, picture) for picture in alone[:MOST_PICTURES]],
        alone_left_out=max(len(alone) - MOST_PICTURES, 0),
        gathered=gathered,
        errors=figures.errors.most_common(),
        versions=sorted(figures.versions),
        score_plot=bars(figures.scores, _score_labels(), "Listings by score"),
        alarm_plot=bars(figures.alarms, _alarm_labels(), "Listings by false alarms per million"),
    )


def _ring_view(gathered: Gathered, ring: SellerRing) -> RingView:
    return RingView(
        sellers=Names.of(ring.sellers, _SELLERS_SHOWN),
        pictures=tuple(_picture_view(gathered, each) for each in ring.pictures[:MOST_PICTURES]),
        more_pictures=max(len(ring.pictures) - MOST_PICTURES, 0),
        listings=ring.listings,
    )


def _picture_view(gathered: Gathered, picture: SharedPicture) -> PictureView:
    return PictureView(
        picture=gathered.thumbnail(picture),
        sellers=Names.of(picture.sellers),
        listings=Names.of(picture.listings),
        photos=len(picture.photos),
    )


def _score_labels() -> list[str]:
    return [f"{place / SCORE_BINS:.2f}" for place in range(SCORE_BINS + 1)]


def _alarm_labels() -> list[str]:
    return [f"{10 ** (place / 2):,.0f}" for place in range(ALARM_BINS + 1)]
