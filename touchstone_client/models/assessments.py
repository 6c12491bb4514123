"""What the API is sent and answers with: assessments.

Made from docs/openapi.json by `python -m scripts.make_client`; not to be changed by hand.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, TypeAlias

from pydantic import Field

from touchstone_client.base import Received, Sent
from touchstone_client.models.shared import (
    ClaimPublic,
    ImageCreate,
    MatchPublic,
    OpenMotifKind,
    OpenPolarity,
    OpenVerdict,
    RegistrationPublic,
    VersionsPublic,
)


class ListingCreate(Sent):
    """What a seller published; only `listing_id` is required."""

    listing_id: str
    """The marketplace's own id."""
    seller_id: str = ""
    """The seller's id."""
    title: str = ""
    """The title as published."""
    description: str = ""
    """The description, as text."""
    brand_field: str = ""
    """The structured brand field."""
    category: str = ""
    """The category, in any wording."""
    price: float | None = None
    """The price."""
    currency: str = ""
    """The price's currency."""
    territory: str = ""
    """The marketplace's country by its code, where a seller has to be authorised."""
    images: tuple[str, ...] = ()
    """Names of the photos, if the row has them. The photos themselves must be sent along, and a
    name without its photo is refused; a URL whose photo was not sent is fetched where the
    service may do that.
    """


class AssessmentCreate(Sent):
    """A listing with its photos inside JSON."""

    listing: ListingCreate
    """What the seller says."""
    images: tuple[ImageCreate, ...] = ()
    """The photos in the listing's order. None at all is allowed."""


class FactorsPublic(Received):
    """The three factors of the score."""

    motif_present: float
    """Probability that a motif is there."""
    brand_denied: float
    """Probability that the listing denies the brand."""
    not_authorised: float
    """0 for a seller known to be authorised, else 1."""


class ConcealmentKind(StrEnum):
    """What a patch was hidden with."""

    COVER = "cover"
    MOSAIC = "mosaic"
    BLUR = "blur"


OpenConcealmentKind: TypeAlias = Annotated[ConcealmentKind | str, Field(union_mode="left_to_right")]


class ConcealmentPublic(Received):
    """A patch that looks as if somebody hid something there; it is no match."""

    kind: OpenConcealmentKind
    """`cover`, `mosaic` or `blur`."""
    box: tuple[int, int, int, int]
    """`[x_min, y_min, x_max, y_max]` in pixels of the upright photo."""
    ordinary_photos_per_million: float
    """How many of a million ordinary photos show a patch as striking."""


class ImageErrorPublic(Received):
    """Why one image could not be judged."""

    code: str
    """A stable string such as `image_truncated`."""
    detail: str
    """The same for people."""


class ImagePublic(Received):
    """One photo of the listing and what was found in it."""

    image: str
    """Its name."""
    sha256: str | None
    """Of the file as it was sent."""
    width: int | None
    """Pixels across, upright; null when not decoded."""
    height: int | None
    """Pixels down, upright; null when not decoded."""
    error: ImageErrorPublic | None
    """Why it was not judged, else null."""
    matches: tuple[MatchPublic, ...]
    """Best first, with the best few below every threshold."""
    evidence_share: float | None = None
    """How much of the evidence for the motif that the verdict rests on this image brings, from 0
    to 1; null where no match carries the verdict.
    """
    concealed: tuple[ConcealmentPublic, ...] = ()
    """Patches that look as if something was hidden there, rarest first."""


class ReasonCode(StrEnum):
    """Stable strings: a pipeline may branch on them, so none is ever renamed."""

    MOTIF_SEEN = "motif_seen"
    WORDMARK_READ = "wordmark_read"
    CLAIMS_UNBRANDED = "claims_unbranded"
    CLAIMS_OTHER_BRAND = "claims_other_brand"
    CLAIMS_MATCHED_BRAND = "claims_matched_brand"
    NO_BRAND_CLAIM = "no_brand_claim"
    INSPIRED_BY_WORDING = "inspired_by_wording"
    OBFUSCATED_BRAND_NAME = "obfuscated_brand_name"
    DENIES_BRAND = "denies_brand"
    CLAIMS_COMPATIBILITY = "claims_compatibility"
    RESIDUE_WORDS = "residue_words"
    AUTHORISED_SELLER = "authorised_seller"
    AUTHORISATION_NOT_VALID = "authorisation_not_valid"
    PRICE_BELOW_RANGE = "price_below_range"
    MOTIF_QUARANTINED = "motif_quarantined"
    MOTIF_AREA_CONCEALED = "motif_area_concealed"
    IMAGE_UNREADABLE = "image_unreadable"
    TOO_SMALL_TO_JUDGE = "too_small_to_judge"
    NO_READABLE_IMAGE = "no_readable_image"
    NOT_CALIBRATED = "not_calibrated"
    EMPTY_REGISTRY = "empty_registry"


OpenReasonCode: TypeAlias = Annotated[ReasonCode | str, Field(union_mode="left_to_right")]


class ReasonPublic(Received):
    """Why a verdict is what it is."""

    code: OpenReasonCode
    """A stable string to branch on."""
    detail: str
    """The same for people."""


