"""What a listing says of its brand: it denies one, names one, or is silent.

The reader that finds a claim in text is in `claim_reading.py`; this is the value it returns and
that assessments carry.
"""

from dataclasses import dataclass
from enum import StrEnum


class ClaimKind(StrEnum):
    """The three things a listing can say of its brand."""

    UNBRANDED = "unbranded"
    NAMES = "names"
    SILENT = "silent"


class ClaimSource(StrEnum):
    """Which part of the listing spoke, strongest first."""

    BRAND_FIELD = "brand_field"
    TITLE = "title"
    DESCRIPTION = "description"


@dataclass(frozen=True, slots=True)
class Claim:
    """A listing's own statement about its brand.

    `text` is the wording as the seller wrote it (empty when silent); `brands` are the registry's
    brands it names, or the brand field's own text where the registry knows no such brand.
    """

    kind: ClaimKind
    text: str = ""
    source: ClaimSource | None = None
    brands: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if (self.kind is ClaimKind.NAMES) != bool(self.brands):
            raise ValueError("a claim names brands exactly when its kind is `names`")
        if (self.kind is ClaimKind.SILENT) != (self.source is None):
            raise ValueError("a claim has a source exactly when it is not silent")

    def names(self, brand: str) -> bool:
        """Tell whether it names a brand, in any case."""
        return brand.casefold() in {name.casefold() for name in self.brands}


SILENT = Claim(ClaimKind.SILENT)
