"""A run's listings and assessments as one HTML file that needs nothing else.

    cards + summary ─▶ views (`report_views.py`) ─▶ templates/report.html ─▶ str

Pictures travel inside as data URIs; there is no script, no font and no request to anywhere, so the
file can be mailed, archived and printed. Everything that a seller wrote is escaped. It says what
was seen and what the listing says, and never that goods are counterfeit.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from jinja2 import Environment, PackageLoader, StrictUndefined

from app.demo.report_views import SEVERITY, card_view, in_a_million
from app.domain.assessment import Assessment, Versions
from app.domain.listing import Listing
from app.domain.match import NOTABLE_PER_MILLION


@dataclass(frozen=True, slots=True)
class ReportCard:
    """One listing of the report.

    Attributes:
        listing: What the seller published.
        assessment: What Touchstone made of it.
        photos: Bytes of its images by name; one that is missing or unreadable is shown as such.
        references: The picture of each reference that a match names, by reference id.
        note: A sentence for the reader above the findings, if any.
    """

    listing: Listing
    assessment: Assessment
    photos: Mapping[str, bytes]
    references: Mapping[int, bytes] = field(default_factory=dict)
    note: str = ""

    def __post_init__(self) -> None:
        if self.listing.listing_id != self.assessment.listing_id:
            raise ValueError(
                f"listing {self.listing.listing_id!r} and assessment of "
                f"{self.assessment.listing_id!r} are not of one listing"
            )


@dataclass(frozen=True, slots=True)
class ReportSummary:
    """What was run.

    Attributes:
        title: Of the page.
        motifs, references: How many the registry held.
        photos_per_second: Over the run; `None` where it was not timed.
        versions: Behind every verdict of the report.
        subtitle: One plain sentence on what was run.
    """

    title: str
    motifs: int
    references: int
    photos_per_second: float | None
    versions: Versions
    subtitle: str = ""

    def __post_init__(self) -> None:
        if self.motifs < 0 or self.references < 0:
            raise ValueError("a registry holds no fewer than zero motifs and references")


def render_report(cards: Sequence[ReportCard], summary: ReportSummary) -> str:
    """Return the report as one HTML document, the gravest listings first."""
    ranked = sorted(cards, key=lambda card: _gravity(card.assessment), reverse=True)
    views = [
        card_view(
            card.listing,
            card.assessment,
            card.photos,
            card.references,
            number=number,
            note=card.note,
        )
        for number, card in enumerate(ranked, start=1)
    ]
    counts = Counter(card.assessment.verdict for card in cards)
    images = [image for card in cards for image in card.assessment.images]
    template = _environment().get_template("report.html")
    return template.render(
        summary=summary,
        cards=views,
        counts=[(verdict.value, counts[verdict]) for verdict in SEVERITY],
        photos=len(images),
        unreadable=sum(image.error is not None for image in images),
        notable=in_a_million(NOTABLE_PER_MILLION),
    )


def _gravity(assessment: Assessment) -> tuple[int, float]:
    return (-SEVERITY.index(assessment.verdict), assessment.score)


def _environment() -> Environment:
    # Escapes every value whatever a file is called, and refuses a name that is not there.
    return Environment(
        loader=PackageLoader("app.demo"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
