"""Evidence: everything an assessment rests on, as one document, as pages, or as one ZIP file.

    evidence.json             the assessment, the listing, the references that matched
    photos/1.jpeg             every readable photo as it was sent, numbered as in the listing
    overlays/1.png            the same with its matches drawn in
    comparisons/1-1.png       a match of photo 1: the crop beside its reference
    references/ref_31.png     the references that matched
    case.pdf                  all of it for people
    SHA256SUMS                one line a file, as `sha256sum --check` reads it
    manifest.json             every file with its size and hash; says by whom it is signed
    manifest.sig              the operator's signature over the manifest, where a key is set

The same assessment gives the same bytes as long as the registry stands still: the entries' times
are the assessment's own. A reference that was removed since is named and left out; a photo that
storage has lost is an error, because evidence with a silent gap is worse than none.
"""

import hashlib
import json
import zipfile
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime
from importlib.metadata import version
from typing import IO, Any, Final

from app.domain.box import Box
from app.domain.contract import Document, assessment_document
from app.domain.ports import BlobStore, RegistryStore, StoredAssessment
from app.domain.registry import IdPrefix, Motif, Reference, Registration, public_id
from app.media.aligned import Picture
from app.media.case_file.content import CaseFile, PhotoExhibit
from app.media.formats import sniff_format
from app.media.limits import DecodeLimits
from app.services.case_manifest import MANIFEST_NAME, SIGNATURE_NAME, ListedFile, manifest_bytes
from app.services.case_pictures import CasePictures, Known
from app.services.signing import SigningKey

DOCUMENT_NAME: Final = "evidence.json"
PAGES_NAME: Final = "case.pdf"
SUMS_NAME: Final = "SHA256SUMS"
_TEXTS: Final = frozenset({DOCUMENT_NAME, SUMS_NAME, MANIFEST_NAME})


