"""What the API is sent and answers with: motifs.

Made from docs/openapi.json by `python -m scripts.make_client`; not to be changed by hand.
"""

from datetime import date, datetime

from touchstone_client.base import Received, Sent
from touchstone_client.models.shared import (
    MotifKind,
    OpenFloodCode,
    OpenMotifKind,
    RegistrationPublic,
)


class PlaceCreate(Sent):
    """Where a motif sits on its product."""

    box: tuple[float, float, float, float]
    """`[x_min, y_min, x_max, y_max]` in shares of the photo, 0 to 1."""
    goods: tuple[str, ...] = ()
    """Words of the goods it holds for, such as `bangle`; none for all goods."""


class RegistrationCreate(Sent):
    """A trade mark as an office registered it."""

    office: str
    """The office, such as `EUIPO`."""
    number: str
    """The registration number."""
    nice_classes: tuple[int, ...] = ()
    """Classes of goods and services, 1 to 45."""
    vienna_classes: tuple[str, ...] = ()
    """Classes of figurative elements, such as `17.2.1`."""
    expires_on: date | None = None
    """The day it lapses unless renewed."""


class MotifCreate(Sent):
    """A motif to register, under a brand named by its id or by its name."""

    brand_id: str | None = None
    """The id of an existing brand."""
    brand: str | None = None
    """A brand's name; it is created where missing."""
    name: str
    """The motif's name, unique within its brand."""
    kind: MotifKind
    """What sort of sign it is."""
    words: tuple[str, ...] = ()
    """Wordings tied to it, such as `screw love`."""
    registrations: tuple[RegistrationCreate, ...] = ()
    """Where it is registered."""
    expected_place: PlaceCreate | None = None
    """Where it sits on its product; null where it may sit anywhere."""


class MotifDisable(Sent):
    """How long a motif is switched off."""

    until: datetime | None = None
    """When it comes back by itself, with a time zone; null for never."""


class PlacePublic(Received):
    """Where a motif sits on its product."""

    box: tuple[float, float, float, float]
    """In shares of the photo."""
    goods: tuple[str, ...]
    """Words of the goods it holds for."""


class QuarantinePublic(Received):
    """Since when a motif counts in no verdict, and why."""

    code: OpenFloodCode
    """A stable string to branch on."""
    detail: str
    """The same for people, with the numbers behind it."""
    at: datetime
    """Since when."""


class MotifPublic(Received):
    """A registered motif."""

    id: str
    """The motif's id."""
    brand_id: str
    """The id of its brand."""
    brand: str
    """The name of its brand."""
    name: str
    """Its name."""
    kind: OpenMotifKind
    """What sort of sign it is."""
    words: tuple[str, ...]
    """Wordings tied to it."""
    registrations: tuple[RegistrationPublic, ...]
    """Where it is registered."""
    expected_place: PlacePublic | None
    """Where it sits on its product; null where it may sit anywhere."""
    enabled: bool
    """Whether it takes part in matching right now."""
    disabled_until: datetime | None
    """When it comes back by itself; null when it is on, or off for good."""
    quarantine: QuarantinePublic | None
    """Since when its matches count in no verdict, and why; null when they count."""


class MotifPage(Received):
    """Motifs, oldest first."""

    items: tuple[MotifPublic, ...]
    """The page's items, in the list's order."""
    next_cursor: str | None
    """Pass it as `cursor` to get the next page; null on the last page."""


class MotifUpdate(Sent):
    """New values for a motif; a field that is absent or null stays as it is."""

    name: str | None = None
    """A new name."""
    words: tuple[str, ...] | None = None
    """All of its wordings, replacing the old."""
    registrations: tuple[RegistrationCreate, ...] | None = None
    """All of its registrations, replacing the old."""
    expected_place: PlaceCreate | None = None
    """Where it sits on its product, replacing the old."""
    forget_expected_place: bool = False
    """Take the expected place away: it may sit anywhere again."""
