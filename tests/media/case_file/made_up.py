"""A made-up case: one suspect listing with a match, an unreadable photo and odd texts."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from app.domain.assessment import (
    Assessment,
    Factors,
    ImageError,
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
from app.domain.registry import Brand, Motif, MotifKind, Polarity, Reference, Registration
from app.media.aligned import beside_png
from app.media.case_file.content import CaseFile, MatchExhibit, PhotoExhibit
from app.media.case_file.pictures import page_jpeg
from app.media.overlay import overlay_png
from tests.fakes import motif_picture, picture_with

TITLE = "Damen Armband 女士手镯 سوار браслет"
MATCH = Match("Cartier", "LOVE screw", 12, 31, Box(0, 0, 120, 120), 0.81, 3.2, 3.2e-6)
NEAR = Match("Acme", "star", 5, 9, Box(0, 0, 60, 60), 0.4, 90_000, 0.09)
REGISTRATION = Registration("EUIPO", "018123456", (14, 25), ("26.4.1",), date(2030, 9, 17))
MOTIF = Motif(12, Brand(3, "Cartier"), "LOVE screw", MotifKind.PATTERN, (), (REGISTRATION,))
REFERENCE = Reference(31, 12, Polarity.POSITIVE, "ab" * 32, 120, 120, source="press kit")


def case(**changes: Any) -> CaseFile:
    """The case, with other values where they are given."""
    photo, mark = picture_with(motif_picture()), motif_picture()
    comparison = beside_png(photo, MATCH, mark)
    exhibit = MatchExhibit("1-1", MATCH, MOTIF, REFERENCE, comparison)
    readable, broken = _findings()
    values: dict[str, Any] = {
        "id": "asm_7",
        "created_at": datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC),
        "sha256": "cd" * 32,
        "software": "touchstone 0.1.0",
        "signer": None,
        "listing": listing(),
        "assessment": assessment(),
        "photos": (
            PhotoExhibit(1, readable, page_jpeg(overlay_png(photo, [MATCH])), (exhibit,)),
            PhotoExhibit(2, broken),
        ),
        "motifs": (MOTIF,),
        "references": (REFERENCE,),
        "removed": ("ref_9",),
    }
    return CaseFile(**(values | changes))


def listing(**changes: Any) -> Listing:
    """The listing of the case."""
    made = Listing(
        "B09X",
        ("1.jpg", "broken.jpg"),
        seller_id="s-77",
        title=TITLE,
        description="Ein klassisches Armband.",
        brand_field="Unbranded",
        price=12.5,
        currency="EUR",
    )
    return replace(made, **changes)


def assessment(**changes: Any) -> Assessment:
    """The verdict of the case."""
    made = Assessment(
        "B09X",
        Verdict.SUSPECT,
        Factors(0.97, 1.0, 1.0),
        Claim(ClaimKind.UNBRANDED, "Unbranded", ClaimSource.BRAND_FIELD),
        (
            Reason(ReasonCode.MOTIF_SEEN, "Cartier / LOVE screw in image 1"),
            Reason(ReasonCode.CLAIMS_UNBRANDED, "brand field says 'Unbranded'"),
        ),
        _findings(),
        Versions("model-1", "flat-r41-n9", 41, "policy-12345678", "400-photos"),
    )
    return replace(made, **changes)


def _findings() -> tuple[ImageFinding, ImageFinding]:
    broken = ImageError("image_truncated", "the file ends before its picture does")
    return (
        ImageFinding("1.jpg", "ef" * 32, 240, 240, matches=(MATCH, NEAR)),
        ImageFinding("broken.jpg", "01" * 32, error=broken),
    )