def stored_document(stored: StoredAssessment) -> Document:
    """Return the contract's assessment with the id and the time under which it is kept."""
    return {
        "id": public_id(IdPrefix.ASSESSMENT, stored.id),
        "created_at": _moment(stored),
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

    def __init__(
        self,
        registry: RegistryStore,
        blobs: BlobStore,
        limits: DecodeLimits,
        key: SigningKey | None = None,
    ) -> None:
        self._blobs = blobs
        self._pictures = CasePictures(registry, blobs, limits)
        self._key = key
        self._software = f"touchstone {version('touchstone')}"

    @property
    def signer(self) -> str | None:
        """The fingerprint of the key that signs, or `None` where packs are not signed."""
        return None if self._key is None else self._key.public.fingerprint

    def document(self, stored: StoredAssessment) -> Document:
        """Return the evidence as plain JSON values."""
        kept, removed = self._references(stored)
        return {
            "software": self._software,
            "assessment": stored_document(stored),
            "listing": _listing_document(stored),
            "references": [_reference_document(motif, reference) for motif, reference in kept],
            "removed_references": removed,
        }

    def reference(self, reference_id: int) -> tuple[Picture, Box] | None:
        """Return a reference's picture and the part that shows the motif, or `None` if gone."""
        return self._pictures.reference(reference_id)

    def overlay(self, stored: StoredAssessment, number: int) -> bytes:
        """Return one photo with its matches drawn in, as PNG; see `CasePictures.overlay`."""
        return self._pictures.overlay(stored, number)

    def pdf(self, stored: StoredAssessment) -> bytes:
        """Return the case file as PDF; raises as `write_zip` does."""
        exhibits = [
            PhotoExhibit(number, finding)
            if finding.error is not None
            else self._pictures.of(stored, number, finding).exhibit
            for number, finding in enumerate(stored.assessment.images, start=1)
        ]
        return self._pages(stored, self._document_bytes(stored), exhibits)

    def write_zip(self, stored: StoredAssessment, file: IO[bytes]) -> None:
        """Write the evidence as a ZIP file.

        Raises:
            NotFoundError: when a photo or a reference's image is not in the store any more.
            StorageError: when one is damaged.
        """
        listed: list[ListedFile] = []
        with zipfile.ZipFile(file, "w") as archive:
            for name, data in self._files(stored):
                archive.writestr(_entry(name, stored.created_at), data)
                listed.append(ListedFile.of(name, data))
            sums = "".join(f"{each.sha256}  {each.name}\n" for each in listed).encode()
            archive.writestr(_entry(SUMS_NAME, stored.created_at), sums)
            listed.append(ListedFile.of(SUMS_NAME, sums))
            manifest = manifest_bytes(self._header(stored), listed, self._key)
            archive.writestr(_entry(MANIFEST_NAME, stored.created_at), manifest)
            if self._key is not None:
                signature = self._key.sign(manifest)
                archive.writestr(_entry(SIGNATURE_NAME, stored.created_at), signature)

    def _header(self, stored: StoredAssessment) -> dict[str, str]:
        return {
            "case": public_id(IdPrefix.ASSESSMENT, stored.id),
            "created_at": _moment(stored),
            "software": self._software,
        }

    def _document_bytes(self, stored: StoredAssessment) -> bytes:
        document = json.dumps(self.document(stored), ensure_ascii=False, indent=2)
        return document.encode("utf-8", "backslashreplace")

    def _files(self, stored: StoredAssessment) -> Iterator[tuple[str, bytes]]:
        document = self._document_bytes(stored)
        yield DOCUMENT_NAME, document
        exhibits: list[PhotoExhibit] = []
        for number, finding in enumerate(stored.assessment.images, start=1):
            if finding.error is not None:
                exhibits.append(PhotoExhibit(number, finding))
                continue
            files = self._pictures.of(stored, number, finding)
            yield f"photos/{number}.{_extension(files.photo)}", files.photo
            yield f"overlays/{number}.png", files.overlay
            yield from _exhibit_files(files.exhibit)
            exhibits.append(files.exhibit)
        for _, reference in self._references(stored)[0]:
            image = self._blobs.get(reference.blob)
            name = public_id(IdPrefix.REFERENCE, reference.id)
            yield f"references/{name}.{_extension(image)}", image
        yield PAGES_NAME, self._pages(stored, document, exhibits)

    def _pages(
        self, stored: StoredAssessment, document: bytes, exhibits: list[PhotoExhibit]
    ) -> bytes:
        # Imported here: the PDF library takes half a second that other commands should not pay.
        from app.media.case_file.sections import case_pdf  # noqa: PLC0415

        kept, removed = self._references(stored)
        motifs = {motif.id: motif for motif, _ in kept}
        return case_pdf(
            CaseFile(
                id=public_id(IdPrefix.ASSESSMENT, stored.id),
                created_at=stored.created_at.astimezone(UTC),
                sha256=hashlib.sha256(document).hexdigest(),
                software=self._software,
                signer=self.signer,
                listing=stored.listing,
                assessment=stored.assessment,
                photos=tuple(exhibits),
                motifs=tuple(motifs.values()),
                references=tuple(reference for _, reference in kept),
                removed=tuple(removed),
            )
        )

    def _references(self, stored: StoredAssessment) -> tuple[list[Known], list[str]]:
        """Return the matched references that still exist, and the ids of those that do not."""
        matches = [match for finding in stored.assessment.images for match in finding.matches]
        kept: list[Known] = []
        removed: list[str] = []
        for number in sorted({match.reference_id for match in matches}):
            known = self._pictures.known(number)
            if known is None:
                removed.append(public_id(IdPrefix.REFERENCE, number))
            else:
                kept.append(known)
        return kept, removed


def _exhibit_files(photo: PhotoExhibit) -> Iterator[tuple[str, bytes]]:
    for exhibit in photo.matches:
        if exhibit.comparison is not None:
            yield f"comparisons/{exhibit.label}.png", exhibit.comparison
        if exhibit.aligned is not None:
            yield f"aligned/{exhibit.label}.png", exhibit.aligned


def _moment(stored: StoredAssessment) -> str:
    return stored.created_at.astimezone(UTC).isoformat().replace("+00:00", "Z")


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
        "registrations": [_registration_document(mark) for mark in motif.registrations],
        "polarity": str(reference.polarity),
        "sha256": reference.blob,
        "width": reference.width,
        "height": reference.height,
        "box": None if reference.box is None else list(reference.box.as_tuple()),
        "source": reference.source,
    }


def _registration_document(mark: Registration) -> Document:
    expires: date | None = mark.expires_on
    return {
        "office": mark.office,
        "number": mark.number,
        "nice_classes": list(mark.nice_classes),
        "vienna_classes": list(mark.vienna_classes),
        "expires_on": None if expires is None else expires.isoformat(),
    }


def _extension(data: bytes) -> str:
    return media_type(data).rpartition("/")[2]


def _entry(name: str, moment: datetime) -> zipfile.ZipInfo:
    utc = moment.astimezone(UTC)
    entry = zipfile.ZipInfo(name, (utc.year, utc.month, utc.day, utc.hour, utc.minute, utc.second))
    # Images are packed already; the rest is small but worth the little it costs.
    entry.compress_type = zipfile.ZIP_DEFLATED if name in _TEXTS else zipfile.ZIP_STORED
    entry.create_system = 3  # Unix, on every system, so that the bytes do not depend on it
    entry.external_attr = 0o644 << 16
    return entry
