"""What the API is sent and answers with: references.

Made from docs/openapi.json by `python -m scripts.make_client`; not to be changed by hand.
"""

from enum import StrEnum
from typing import Annotated, TypeAlias

from pydantic import Field

from touchstone_client.base import Received, Sent
from touchstone_client.models.shared import FindingPublic, HeldMotif, OpenPolarity, Polarity


class ReferenceStatus(StrEnum):
    """Whether a reference takes part in matching; `released` was in quarantine once."""

    ACTIVE = "active"
    QUARANTINED = "quarantined"
    RELEASED = "released"


OpenReferenceStatus: TypeAlias = Annotated[ReferenceStatus | str, Field(union_mode="left_to_right")]


class ReferencePublic(Received):
    """A stored reference."""

    id: str
    """The reference's id."""
    motif_id: str
    """The motif it belongs to."""
    polarity: OpenPolarity
    """Whether it shows the motif or a known look-alike."""
    sha256: str
    """Of the image file."""
    width: int
    """Pixels across, upright."""
    height: int
    """Pixels down, upright."""
    box: tuple[int, int, int, int] | None
    """The part that shows it; null for the whole image."""
    source: str
    """Where it came from."""
    status: OpenReferenceStatus
    """`quarantined` takes no part in matching; `released` was in quarantine once."""
    findings: tuple[FindingPublic, ...]
    """What was found at its enrolment."""


class QuarantinePage(Received):
    """References in quarantine, oldest first, and beside them every motif that is."""

    items: tuple[ReferencePublic, ...]
    """The page's items, in the list's order."""
    next_cursor: str | None
    """Pass it as `cursor` to get the next page; null on the last page."""
    motifs: tuple[HeldMotif, ...]
    """All motifs in quarantine, on every page."""


class ReferenceCreate(Sent):
    """A reference with its image inside JSON."""

    polarity: Polarity = Polarity.POSITIVE
    """Whether it shows the motif or a known look-alike."""
    box: tuple[int, int, int, int] | None = None
    """The part that shows it: `[x_min, y_min, x_max, y_max]` in pixels of the upright image; the
    whole image by default. In a form: `40,60,600,580`.
    """
    source: str = ""
    """Where it came from, for people."""
    base64: str
    """The image file in base64, without line breaks."""


class ReferencePage(Received):
    """References, oldest first."""

    items: tuple[ReferencePublic, ...]
    """The page's items, in the list's order."""
    next_cursor: str | None
    """Pass it as `cursor` to get the next page; null on the last page."""
