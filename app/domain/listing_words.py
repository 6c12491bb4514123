"""What a listing's words are worth to its verdict: shares of denial, support, reasons, reviews.

    remarks on a brand ─▶ how far the listing denies it        residue words ─▶ support for a match

Nothing here makes a listing suspect. Remarks and words change the factors of a match that a photo
gave, each by a number of the policy; alone they can at most send a listing to people, and only
where they speak for themselves: a registered name in disguise, goods admitted to be copies of a
registered brand, or residue words that were counted to be rare enough for their budget. Every one
of them is told as a reason.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from app.domain.assessment import Reason, ReasonCode
from app.domain.claim import Claim, ClaimKind, ClaimSource
from app.domain.errors import InvalidInputError
from app.domain.match import Match
from app.domain.remark import Remark, RemarkKind
from app.domain.residue import Residue

_CODES: Final = MappingProxyType({
    RemarkKind.ADMISSION: ReasonCode.INSPIRED_BY_WORDING,
    RemarkKind.IMITATION: ReasonCode.INSPIRED_BY_WORDING,
    RemarkKind.DISGUISE: ReasonCode.OBFUSCATED_BRAND_NAME,
    RemarkKind.NOT_MAKER: ReasonCode.DENIES_BRAND,
    RemarkKind.COMPATIBILITY: ReasonCode.CLAIMS_COMPATIBILITY,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class WordPolicy:
    """What an operator makes of wording.

    The shares say how much of a denial there is in imitating a brand, in hiding its name, in not
    being of it, and in fitting its goods. `residue_support` is the most by which residue words
    multiply the odds of a match. `residue_per_million` is a budget: ordinary listings in a million
    that residue words alone may send to review; it takes shares that were counted on titles.
    `wording_reviews` lets disguised names and admitted copies of registered brands do so as well.
    `shares` names where those of title words come from: other shares make another version.
    """

    imitation_denies: float = 1.0
    disguise_denies: float = 1.0
    not_maker_denies: float = 1.0
    compatible_denies: float = 0.5
    residue_support: float = 3.0
    residue_per_million: float = 1_000.0
    wording_reviews: bool = True
    shares: str = "language"

    def __post_init__(self) -> None:
        shares = (
            self.imitation_denies, self.disguise_denies, self.not_maker_denies,
            self.compatible_denies,
        )  # fmt: skip
        if not all(0 <= share <= 1 for share in shares):
            raise InvalidInputError("shares of denial lie from 0 to 1")
        if not 1 <= self.residue_support <= 10:
            raise InvalidInputError("residue words support a match by a factor from 1 to 10")
        if not 0 <= self.residue_per_million < 300_000:
            raise InvalidInputError("the budget of residue words lies from 0 to 300000")

    def share(self, kind: RemarkKind) -> float:
        """Return how much of a denial a kind of remark is."""
        return {
            RemarkKind.ADMISSION: self.imitation_denies,
            RemarkKind.IMITATION: self.imitation_denies,
            RemarkKind.DISGUISE: self.disguise_denies,
            RemarkKind.NOT_MAKER: self.not_maker_denies,
            RemarkKind.COMPATIBILITY: self.compatible_denies,
        }[kind]


@dataclass(frozen=True, slots=True)
class ListingWords:
    """What a listing's text says beside its claim."""

    remarks: tuple[Remark, ...] = ()
    residue: tuple[Residue, ...] = ()

    def without(self, authorised: Callable[[str], bool]) -> "ListingWords":
        """Leave out what speaks of no brand but those that the seller may sell."""
        return ListingWords(
            tuple(r for r in self.remarks if not r.brands or not all(map(authorised, r.brands))),
            tuple(each for each in self.residue if not authorised(each.brand)),
        )


def denial(
    claimed: float, claim: Claim, brand: str, words: ListingWords, policy: WordPolicy
) -> float:
    """Return how far a listing denies a brand, given how far its claim alone does.

    What denies a brand can only add to the claim's share. Compatibility takes from it where the
    listing is silent or names another maker; whoever says "unbranded" has denied the brand already.
    """
    remarks = _relevant(words.remarks, claim, brand)
    denying = [policy.share(r.kind) for r in remarks if r.kind is not RemarkKind.COMPATIBILITY]
    if denying:
        return max(claimed, *denying)
    if remarks and claim.kind is not ClaimKind.UNBRANDED and not claim.names(brand):
        return min(claimed, policy.compatible_denies)
    return claimed


def support(match: Match, words: ListingWords, policy: WordPolicy) -> float:
    """Return the factor by which residue words of its motif multiply the odds of a match."""
    lifts = [each.lift for each in words.residue if each.motif_id == match.motif_id]
    return min(policy.residue_support, max([1.0, *lifts]))


def reasons_beside(match: Match, claim: Claim, words: ListingWords) -> list[Reason]:
    """Return the reasons that words add to those of a match."""
    remarks = _relevant(words.remarks, claim, match.brand)
    own = (each for each in words.residue if each.motif_id == match.motif_id)
    return [*map(_remark_reason, remarks), *map(_residue_reason, own)]


def reasons_alone(
    claim: Claim, words: ListingWords, policy: WordPolicy
) -> tuple[list[Reason], bool]:
    """Return the reasons that stand without a match, and whether they ask for a review."""
    remarks = [
        each
        for each in words.remarks
        if each.brands and _CODES[each.kind] in {*_TOLD_ALONE} and _counts(each, claim)
    ]
    speaking = any(each.kind is not RemarkKind.IMITATION for each in remarks)
    rare = [
        each
        for each in words.residue
        if each.counted
        and each.family_per_million <= policy.residue_per_million
        and not claim.names(each.brand)
    ]
    reasons = [*map(_remark_reason, remarks), *map(_residue_reason, rare[:1])]
    return reasons, bool(rare) or (speaking and policy.wording_reviews)


_TOLD_ALONE: Final = (ReasonCode.INSPIRED_BY_WORDING, ReasonCode.OBFUSCATED_BRAND_NAME)


def _relevant(remarks: Iterable[Remark], claim: Claim, brand: str) -> list[Remark]:
    return [each for each in remarks if each.concerns(brand) and _counts(each, claim)]


def _counts(remark: Remark, claim: Claim) -> bool:
    """Leave out a disclaimer in the small print of whoever names the brand: resellers write it."""
    small_print = remark.source is ClaimSource.DESCRIPTION
    disclaims = remark.kind is RemarkKind.NOT_MAKER
    return not (small_print and disclaims and any(claim.names(brand) for brand in remark.brands))


def _remark_reason(remark: Remark) -> Reason:
    said = f"{remark.source.replace('_', ' ')} says {remark.text!r}"
    if remark.kind is RemarkKind.DISGUISE:
        source = remark.source.replace("_", " ")
        said = f"{source} writes {' or '.join(remark.brands)} as {remark.text!r}: {remark.note}"
    return Reason(_CODES[remark.kind], said)


def _residue_reason(residue: Residue) -> Reason:
    words = " and ".join(repr(word) for word in residue.words)
    return Reason(
        ReasonCode.RESIDUE_WORDS,
        f"title has {words}, words of {residue.brand} / {residue.motif}, as about "
        f"{residue.per_million:,.3g} of a million ordinary titles would; lift {residue.lift:,.0f}",
    )
