"""An assessment: a listing's verdict with its reasons, its factors, and the versions behind it.

It is complete in itself: together with the stored photos it can be shown, sent and argued about
without asking any other part of the system. Touchstone never says "counterfeit" here; it says what
it saw, what the listing says, and how rare such a match would be on ordinary photos.
"""

from dataclasses import dataclass
from enum import StrEnum

from app.domain.claim import Claim
from app.domain.concealment import Concealment
from app.domain.match import Match


class Verdict(StrEnum):
    """What a pipeline acts on, mildest first."""

    CLEAR = "clear"
    REVIEW = "review"
    SUSPECT = "suspect"


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


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a verdict is what it is: a stable code and a sentence for people."""

    code: ReasonCode
    detail: str


@dataclass(frozen=True, slots=True)
class ImageError:
    """Why one image of a listing could not be judged."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class ImageFinding:
    """One image of a listing: what it is, or why it could not be read, and what it shows.

    `look` is its perceptual hash: photos that differ in few bits are copies of one.
    """

    image: str
    sha256: str | None = None
    width: int | None = None
    height: int | None = None
    error: ImageError | None = None
    matches: tuple[Match, ...] = ()
    concealed: tuple[Concealment, ...] = ()
    look: int | None = None

    def __post_init__(self) -> None:
        tails = [match.tail for match in self.matches]
        if tails != sorted(tails):
            raise ValueError("matches come best first")
        if self.error is not None and self.matches:
            raise ValueError("an image with an error has no matches")


@dataclass(frozen=True, slots=True)
class Factors:
    """The three factors of the score, each between 0 and 1."""

    motif_present: float
    brand_denied: float
    not_authorised: float

    def __post_init__(self) -> None:
        if not all(0 <= value <= 1 for value in self.as_tuple()):
            raise ValueError(f"factors {self.as_tuple()} are not probabilities")

    def as_tuple(self) -> tuple[float, float, float]:
        """Return the factors in the order of the rule."""
        return (self.motif_present, self.brand_denied, self.not_authorised)

    @property
    def score(self) -> float:
        """Their product.

        >>> Factors(0.98, 1.0, 1.0).score
        0.98
        """
        return self.motif_present * self.brand_denied * self.not_authorised


@dataclass(frozen=True, slots=True)
class Versions:
    """Everything a verdict depended on besides the listing itself."""

    model: str
    index: str
    registry: int
    policy: str
    background: str | None
    reader: str | None = None
    inspector: str | None = None


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the verdict rule decides from findings and a claim, before versions are added.

    `shares` says how much of the evidence each image brings, where a match carries the verdict.
    """

    verdict: Verdict
    factors: Factors
    reasons: tuple[Reason, ...]
    shares: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Assessment:
    """A listing's verdict with its reasons; `shares` are its ruling's, one for each image."""

    listing_id: str
    verdict: Verdict
    factors: Factors
    claim: Claim
    reasons: tuple[Reason, ...]
    images: tuple[ImageFinding, ...]
    versions: Versions
    shares: tuple[float, ...] = ()

    @property
    def score(self) -> float:
        """Between 0 and 1: the product of the three factors."""
        return self.factors.score

    @property
    def photos(self) -> frozenset[str]:
        """The SHA-256 of each photo that could be judged; those are kept."""
        return frozenset(i.sha256 for i in self.images if i.sha256 and i.error is None)

    @property
    def lead(self) -> Match | None:
        """The match that the verdict's reasons speak of, if they speak of any."""
        spoken = {ReasonCode.MOTIF_SEEN, ReasonCode.WORDMARK_READ, ReasonCode.NOT_CALIBRATED}
        if spoken.isdisjoint(reason.code for reason in self.reasons):
            return None
        matches = [m for image in self.images for m in image.matches if not m.quarantined]
        return min(matches, key=lambda match: match.rank_key, default=None)

    def seen(self, image: ImageFinding) -> tuple[Match, ...]:
        """Return an image's matches that count as seen: the lead, and those rarer than most.

        The others only nearly matched, or are of a motif in quarantine; evidence must not draw a
        box around them.
        """
        return tuple(
            m for m in image.matches if m is self.lead or (m.notable and not m.quarantined)
        )

    def hidden(self, image: ImageFinding) -> tuple[Concealment, ...]:
        """Return an image's hidden patches that a reason speaks of, and others as rare as most."""
        if all(reason.code != ReasonCode.MOTIF_AREA_CONCEALED for reason in self.reasons):
            return ()
        patches = [patch for one in self.images for patch in one.concealed]
        rarest = min((patch.chance for patch in patches), default=0.0)
        return tuple(p for p in image.concealed if p.striking or p.chance == rarest)
