"""What the API is sent and answers with: shared.

Made from docs/openapi.json by `python -m scripts.make_client`; not to be changed by hand.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, TypeAlias

from pydantic import Field

from touchstone_client.base import Received, Sent


class AlignmentPublic(Received):
    """How a reference lies on the photo."""

    matrix: tuple[tuple[float, float, float], ...]
    """3 x 3, takes `(x, y, 1)` of the upright reference to the upright photo."""
    inliers: int
    """How many places of the two pictures agree with it."""
    region_share: float
    """How much of `box` lies under the reference, 0 to 1."""
    reference_share: float
    """How much of the reference the agreeing places span, 0 to 1."""
    mirrored: bool
    """Whether the photo shows it as a mirror does."""
    inverted: bool
    """Whether light and dark are exchanged."""


class LintCode(StrEnum):
    """What can be said of a reference; none is ever renamed."""

    TOO_SMALL = "too_small"
    TOO_SIMPLE = "too_simple"
    RESEMBLES_OTHER_BRAND = "resembles_other_brand"
    CONTRADICTS_MOTIF = "contradicts_motif"
    MATCHES_BACKGROUND = "matches_background"
    DUPLICATES_OWN = "duplicates_own"


OpenLintCode: TypeAlias = Annotated[LintCode | str, Field(union_mode="left_to_right")]


class FindingPublic(Received):
    """One thing that was found when a reference was enrolled."""

    code: OpenLintCode
    """A stable string to branch on."""
    detail: str
    """The same for people, with the numbers behind it."""


class Verdict(StrEnum):
    """What a pipeline acts on, mildest first."""

    CLEAR = "clear"
    REVIEW = "review"
    SUSPECT = "suspect"


OpenVerdict: TypeAlias = Annotated[Verdict | str, Field(union_mode="left_to_right")]


class ImageCreate(Sent):
    """One image file inside JSON."""

    name: str = ""
    """What to call it; by default its `url`, else `image-1` and so on."""
    base64: str | None = None
    """The file's bytes in base64, without line breaks."""
    url: str | None = None
    """Where to fetch it, instead of `base64`. Refused unless the service has a list of hosts
    that images may be fetched from.
    """


class ClaimKind(StrEnum):
    """The three things a listing can say of its brand."""

    UNBRANDED = "unbranded"
    NAMES = "names"
    SILENT = "silent"


OpenClaimKind: TypeAlias = Annotated[ClaimKind | str, Field(union_mode="left_to_right")]


class ClaimSource(StrEnum):
    """Which part of the listing spoke, strongest first."""

    BRAND_FIELD = "brand_field"
    TITLE = "title"
    DESCRIPTION = "description"


OpenClaimSource: TypeAlias = Annotated[ClaimSource | str, Field(union_mode="left_to_right")]


class ClaimPublic(Received):
    """What the listing says of its brand."""

    kind: OpenClaimKind
    """`unbranded`, `names` a brand, or `silent`."""
    text: str
    """The wording, empty when silent."""
    source: OpenClaimSource | None
    """Which part of the listing spoke."""
    brands: tuple[str, ...]
    """The brands it names."""


class Evidence(StrEnum):
    """Which look at the photo supports a match."""

    VISUAL = "visual"
    GEOMETRIC = "geometric"
    TEXT = "text"


OpenEvidence: TypeAlias = Annotated[Evidence | str, Field(union_mode="left_to_right")]


class ContributionPublic(Received):
    """What one kind of evidence says by itself."""

    evidence: OpenEvidence
    """Which look at the photo."""
    false_alarms_per_million: float | None
    """Its own figure; null where no background is loaded."""
    detail: str
    """What was read; empty for a look."""


class MatchPublic(Received):
    """A region of a photo against a reference of a motif."""

    brand: str
    """The brand's name."""
    motif: str
    """The motif's name."""
    motif_id: str
    """The motif's id."""
    reference_id: str
    """The id of the reference that matched best."""
    box: tuple[int, int, int, int]
    """`[x_min, y_min, x_max, y_max]` in pixels of the upright photo."""
    similarity: float
    """Cosine, higher is closer; says nothing by itself."""
    false_alarms_per_million: float | None
    """How many of a million ordinary photos would match this motif at least this well; null
    where no background is loaded.
    """
    verified: bool
    """Whether a second look confirmed the match."""
    evidence: tuple[OpenEvidence, ...]
    """Which looks at the photo support it."""
    alignment: AlignmentPublic | None = None
    """How the reference lies on the photo; null where none was found."""
    contributions: tuple[ContributionPublic, ...] = ()
    """The figures that were combined, where the motif's wording was read; else empty."""
    quarantined: bool = False
    """Whether its motif was in quarantine: shown, and counted for nothing."""


class VersionsPublic(Received):
    """Everything the verdict depended on besides the listing."""

    model: str
    """The model, its weights, and the region proposer."""
    index: str
    """The vector index."""
    registry: int
    """The registry's version."""
    policy: str
    """The verdict policy."""
    background: str | None
    """The calibration background; null where none fits."""
    reader: str | None = None
    """What read the photos; null where none did."""
    inspector: str | None = None
    """What looked for hidden patches; null where nothing did."""


class MotifKind(StrEnum):
    """What sort of sign a motif is."""

    LOGO = "logo"
    WORDMARK = "wordmark"
    PATTERN = "pattern"
    TRADE_DRESS = "trade_dress"


OpenMotifKind: TypeAlias = Annotated[MotifKind | str, Field(union_mode="left_to_right")]


class Polarity(StrEnum):
    """Whether a reference shows the motif or a known look-alike."""

    POSITIVE = "positive"
    NEGATIVE = "negative"


OpenPolarity: TypeAlias = Annotated[Polarity | str, Field(union_mode="left_to_right")]


class RegistrationPublic(Received):
    """A trade mark as an office registered it."""

    office: str
    """The office."""
    number: str
    """The registration number."""
    nice_classes: tuple[int, ...]
    """Classes of goods and services."""
    vienna_classes: tuple[str, ...]
    """Classes of figurative elements."""
    expires_on: date | None
    """The day it lapses, null where unknown."""


class FloodCode(StrEnum):
    """Why a motif is in quarantine; none is ever renamed."""

    FLOODS_QUEUE = "floods_queue"
    OFTEN_DISMISSED = "often_dismissed"


OpenFloodCode: TypeAlias = Annotated[FloodCode | str, Field(union_mode="left_to_right")]


class HeldMotif(Received):
    """A motif in quarantine: its matches are shown and count in no verdict."""

    code: OpenFloodCode
    """A stable string to branch on."""
    detail: str
    """The same for people, with the numbers behind it."""
    at: datetime
    """Since when."""
    motif_id: str
    """The motif's id."""
    brand: str
    """The name of its brand."""
    motif: str
    """Its name."""


class ProblemError(Received):
    """One field of a request that cannot be used."""

    location: str
    """Where it is: the body, query, path or part, then the way down."""
    detail: str
    """What is wrong with it."""
    code: str
    """The same as a stable string."""


class Problem(Received):
    """An error as RFC 9457 describes it, with the code and the request's id added."""

    type: str
    """Names the kind of problem; the same for the same `code`."""
    title: str
    """The kind of problem in a few words."""
    status: int
    """The HTTP status, repeated."""
    detail: str
    """What went wrong this time, in one sentence."""
    instance: str
    """The path that was asked for."""
    code: str
    """A stable string to branch on."""
    request_id: str
    """The `X-Request-ID` of the answer, for the logs."""
    errors: tuple[ProblemError, ...] | None = None
    """The fields that cannot be used; absent when the problem is another."""
