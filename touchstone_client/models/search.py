"""What the API is sent and answers with: search.

Made from docs/openapi.json by `python -m scripts.make_client`; not to be changed by hand.
"""

from enum import StrEnum
from typing import Annotated, TypeAlias

from pydantic import Field

from touchstone_client.base import Received, Sent
from touchstone_client.models.shared import (
    ClaimPublic,
    FindingPublic,
    ImageCreate,
    MatchPublic,
    OpenVerdict,
    VersionsPublic,
)


class AsReferencePublic(Received):
    """What the boxed crop would do as one more reference of the motif, on the same photo."""

    box: tuple[int, int, int, int]
    """The proposed region nearest to the crop."""
    similarity: float
    """Of that region to the crop."""
    false_alarms_per_million: float | None
    """The figure that it would get."""
    verdict: OpenVerdict
    """What it would bring to the listing by itself."""
    enrolled: bool
    """False where it is too small or would be quarantined."""
    findings: tuple[FindingPublic, ...]
    """What enrolment would say of it."""


class ComparisonPublic(Received):
    """A piece of the photo against a reference."""

    reference_id: str | None
    """The reference's id."""
    box: tuple[int, int, int, int]
    """The piece, in pixels of the photo."""
    similarity: float
    """Cosine, higher is closer."""
    false_alarms_per_million: float | None
    """Ordinary photos in a million that match as well; null where not calibrated. Where the
    motif or the reference takes no part, what it would be if it did.
    """
    short_of_review: float | None
    """Similarity lacking for review."""
    short_of_suspect: float | None
    """Similarity lacking for suspect."""


class BoxedPublic(Received):
    """The caller's box."""

    box: tuple[int, int, int, int]
    """As it was sent."""
    proposed: bool
    """Whether a proposed region overlaps it by half or more."""
    nearest_region: tuple[int, int, int, int]
    """The one that overlaps most."""
    overlap: float
    """Intersection over union with it, 0 to 1."""
    crop: ComparisonPublic | None
    """The boxed crop against the references; null where the motif has none."""
    as_reference: AsReferencePublic
    """The boxed crop as a reference."""


class ExplainCreate(Sent):
    """The same with the image inside JSON."""

    motif_id: str
    """The motif's id, whether or not it takes part."""
    box: tuple[int, int, int, int] | None = None
    """Where a person sees it: `[x_min, y_min, x_max, y_max]` in pixels of the upright image. In
    a form: `40,60,600,580`.
    """
    title: str = ""
    """The listing's title."""
    description: str = ""
    """The listing's description."""
    brand_field: str = ""
    """The structured brand field."""
    image: ImageCreate
    """The image."""


class NeededPublic(Received):
    """The similarities that the listing would be raised from, by sight alone."""

    brand_denied: float
    """How far the listing denies the brand, 0 to 1; 1 where it names the brand, to show what one
    that denies it would need.
    """
    review: float | None
    """For review; null where nothing suffices."""
    suspect: float | None
    """For suspect; null where nothing suffices."""


class QuarantinedPublic(Received):
    """A positive reference that waits in quarantine."""

    findings: tuple[FindingPublic, ...]
    """Why it waits."""
    nearest: ComparisonPublic
    """What it would have found."""


class SuppressorPublic(Received):
    """The negative reference that the nearest region resembles more."""

    reference_id: str
    """The reference's id."""
    similarity: float
    """Its similarity to the nearest region."""


class WhyCode(StrEnum):
    """Stable strings; none is ever renamed."""

    SEEN = "seen"
    TOO_SMALL_TO_JUDGE = "too_small_to_judge"
    MOTIF_DISABLED = "motif_disabled"
    MOTIF_QUARANTINED = "motif_quarantined"
    NO_REFERENCE = "no_reference"
    REFERENCE_QUARANTINED = "reference_quarantined"
    NOT_CALIBRATED = "not_calibrated"
    REGION_NOT_PROPOSED = "region_not_proposed"
    SUPPRESSED_BY_NEGATIVE = "suppressed_by_negative"
    NOT_AMONG_NEAREST = "not_among_nearest"
    BELOW_THRESHOLD = "below_threshold"
    CLAIM_NAMES_BRAND = "claim_names_brand"
    OUTRANKED = "outranked"
    EXPLAINED_BY_NAMED_BRAND = "explained_by_named_brand"


OpenWhyCode: TypeAlias = Annotated[WhyCode | str, Field(union_mode="left_to_right")]


class WhyPublic(Received):
    """One thing that explains the outcome."""

    code: OpenWhyCode
    """A stable string to branch on."""
    detail: str
    """The same for people."""


class ExplanationPublic(Received):
    """Why a motif was raised in an image, or not."""

    image: str
    """The image's name."""
    width: int
    """Pixels across, upright."""
    height: int
    """Pixels down, upright."""
    motif_id: str
    """The motif's id."""
    brand: str
    """Its brand."""
    motif: str
    """Its name."""
    claim: ClaimPublic
    """The listing's own word on its brand."""
    verdict: OpenVerdict
    """The listing's verdict, all motifs considered."""
    why: tuple[WhyPublic, ...]
    """What explains it, in the order of mending."""
    needed: NeededPublic
    """Which similarity would have been needed."""
    nearest: ComparisonPublic | None
    """The nearest region and positive reference; null where there is none."""
    counted: ComparisonPublic | None
    """What matching went on with."""
    suppressed_by: SuppressorPublic | None
    """What kept the nearest region from counting."""
    quarantined: tuple[QuarantinedPublic, ...]
    """References that wait."""
    box: BoxedPublic | None
    """What is to be said of the box sent."""
    versions: VersionsPublic
    """What the answer depended on."""


class SearchPublic(Received):
    """The nearest motifs of one image; no listing, no verdict."""

    image: str
    """The image's name."""
    sha256: str
    """Of the file as it was sent."""
    width: int
    """Pixels across, upright."""
    height: int
    """Pixels down, upright."""
    matches: tuple[MatchPublic, ...]
    """One for each motif, best first."""
