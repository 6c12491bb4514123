"""What a listing says of a brand without calling it the maker, and how it hides a name.

A claim says whose the goods are; a remark says what else is said of a brand: that the goods imitate
it, fit it, are not its, or its name in disguise. Remarks change what a claim is worth
(`verdict.py`) and never become one: "inspired by X" names X and denies it in one breath.
"""

from dataclasses import dataclass
from enum import StrEnum

from app.domain.claim import ClaimSource


class RemarkKind(StrEnum):
    """What is said of a brand, gravest first."""

    ADMISSION = "admission"
    IMITATION = "imitation"
    DISGUISE = "disguise"
    NOT_MAKER = "not_maker"
    COMPATIBILITY = "compatibility"


@dataclass(frozen=True, slots=True)
class Remark:
    """One remark: its wording as the seller wrote it and the registry's brands it speaks of.

    An admission ("super clone") speaks of whatever the goods show; its `brands` are those that the
    same text names, and may be none. `note` says what was done to a name in disguise.
    """

    kind: RemarkKind
    text: str
    source: ClaimSource
    brands: tuple[str, ...] = ()
    note: str = ""

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise ValueError("a remark quotes the listing")
        if not self.brands and self.kind is not RemarkKind.ADMISSION:
            raise ValueError("only an admission speaks of no brand by name")

    def concerns(self, brand: str) -> bool:
        """Tell whether it speaks of goods that show this brand."""
        if self.kind is RemarkKind.ADMISSION:
            return True
        return brand.casefold() in {name.casefold() for name in self.brands}
