"""The worst listings of a run, kept while it streams by, and their pictures afterwards.

Ordered by verdict, then score, then the rarity of the best match, then the catalogue's order. Each
picture is made small: a page with a hundred cards stays below some ten megabytes.
"""

import base64
import heapq
import io
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from app.batch.report.figures import best_match
from app.batch.report.photos import PhotoReader
from app.batch.rows import CatalogRow
from app.domain.assessment import Assessment, ImageFinding, Verdict
from app.domain.box import Box
from app.domain.contract import alarms_text
from app.domain.errors import TouchstoneError
from app.domain.match import Match

ReferencePicture = Callable[[int], tuple[NDArray[np.uint8], Box] | None]
WORST: Final = 60
_GRAVITY: Final = {Verdict.CLEAR: 0, Verdict.REVIEW: 1, Verdict.SUSPECT: 2}
_SIDE, _REFERENCE_SIDE = 420, 160
_COLOUR: Final = (196, 18, 48)


@dataclass(frozen=True, slots=True)
class Card:
    """One listing of the page; pictures are data URIs, empty where there is none."""

    listing_id: str
    title: str
    facts: tuple[tuple[str, str], ...]
    verdict: str
    score: str
    factors: tuple[tuple[str, float], ...]
    match: str
    alarms: str
    reasons: tuple[tuple[str, str], ...]
    photo: str
    problem: str
    reference: str


@dataclass
class WorstListings:
    """Keeps the worst; for one thread."""

    most: int = WORST
    _heap: list[tuple[tuple[float, ...], CatalogRow | None, Assessment]] = field(
        default_factory=list
    )
    _count: "itertools.count[int]" = field(default_factory=itertools.count)

    def add(self, row: CatalogRow | None, assessment: Assessment) -> None:
        """Keep a listing if it is among the worst so far."""
        best = best_match(assessment)
        rarity = 1.0 if best is None else best.tail
        key = (_GRAVITY[assessment.verdict], assessment.score, -rarity, -next(self._count))
        if len(self._heap) < self.most:
            heapq.heappush(self._heap, (key, row, assessment))
        elif self._heap and key > self._heap[0][0]:
            heapq.heapreplace(self._heap, (key, row, assessment))

    def cards(self, reference: ReferencePicture, reader: PhotoReader) -> tuple[Card, ...]:
        """Return the cards, worst first, without the clear ones."""
        ranked = sorted(self._heap, key=lambda kept: kept[0], reverse=True)
        return tuple(
            _card(row, assessment, reference, reader)
            for _, row, assessment in ranked
            if assessment.verdict is not Verdict.CLEAR
        )


def _card(
    row: CatalogRow | None,
    assessment: Assessment,
    reference: ReferencePicture,
    reader: PhotoReader,
) -> Card:
    best = best_match(assessment)
    photo, problem = _photo(row, assessment, best, reader)
    present, denied, unauthorised = assessment.factors.as_tuple()
    listing = None if row is None else row.listing
    price = "" if listing is None or listing.price is None else f"{listing.price:,.2f}"
    facts = (
        ("Listing", assessment.listing_id),
        ("Seller", listing.seller_id if listing else ""),
        ("Brand field", listing.brand_field if listing else ""),
        ("Category", listing.category if listing else ""),
        ("Price", f"{price} {listing.currency}".strip() if listing else ""),
    )
    return Card(
        listing_id=assessment.listing_id,
        title=(listing.title if listing else "").strip() or assessment.listing_id,
        facts=tuple((name, value) for name, value in facts if value),
        verdict=assessment.verdict.value,
        score=f"{assessment.score:.2f}",
        factors=(
            ("mark shown", present),
            ("brand denied", denied),
            ("not authorised", unauthorised),
        ),
        match="" if best is None else f"{best.brand} / {best.motif}",
        alarms="" if best is None else alarms_text(best.false_alarms_per_million),
        reasons=tuple((str(reason.code), reason.detail) for reason in assessment.reasons),
        photo=photo,
        problem=problem,
        reference="" if best is None else _reference(reference(best.reference_id)),
    )


def _photo(
    row: CatalogRow | None, assessment: Assessment, best: Match | None, reader: PhotoReader
) -> tuple[str, str]:
    """Return the photo of the best match with its box, or why there is none."""
    places = [
        (number, image)
        for number, image in enumerate(assessment.images)
        if image.error is None and (best is None or best in image.matches)
    ]
    if not places:
        return "", "No photo of this listing could be judged."
    if row is None:
        return "", "The catalogue has this listing no more, or has it differently."
    number, image = places[0]
    try:
        picture = reader.read(row, number, image.sha256 or "")
    except TouchstoneError as error:
        return "", error.message
    return _data_uri(_boxed(picture, image, best)), ""


def _boxed(picture: NDArray[np.uint8], image: ImageFinding, best: Match | None) -> Image.Image:
    small = Image.fromarray(picture)
    small.thumbnail((_SIDE, _SIDE), Image.Resampling.LANCZOS)
    if best is not None:
        across, down = small.width / (image.width or 1), small.height / (image.height or 1)
        box = best.box
        corners = (box.x_min * across, box.y_min * down, box.x_max * across, box.y_max * down)
        draw = ImageDraw.Draw(small)
        # A light edge around the red one: on red goods it is what shows.
        draw.rectangle(_grown(corners), outline="white", width=5)
        draw.rectangle(corners, outline=_COLOUR, width=3)
    return small


def _grown(corners: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    x_min, y_min, x_max, y_max = corners
    return x_min - 1, y_min - 1, x_max + 1, y_max + 1


def _reference(known: tuple[NDArray[np.uint8], Box] | None) -> str:
    if known is None:
        return ""
    picture, region = known
    small = Image.fromarray(picture).crop(region.as_tuple())
    small.thumbnail((_REFERENCE_SIDE, _REFERENCE_SIDE), Image.Resampling.LANCZOS)
    return _data_uri(small)


def _data_uri(picture: Image.Image) -> str:
    buffer = io.BytesIO()
    picture.convert("RGB").save(buffer, "JPEG", quality=82)
    return f"data:image/jpeg;base64,{base64.b64encode(buffer.getvalue()).decode('ascii')}"


def thumbnail(picture: NDArray[np.uint8], side: int = 180) -> str:
    """Return a small version of a picture as a data URI."""
    small = Image.fromarray(picture)
    small.thumbnail((side, side), Image.Resampling.LANCZOS)
    return _data_uri(small)
