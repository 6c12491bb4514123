"""What a case file is made of: values and finished pictures, nothing that has to be looked up.

The pictures are JPEG or PNG bytes. A match or a reference whose registry entry was removed since is
still shown, with what the assessment itself says of it.
"""

from dataclasses import dataclass
from datetime import datetime

from app.domain.assessment import Assessment, ImageFinding
from app.domain.listing import Listing
from app.domain.match import Match
from app.domain.registry import Motif, Reference


@dataclass(frozen=True, slots=True)
class MatchExhibit:
    """A match that counts as seen: the crop beside its reference, and one laid over the other."""

    label: str
    match: Match
    motif: Motif | None
    reference: Reference | None
    comparison: bytes | None = None
    aligned: bytes | None = None

    @property
    def mark(self) -> str:
        """The mark's name as the assessment has it."""
        return f"{self.match.brand} / {self.match.motif}"


@dataclass(frozen=True, slots=True)
class PhotoExhibit:
    """One image of the listing; `overlay` is `None` where it could not be judged."""

    number: int
    finding: ImageFinding
    overlay: bytes | None = None
    matches: tuple[MatchExhibit, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseFile:
    """One verdict with its exhibits.

    Attributes:
        id: The assessment's public id.
        created_at: When the verdict was given; the document's own date.
        sha256: Of `evidence.json`, which holds every value that the pages show.
        software: Name and version of what made the file.
        signer: Fingerprint of the key that signs the manifest around it, or `None`.
        motifs: The marks that the exhibits name, as they are registered today.
        references: The matched references that still exist.
        removed: Ids of matched references that do not.
    """

    id: str
    created_at: datetime
    sha256: str
    software: str
    signer: str | None
    listing: Listing
    assessment: Assessment
    photos: tuple[PhotoExhibit, ...]
    motifs: tuple[Motif, ...]
    references: tuple[Reference, ...]
    removed: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.photos) != len(self.assessment.images):
            raise ValueError("a case file has every image of its assessment")
        if self.created_at.tzinfo is None:
            raise ValueError("a case file's date has a time zone")

    @property
    def lead(self) -> MatchExhibit | None:
        """The exhibit of the match that the verdict speaks of."""
        wanted = self.assessment.lead
        exhibits = [match for photo in self.photos for match in photo.matches]
        return next((exhibit for exhibit in exhibits if exhibit.match is wanted), None)
