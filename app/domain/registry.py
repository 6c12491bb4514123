"""The registry's nouns: a brand owns motifs, a motif has registrations and references.

A *motif* is a protected sign; a *reference* is one image of it. A negative reference shows a known
look-alike that is not the motif. Ids are integers handed out by the store and never reused; the
outside sees them with a prefix (`mot_12`), so that an id of one kind cannot pass for another.
The registry as a whole has a version that rises with every change.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from app.domain.box import Box
from app.domain.errors import InvalidInputError, NotFoundError
from app.domain.expected_place import ExpectedPlace
from app.domain.flood import Quarantine
from app.domain.lint import LintFinding, ReferenceStatus
from app.domain.prices import PriceRange


class MotifKind(StrEnum):
    """What sort of sign a motif is."""

    LOGO = "logo"
    WORDMARK = "wordmark"
    PATTERN = "pattern"
    TRADE_DRESS = "trade_dress"


class Polarity(StrEnum):
    """Whether a reference shows the motif or a known look-alike."""

    POSITIVE = "positive"
    NEGATIVE = "negative"


class IdPrefix(StrEnum):
    """The prefixes of public ids."""

    BRAND = "brd"
    MOTIF = "mot"
    REFERENCE = "ref"
    ASSESSMENT = "asm"
    KEY = "key"
    REVIEW = "rev"
    WEBHOOK = "whk"
    DELIVERY = "dlv"
    BACKGROUND = "bgr"
    AUDIT = "aud"
    CATALOG = "cat"
    SELLER = "slr"


def public_id(prefix: IdPrefix, number: int) -> str:
    """Return the outside form of an id.

    >>> public_id(IdPrefix.MOTIF, 12)
    'mot_12'
    """
    return f"{prefix}_{number}"


def parse_id(prefix: IdPrefix, text: str) -> int:
    """Return the number inside a public id.

    Raises:
        NotFoundError: when the text is not an id of this kind; to the caller that is the same
            as an id that does not exist.
    """
    head, _, tail = text.partition("_")
    if head != prefix or not tail.isascii() or not tail.isdigit() or len(tail) > 18:
        raise NotFoundError(f"no {prefix.name.lower()} with id {text!r}")
    return int(tail)


@dataclass(frozen=True, slots=True)
class Registration:
    """A trade mark as an office registered it."""

    office: str
    number: str
    nice_classes: tuple[int, ...] = ()
    vienna_classes: tuple[str, ...] = ()
    expires_on: date | None = None

    def __post_init__(self) -> None:
        if not self.office.strip() or not self.number.strip():
            raise InvalidInputError("a registration needs an office and a number")
        if any(not 1 <= number <= 45 for number in self.nice_classes):
            raise InvalidInputError("Nice classes run from 1 to 45")

    @classmethod
    def parse(cls, text: str) -> "Registration":
        """Read the manifest's short form, `OFFICE NUMBER`.

        >>> Registration.parse("EUIPO 018123456")
        Registration(office='EUIPO', number='018123456', nice_classes=(), vienna_classes=(), expires_on=None)
        """  # noqa: E501
        office, _, number = text.strip().partition(" ")
        return cls(office=office, number=number.strip())


@dataclass(frozen=True, slots=True)
class Brand:
    """A rights owner's brand, the other names it goes by, and what its goods are known to cost."""

    id: int
    name: str
    aliases: tuple[str, ...] = ()
    prices: tuple[PriceRange, ...] = ()


@dataclass(frozen=True, slots=True)
class Motif:
    """A protected sign of a brand.

    `disabled` switches it off until further notice; `disabled_until` (UTC) for a time. `words` are
    wordings tied to the motif, such as "screw love", kept for the readers of text. `expected_place`
    says where it sits on its product, for those motifs that sit in one place. In `quarantine` its
    matches count in no verdict; `released_at` says when somebody last let it out.
    """

    id: int
    brand: Brand
    name: str
    kind: MotifKind
    words: tuple[str, ...] = ()
    registrations: tuple[Registration, ...] = ()
    disabled: bool = False
    disabled_until: datetime | None = None
    expected_place: ExpectedPlace | None = None
    quarantine: Quarantine | None = None
    released_at: datetime | None = None

    def enabled_at(self, moment: datetime) -> bool:
        """Tell whether the motif takes part in matching at `moment` (timezone-aware)."""
        if self.disabled:
            return self.disabled_until is not None and moment >= self.disabled_until
        return True


@dataclass(frozen=True, slots=True)
class Reference:
    """One stored image of a motif; `box` is the part of it that shows the motif."""

    id: int
    motif_id: int
    polarity: Polarity
    blob: str
    width: int
    height: int
    box: Box | None = None
    source: str = ""
    status: ReferenceStatus = ReferenceStatus.ACTIVE
    findings: tuple[LintFinding, ...] = ()

    @property
    def takes_part(self) -> bool:
        """Whether photos are matched against it."""
        return self.status is not ReferenceStatus.QUARANTINED

    @property
    def region(self) -> Box:
        """The box, or the whole image where none was given."""
        return self.box or Box.whole(self.width, self.height)


@dataclass(frozen=True, slots=True)
class NewReference:
    """A reference on its way into the store, its image already read and kept."""

    polarity: Polarity
    blob: str
    width: int
    height: int
    box: Box | None = None
    source: str = ""
    status: ReferenceStatus = ReferenceStatus.ACTIVE
    findings: tuple[LintFinding, ...] = ()

    @property
    def region(self) -> Box:
        """The box, or the whole image where none was given."""
        return self.box or Box.whole(self.width, self.height)


@dataclass(frozen=True, slots=True)
class NewMotif:
    """A motif on its way into the store; brand and motif are created where missing."""

    brand: str
    name: str
    kind: MotifKind
    words: tuple[str, ...] = ()
    registrations: tuple[Registration, ...] = field(default=())
    expected_place: ExpectedPlace | None = None

    def __post_init__(self) -> None:
        if not self.brand.strip() or not self.name.strip():
            raise InvalidInputError("a motif needs the name of its brand and a name of its own")
