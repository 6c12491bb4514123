"""Motifs, references and assessments to store."""

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
from app.domain.match import Evidence, Match
from app.domain.registry import MotifKind, NewMotif, NewReference, Polarity
from app.storage.registry import SqlRegistryStore


def new_motif(brand: str = "Cartier", name: str = "LOVE screw") -> NewMotif:
    return NewMotif(brand=brand, name=name, kind=MotifKind.PATTERN)


def new_reference(number: int = 0, box: Box | None = None) -> NewReference:
    return NewReference(
        polarity=Polarity.POSITIVE,
        blob=f"{number:064x}",
        width=640,
        height=480,
        box=box,
        source="screws.png",
    )


def add_references(registry: SqlRegistryStore, count: int) -> list[int]:
    """Add one motif with so many references; return their ids."""
    motif, _ = registry.ensure_motif(new_motif())
    with registry.batch():
        return [registry.add_reference(motif.id, new_reference(n))[0].id for n in range(count)]


def match() -> Match:
    return Match(
        brand="Cartier",
        motif="LOVE screw",
        motif_id=1,
        reference_id=2,
        box=Box(412, 300, 560, 455),
        similarity=0.8125,
        false_alarms_per_million=3.25,
        tail=3.25e-6,
        verified=True,
        evidence=(Evidence.VISUAL, Evidence.GEOMETRIC),
    )


def assessment(listing_id: str = "B09X", image: str = "2.jpg") -> Assessment:
    return Assessment(
        listing_id=listing_id,
        verdict=Verdict.SUSPECT,
        factors=Factors(0.75, 1.0, 1.0),
        claim=Claim(ClaimKind.UNBRANDED, "Unbranded", ClaimSource.BRAND_FIELD),
        reasons=(Reason(ReasonCode.MOTIF_SEEN, "Cartier / LOVE screw in image 2"),),
        images=(
            ImageFinding(image, sha256="ab" * 32, width=1200, height=1200, matches=(match(),)),
            ImageFinding("3.jpg", error=ImageError("image_corrupt", "cannot be decoded")),
        ),
        versions=Versions("model", "index", 41, "policy", None),
    )
