"""Evidence: everything an assessment rests on, as one document or one ZIP file.

    evidence.json             the assessment, the listing, the references that matched
    photos/1.jpeg             every readable photo as it was sent, numbered as in the listing
    overlays/1.png            the same with its matches drawn in
    references/ref_31.png     the references that matched
    SHA256SUMS                one line a file, as `sha256sum --check` reads it

The same assessment gives the same bytes as long as the registry stands still: the entries' times
are the assessment's own. A reference that was removed since is named and left out; a photo that
storage has lost is an error, because evidence with a silent gap is worse than none.
"""

import hashlib
import json
import zipfile
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import IO, Any

from app.domain.contract import Document, assessment_document
from app.domain.errors import NotFoundError
from app.domain.ports import BlobStore, RegistryStore, StoredAssessment
from app.domain.registry import IdPrefix, Motif, Reference, public_id
from app.media.formats import sniff_format
from app.services.desk import AssessmentDesk

DOCUMENT_NAME = "evidence.json"
SUMS_NAME = "SHA256SUMS"


def stored_document(stored: StoredAssessment) -> Document:
    """Return the contract's assessment with the id and the time under which it is kept."""
    return {
        "id": public_id(IdPrefix.ASSESSMENT, stored.id),
        "created_at": stored.created_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        **assessment_document(stored.assessment),
    }


def media_type(data: bytes) -> str:
    """Return the media type of an image file by its first bytes.

    >>> media_type(b"GIF89a and so on")
    'image/gif'
    """
    image_format = sniff_format(data)
    return "application/octet-stream" if image_format is None else f"image/{image_format}"


class EvidenceRoom:
    """Gathers the evidence of kept assessments."""

    def __init__(self, registry: RegistryStore, blobs: BlobStore, desk: AssessmentDesk) -> None:
        self._registry = registry
        self._blobs = blobs
        self._desk = desk

    def document(self, stored: StoredAssessment) -> Document:
        """Return the evidence as plain JSON values."""
        kept, removed = self._references(stored)
        return {
            "assessment": stored_document(stored),
            "listing": _listing_document(stored),
            "references": [_reference_document(motif, reference) for motif, reference in kept],
            "removed_references": [public_id(IdPrefix.REFERENCE, number) for number in removed],
        }

    def write_zip(self, stored: StoredAssessment, file: IO[bytes]) -> None:
        """Write the evidence as a ZIP file.

        Raises:
            NotFoundError: when a photo or a reference's image is not in the store any more.
            StorageError: when one is damaged.
        """
        sums: list[str] = []
        with zipfile.ZipFile(file, "w") as archive:
            for name, data in self._files(stored):
                archive.writestr(_entry(name, stored.created_at), data)
                sums.append(f"{hashlib.sha256(data).hexdigest()}  {name}\n")
            archive.writestr(_entry(SUMS_NAME, stored.created_at), "".join(sums))

    def _files(self, stored: StoredAssessment) -> Iterator[tuple[str, bytes]]:
        document = json.dumps(self.document(stored), ensure_ascii=False, indent=2)
        yield DOCUMENT_NAME, document.encode("utf-8", "backslashreplace")
        for number, finding in enumerate(stored.assessment.images, start=1):
            if finding.error is None:
                photo = self._blobs.get(finding.sha256 or "")
                yield f"photos/{number}.{_extension(photo)}", photo
                yield f"overlays/{number}.png", self._desk.overlay(stored, number)
        for _, reference in self._references(stored)[0]:
            image = self._blobs.get(reference.blob)
            name = public_id(IdPrefix.REFERENCE, reference.id)
            yield f"references/{name}.{_extension(image)}", image

    def _references(
        self, stored: StoredAssessment
    ) -> tuple[list[tuple[Motif, Reference]], list[int]]:
        """Return the matched references that still exist, and the ids of those that do not."""
        matches = [match for finding in stored.assessment.images for match in finding.matches]
        kept: list[tuple[Motif, Reference]] = []
        removed: list[int] = []
        for number in sorted({match.reference_id for match in matches}):
            try:
                reference = self._registry.reference(number)
                kept.append((self._registry.motif(reference.motif_id), reference))
            except NotFoundError:
                removed.append(number)
        return kept, removed


def _listing_document(stored: StoredAssessment) -> Document:
    listing: dict[str, Any] = asdict(stored.listing)
    return {**listing, "images": list(stored.listing.images)}


def _reference_document(motif: Motif, reference: Reference) -> Document:
    return {
        "id": public_id(IdPrefix.REFERENCE, reference.id),
        "motif_id": public_id(IdPrefix.MOTIF, motif.id),
        "brand": motif.brand.name,
        "motif": motif.name,
        "kind": str(motif.kind),
        "polarity": str(reference.polarity),
        "sha256": reference.blob,
        "width": reference.width,
        "height": reference.height,
        "box": None if reference.box is None else list(reference.box.as_tuple()),
        "source": reference.source,
    }


def _extension(data: bytes) -> str:
    return media_type(data).rpartition("/")[2]


def _entry(name: str, moment: datetime) -> zipfile.ZipInfo:
    utc = moment.astimezone(UTC)
    entry = zipfile.ZipInfo(name, (utc.year, utc.month, utc.day, utc.hour, utc.minute, utc.second))
    # Images are packed already; the rest is small but worth the little it costs.
    text = name in {DOCUMENT_NAME, SUMS_NAME}
    entry.compress_type = zipfile.ZIP_DEFLATED if text else zipfile.ZIP_STORED
    entry.create_system = 3  # Unix, on every system, so that the bytes do not depend on it
    entry.external_attr = 0o644 << 16
    return entry
