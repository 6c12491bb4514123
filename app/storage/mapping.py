"""From rows to the domain's values and back, for what the registry holds."""

from datetime import date
from typing import Any

from sqlalchemy import Row

from app.domain.box import Box
from app.domain.expected_place import ExpectedPlace
from app.domain.flood import FloodCode, Quarantine
from app.domain.lint import LintCode, LintFinding, ReferenceStatus
from app.domain.prices import PriceRange
from app.domain.registry import Brand, Motif, MotifKind, Polarity, Reference, Registration
from app.domain.sellers import Seller, SellerKind
from app.storage.tables import BrandRow, MotifRow, ReferenceRow, SellerRow


def brand_from(row: BrandRow | Row[Any]) -> Brand:
    """Return the brand in a row."""
    prices = tuple(PriceRange(**document) for document in row.prices)
    return Brand(id=row.id, name=row.name, aliases=tuple(row.aliases), prices=prices)


def seller_from(row: SellerRow | Row[Any]) -> Seller:
    """Return the authorisation in a row."""
    return Seller(
        id=row.id,
        brand_id=row.brand_id,
        seller_id=row.seller_id,
        kind=SellerKind(row.kind),
        territory=row.territory,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        note=row.note,
    )


def motif_from(row: MotifRow | Row[Any], brand: Brand) -> Motif:
    """Return the motif in a row, under its brand."""
    return Motif(
        id=row.id,
        brand=brand,
        name=row.name,
        kind=MotifKind(row.kind),
        words=tuple(row.words),
        registrations=tuple(registration_from(document) for document in row.registrations),
        disabled=row.disabled,
        disabled_until=row.disabled_until,
        expected_place=ExpectedPlace.parse(row.expected_place) if row.expected_place else None,
        quarantine=_quarantine_from(row),
        released_at=row.released_at,
    )


def _quarantine_from(row: MotifRow | Row[Any]) -> Quarantine | None:
    if row.quarantined_at is None:
        return None
    code = FloodCode(row.quarantine_code)
    return Quarantine(code, row.quarantine_detail, row.quarantined_at)


def reference_from(row: ReferenceRow | Row[Any]) -> Reference:
    """Return the reference in a row."""
    return Reference(
        id=row.id,
        motif_id=row.motif_id,
        polarity=Polarity(row.polarity),
        blob=row.blob,
        width=row.width,
        height=row.height,
        box=box_from(row.box),
        source=row.source,
        status=ReferenceStatus(row.status),
        findings=tuple(
            LintFinding(LintCode(finding["code"]), finding["detail"]) for finding in row.findings
        ),
    )


def box_text(box: Box | None) -> str:
    """Return a box as text that is the same exactly when the box is.

    >>> box_text(Box(0, 10, 20, 30)), box_text(None)
    ('0,10,20,30', '')
    """
    return "" if box is None else ",".join(str(edge) for edge in box.as_tuple())


def box_from(text: str) -> Box | None:
    """Restore a box from `box_text`."""
    return Box(*(int(edge) for edge in text.split(","))) if text else None


def registration_document(registration: Registration) -> dict[str, Any]:
    """Return a registration as JSON values."""
    expires_on = registration.expires_on
    return {
        "office": registration.office,
        "number": registration.number,
        "nice_classes": list(registration.nice_classes),
        "vienna_classes": list(registration.vienna_classes),
        "expires_on": None if expires_on is None else expires_on.isoformat(),
    }


def registration_from(document: dict[str, Any]) -> Registration:
    """Restore a registration from `registration_document`."""
    expires_on = document["expires_on"]
    return Registration(
        office=document["office"],
        number=document["number"],
        nice_classes=tuple(document["nice_classes"]),
        vienna_classes=tuple(document["vienna_classes"]),
        expires_on=None if expires_on is None else date.fromisoformat(expires_on),
    )
