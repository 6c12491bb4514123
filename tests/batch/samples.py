"""A deterministic assessor without a model, and catalogues for it."""

import csv
import hashlib
import io
import json
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from app.batch.catalog_files import CatalogFile, catalog_files
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
from app.domain.contract import Document
from app.domain.errors import ImageRefusedError
from app.domain.listing import Listing
from app.domain.match import Match
from app.media.limits import DecodeLimits
from app.services.photo_memory import NoPhotoMemory, PhotoMemory
from app.services.region_memory import RegionMemory
from app.services.sources import ImageSource
from app.services.stages import Observe, timed, unobserved

VERSIONS = Versions("fake-1", "exact-r1-n1", 1, "policy-1", "background-1")
VERDICTS = tuple(Verdict)


@dataclass
class FakeAssessor:
    """Judges by checksums: the same listing and photos always give the same assessment."""

    versions: Versions = VERSIONS
    seconds: float = 0.0
    trouble: Mapping[str, BaseException] = field(default_factory=dict)
    before: Callable[[Listing], None] = lambda _: None
    assessed: list[str] = field(default_factory=list)
    looked: list[str] = field(default_factory=list)

    def assess(
        self,
        listing: Listing,
        sources: Sequence[ImageSource],
        *,
        observe: Observe = unobserved,
        memory: PhotoMemory | None = None,
        regions: RegionMemory | None = None,  # noqa: ARG002  the role's signature
    ) -> Assessment:
        self.before(listing)
        self.assessed.append(listing.listing_id)
        if listing.listing_id in self.trouble:
            raise self.trouble[listing.listing_id]
        time.sleep(self.seconds)
        with timed(observe, "decode"):
            findings = tuple(self._look(source, memory) for source in sources)
        claim = Claim(ClaimKind.SILENT)
        if listing.brand_field:
            claim = Claim(ClaimKind.UNBRANDED, listing.brand_field, ClaimSource.BRAND_FIELD)
        checksum = zlib.crc32(listing.listing_id.encode())
        return Assessment(
            listing_id=listing.listing_id,
            verdict=VERDICTS[checksum % 3],
            factors=Factors(checksum % 101 / 100, 1.0, 1.0),
            claim=claim,
            reasons=(Reason(ReasonCode.NO_BRAND_CLAIM, listing.title),),
            images=findings,
            versions=self.versions,
        )

    def _look(self, source: ImageSource, memory: PhotoMemory | None) -> ImageFinding:
        try:
            data = source.read(DecodeLimits())
        except ImageRefusedError as error:
            return ImageFinding(source.name, error=ImageError(error.code, error.message))

        def look() -> ImageFinding:
            self.looked.append(source.name)
            return _finding(source.name, data)

        memory = memory or NoPhotoMemory()
        return replace(memory.once(hashlib.sha256(data).hexdigest(), look), image=source.name)


def _finding(name: str, data: bytes) -> ImageFinding:
    if data.startswith(b"broken"):
        return ImageFinding(name, error=ImageError("image_corrupt", "It is broken."))
    alarms = 1.0 + zlib.crc32(data) % 1000
    match = Match("Acme", "anvil", 1, 2, Box(0, 0, 9, 9), 0.5, alarms, alarms / 1e6)
    return ImageFinding(name, hashlib.sha256(data).hexdigest(), 10, 10, None, (match,))


def catalog_file(path: Path) -> CatalogFile:
    (file,) = catalog_files(path)
    return file


def listing_values(number: int, **changes: object) -> Document:
    """A row of a catalogue whose folder has `photos/0.jpg` to `photos/4.jpg`."""
    return {
        "listing_id": f"L{number}",
        "seller_id": f"S{number % 7}",
        "title": f"Ring {number}, größer “als” = 手镯",
        "description": 'two\nlines; and "quotes"',
        "brand_field": "Unbranded" if number % 2 else "",
        "category": "jewellery",
        "price": number / 4,
        "currency": "EUR",
        "images": [f"photos/{number % 5}.jpg", f"photos/{(number + 1) % 5}.jpg"],
        **changes,
    }


def write_photos(folder: Path) -> None:
    (folder / "photos").mkdir()
    for number in range(5):
        (folder / "photos" / f"{number}.jpg").write_bytes(bytes([number] * 100))


def write_jsonl(path: Path, rows: Sequence[Document]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def csv_text(rows: Sequence[Document], *, delimiter: str = ",") -> str:
    buffer = io.StringIO()
    writer = csv.DictWriter(
        buffer, list(listing_values(0)), delimiter=delimiter, lineterminator="\n"
    )
    writer.writeheader()
    for row in rows:
        writer.writerow({**row, "images": " | ".join(row["images"])})
    return buffer.getvalue()


def read_jsonl(path: Path) -> list[Document]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n")[:-1]]