class AssessmentPublic(Received):
    """A listing's verdict with its reasons."""

    id: str
    """The assessment's id."""
    created_at: datetime
    """When it was made, in UTC."""
    listing_id: str
    """The marketplace's id of the listing."""
    verdict: OpenVerdict
    """What to do with the listing."""
    score: float
    """Between 0 and 1: the product of the factors."""
    factors: FactorsPublic
    """The factors of the score."""
    claim: ClaimPublic
    """The listing's own word on its brand."""
    reasons: tuple[ReasonPublic, ...]
    """Why the verdict is what it is."""
    images: tuple[ImagePublic, ...]
    """The photos, in the listing's order."""
    versions: VersionsPublic
    """What the verdict depended on."""


class AssessmentPage(Received):
    """Assessments, newest first."""

    items: tuple[AssessmentPublic, ...]
    """The page's items, in the list's order."""
    next_cursor: str | None
    """Pass it as `cursor` to get the next page; null on the last page."""


class DifferencePublic(Received):
    """One value that was another then."""

    path: str
    """Where it stands; images count from 1, matches go by motif."""
    then: Any
    """The value as it was kept; null where there was none."""
    now: Any
    """The value now; null where there is none."""


class EvidenceFormat(StrEnum):
    """What evidence can be had as."""

    JSON = "json"
    PDF = "pdf"
    PNG = "png"
    ZIP = "zip"


OpenEvidenceFormat: TypeAlias = Annotated[EvidenceFormat | str, Field(union_mode="left_to_right")]


class ListingPublic(Received):
    """A listing as it was judged."""

    listing_id: str
    """The marketplace's own id."""
    seller_id: str
    """The seller's id."""
    title: str
    """The title."""
    description: str
    """The description."""
    brand_field: str
    """The structured brand field."""
    category: str
    """The category."""
    price: float | None
    """The price, null where none was given."""
    currency: str
    """The price's currency."""
    territory: str
    """The marketplace's country, empty where none was given."""
    images: tuple[str, ...]
    """Names of the photos, in order."""


class MatchedReferencePublic(Received):
    """A reference that a photo matched, with the motif it stands for."""

    id: str
    """The reference's id."""
    motif_id: str
    """The motif it belongs to."""
    brand: str
    """The brand's name today."""
    motif: str
    """The motif's name today."""
    kind: OpenMotifKind
    """What sort of sign the motif is."""
    registrations: tuple[RegistrationPublic, ...]
    """The motif's registrations as they are entered today."""
    polarity: OpenPolarity
    """Whether it shows the motif."""
    sha256: str
    """Of the image file."""
    width: int
    """Pixels across, upright."""
    height: int
    """Pixels down, upright."""
    box: tuple[int, int, int, int] | None
    """The part that shows the motif; null for the whole image."""
    source: str
    """Where it came from."""


class EvidencePublic(Received):
    """Everything that an assessment rests on."""

    software: str
    """What gathered this, with its version."""
    assessment: AssessmentPublic
    """The verdict with its reasons."""
    listing: ListingPublic
    """The listing as it was judged."""
    references: tuple[MatchedReferencePublic, ...]
    """The references that its photos matched, as they are registered today."""
    removed_references: tuple[str, ...]
    """Ids of matched references that have been removed since."""


class LostPhotoPublic(Received):
    """A photo that is not kept any more."""

    image: str
    """What the listing calls it."""
    sha256: str
    """The hash of its bytes, which stays."""
    removed_at: datetime | None
    """When retention removed it; null where nobody knows where it is."""


class Outcome(StrEnum):
    """What came of a recheck."""

    SAME = "same"
    DIFFERS = "differs"
    INCOMPLETE = "incomplete"


OpenOutcome: TypeAlias = Annotated[Outcome | str, Field(union_mode="left_to_right")]


class ScoresPublic(Received):
    """Two scores."""

    then: float
    """As it was kept."""
    now: float | None
    """As it is computed anew; null where photos are missing."""


class VerdictsPublic(Received):
    """Two verdicts."""

    then: OpenVerdict
    """As it was kept."""
    now: OpenVerdict | None
    """As it is computed anew; null where photos are missing."""


class VersionPairPublic(Received):
    """What each of the two depended on."""

    then: VersionsPublic
    """Of the assessment as it was kept."""
    now: VersionsPublic
    """Of the one that was computed anew."""
    changed: tuple[str, ...]
    """Which of them are others now."""


class RecheckPublic(Received):
    """What an assessment said then, and what it would say now."""

    assessment_id: str
    """The assessment."""
    assessed_at: datetime
    """When it was made."""
    checked_at: datetime
    """When it was computed anew."""
    outcome: OpenOutcome
    """`same` to the last digit, `differs`, or `incomplete`: photos are missing."""
    holds: bool | None
    """Whether verdict and reason codes are the same; null where photos are missing."""
    verdict: VerdictsPublic
    """The verdict then and now."""
    score: ScoresPublic
    """The score then and now."""
    versions: VersionPairPublic
    """What they depended on."""
    differences: tuple[DifferencePublic, ...]
    """What differs. With photos missing, only in the claim and the other photos."""
    missing: tuple[LostPhotoPublic, ...]
    """Photos that are not kept any more."""
    unread: tuple[str, ...]
    """Images that could not be judged then. Their bytes were not kept, and what was said of them
    is taken over.
    """
