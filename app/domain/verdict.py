"""The verdict rule: `score = P(motif is there) x P(listing denies the brand) x (1 - authorised)`.

From a listing's findings and its claim to `clear`, `review` or `suspect`, with every factor and
every reason shown. A similarity is never compared with a threshold here; only false-alarm chances
are, and the thresholds are budgets: how many of a million ordinary listings, listings that show no
protected motif, may be called suspect, and how many may be sent to people.

Budgets become thresholds of the score through the first factor alone, so they hold exactly for a
listing that denies its brand and are kept with room to spare for one that is merely silent.
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum

from app.domain.assessment import (
    Factors,
    ImageFinding,
    Reason,
    ReasonCode,
    Ruling,
    Verdict,
)
from app.domain.calibration import NullDistributions
from app.domain.claim import Claim, ClaimKind
from app.domain.contract import alarms_text
from app.domain.errors import InvalidInputError
from app.domain.expected_place import ExpectedPlace
from app.domain.hiding import HidingPolicy, hiding_reasons
from app.domain.listing_words import (
    ListingWords,
    WordPolicy,
    denial,
    reasons_alone,
    reasons_beside,
    support,
)
from app.domain.match import Evidence, Match
from app.domain.pooling import ListingPhotos
from app.domain.trade import NOTHING_KNOWN, Trade

_RAREST = 1e-15  # chances are never reported near it
_HALVINGS = 50


class NamedBrand(StrEnum):
    """What becomes of a listing that names the very brand whose motif it shows."""

    CLEAR = "clear"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Policy:
    """The numbers that an operator answers for.

    `suspect_per_million` and `review_per_million` are budgets over listings without a motif.
    `prior` is the share of the moderated stream that shows a registered motif at all. The shares
    say how much of a denial there is in naming no brand, another brand, or the right one; `words`
    has those of all other wording. `named_brand` says what happens to a listing that names the
    brand it shows and whose seller is not known to be authorised. Below `price_share` times the
    lowest known price a listing asks far less than a brand's goods cost. `hiding` has what is
    asked of hidden patches, `pooled` tells whether matches in several photos add up.
    """

    suspect_per_million: float = 1_000.0
    review_per_million: float = 20_000.0
    prior: float = 0.02
    silent_denies: float = 0.95
    other_brand_denies: float = 0.9
    same_brand_denies: float = 0.0
    min_side: int = 48
    words: WordPolicy = field(default_factory=WordPolicy)
    named_brand: NamedBrand = NamedBrand.CLEAR
    price_share: float = 0.5
    hiding: HidingPolicy = field(default_factory=HidingPolicy)
    pooled: bool = False

    def __post_init__(self) -> None:
        if not 0 < self.suspect_per_million <= self.review_per_million < 300_000:
            raise InvalidInputError(
                "budgets must satisfy 0 < suspect_per_million <= review_per_million < 300000"
            )
        if not 0 < self.prior < 1:
            raise InvalidInputError("the prior lies between 0 and 1")
        shares = (self.silent_denies, self.other_brand_denies, self.same_brand_denies)
        if not all(0 <= share <= 1 for share in shares):
            raise InvalidInputError("shares of denial lie from 0 to 1")
        if not 0 <= self.price_share <= 1:
            raise InvalidInputError("a price is far below a share of the lowest from 0 to 1")

    @property
    def version(self) -> str:
        """A short digest of every number above: two policies of one version rule alike."""
        text = repr(sorted(asdict(self).items()))
        return f"policy-{hashlib.sha256(text.encode()).hexdigest()[:8]}"

    @property
    def suspect_score(self) -> float:
        """The score from which a listing is suspect."""
        return motif_probability(self.suspect_per_million / 1e6, self.prior)

    @property
    def review_score(self) -> float:
        """The score from which a listing goes to a moderator."""
        return motif_probability(self.review_per_million / 1e6, self.prior)


def motif_probability(chance: float, prior: float, support: float = 1.0) -> float:
    """Return the probability that a motif is there, given the chance of a false alarm.

    A p-value is not a probability of the hypothesis. The largest Bayes factor that a p-value p can
    stand for is `1 / (-e p ln p)` (Sellke, Bayarri, Berger, The American Statistician 2001); times
    the prior odds it gives the posterior odds. It is an upper bound, honest about its direction,
    and zero evidence (p above 1/e) leaves the probability at zero rather than at the prior, because
    a photo without any match is not evidence for a motif. `support` multiplies the odds: what else
    speaks for the motif, such as words, taken as independent of the photo.

    One false alarm in 1,000 listings, where 2 % of listings show a motif: the Bayes factor is 53,
    the odds 53 x 0.02 / 0.98 = 1.09, the probability 0.52.

    >>> round(motif_probability(0.001, prior=0.02), 2)
    0.52
    """
    if chance >= 1 / math.e:
        return 0.0
    bayes_factor = 1 / (-math.e * chance * math.log(chance))
    odds = support * bayes_factor * prior / (1 - prior)
    return odds / (1 + odds)


def false_alarm_chance(probability: float, prior: float) -> float:
    """Return the chance of a false alarm that `motif_probability` makes this probability of.

    >>> round(false_alarm_chance(motif_probability(0.001, prior=0.02), prior=0.02), 6)
    0.001
    """
    low, high = math.log(_RAREST), -1.0  # of the chance; the probability falls as it rises
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        enough = motif_probability(math.exp(middle), prior) >= probability
        low, high = (middle, high) if enough else (low, middle)
    return math.exp(low)


def rule(
    images: tuple[ImageFinding, ...],
    claim: Claim,
    nulls: NullDistributions | None,
    policy: Policy,
    *,
    words: ListingWords = ListingWords(),  # noqa: B008  a value that does not change
    trade: Trade = NOTHING_KNOWN,
    places: Sequence[ExpectedPlace] = (),
) -> Ruling:
    """Return the verdict on a listing.

    Words support a match and change how far a brand is denied, but a listing is suspect only where
    a photo alone would at least have sent it to people. A seller is authorised for one brand and
    not for another that the same photos show.

    `nulls` is `None` when nothing calibrated is loaded; then no listing is `clear` once something
    matched at all, because nobody can say how rare that match is.
    """
    reasons = [*_image_reasons(images), *_quarantine_reasons(images, nulls, policy)]
    judged = [finding for finding in images if finding.error is None]
    photos = ListingPhotos(judged)
    best = _judged_match(judged, photos, claim, nulls, policy, words, trade)
    seen = _presence(best, photos, nulls, policy)
    present = _presence(best, photos, nulls, policy, words)
    shares: tuple[float, ...] = ()
    authorised = best is not None and trade.authorised(best.brand)
    factors = Factors(present, _denial(best, claim, policy, words), 0.0 if authorised else 1.0)
    verdict = verdict_of(factors.score, policy)
    if best is not None and present >= policy.review_score:
        shares = photos.shares(best.motif_id, images)
        reasons += [*_match_reasons(best, images, claim), *reasons_beside(best, claim, words)]
        reasons += trade.reasons(best.brand, policy.price_share)
        if policy.named_brand is NamedBrand.REVIEW and claim.names(best.brand) and not authorised:
            verdict = _at_least_review(verdict)
    else:
        told, speaking = reasons_alone(claim, words.without(trade.authorised), policy.words)
        reasons += told
        verdict = _at_least_review(verdict) if speaking else verdict
    told, asks = hiding_reasons(images, claim, places, policy.hiding)
    reasons += told
    verdict = _at_least_review(verdict) if asks and not authorised else verdict
    if verdict is Verdict.SUSPECT and seen < policy.review_score:
        verdict = Verdict.REVIEW
    if best is not None and nulls is None:
        reasons.append(Reason(ReasonCode.NOT_CALIBRATED, "no background fits this model"))
        verdict = _at_least_review(verdict)
    if not judged:
        reasons.append(Reason(ReasonCode.NO_READABLE_IMAGE, "no image could be judged"))
        verdict = _at_least_review(verdict)
    return Ruling(verdict, factors, tuple(reasons), shares)


def _judged_match(
    judged: list[ImageFinding],
    photos: ListingPhotos,
    claim: Claim,
    nulls: NullDistributions | None,
    policy: Policy,
    words: ListingWords,
    trade: Trade,
) -> Match | None:
    """Return the match that decides: the gravest one where any is grave, else the best.

    The best match is not always the gravest. A listing that names one brand it shows, or whose
    seller may sell it, must still answer for another that it shows.
    """
    matches = [
        match
        for finding in judged
        for match in _unexplained(finding, claim, trade)
        if not match.quarantined
    ]
    if not matches:
        return None

    def gravity(match: Match) -> float:
        if trade.authorised(match.brand):
            return 0.0
        present = _presence(match, photos, nulls, policy, words)
        return present * _denial(match, claim, policy, words)

    gravest = min(matches, key=lambda match: (-gravity(match), match.rank_key))
    if gravity(gravest) >= policy.review_score:
        return gravest
    return min(matches, key=lambda match: match.rank_key)


def _unexplained(finding: ImageFinding, claim: Claim, trade: Trade) -> list[Match]:
    """Leave out what a better match of a brand that is named, or the seller's, explains in place.

    A mark resembles others a little; on the spot where such a brand is seen, they are its echo.
    """
    known = [
        match
        for match in finding.matches
        if claim.names(match.brand) or trade.authorised(match.brand)
    ]
    return [
        match
        for match in finding.matches
        if not any(k.rank_key < match.rank_key and k.box.overlap(match.box) > 0 for k in known)
    ]


def _presence(
    best: Match | None,
    photos: ListingPhotos,
    nulls: NullDistributions | None,
    policy: Policy,
    words: ListingWords | None = None,
) -> float:
    if best is None or nulls is None:
        return 0.0
    supported = 1.0 if words is None else support(best, words, policy.words)
    if policy.pooled:
        chance = nulls.registry_chance(photos.chance(best.motif_id))
    else:
        chance = nulls.registry_chance(best.tail, photos.judged)
    return motif_probability(chance, policy.prior, supported)


def _denial(best: Match | None, claim: Claim, policy: Policy, words: ListingWords) -> float:
    claimed = policy.other_brand_denies
    if claim.kind is ClaimKind.UNBRANDED:
        claimed = 1.0
    elif claim.kind is ClaimKind.SILENT:
        claimed = policy.silent_denies
    elif best is not None and claim.names(best.brand):
        claimed = policy.same_brand_denies
    if best is None:
        return claimed
    return denial(claimed, claim, best.brand, words, policy.words)


def verdict_of(score: float, policy: Policy) -> Verdict:
    """Return the verdict that a score brings by itself."""
    if score >= policy.suspect_score:
        return Verdict.SUSPECT
    return Verdict.REVIEW if score >= policy.review_score else Verdict.CLEAR


def _at_least_review(verdict: Verdict) -> Verdict:
    return Verdict.REVIEW if verdict is Verdict.CLEAR else verdict


def _image_reasons(images: tuple[ImageFinding, ...]) -> list[Reason]:
    reasons = []
    for number, finding in enumerate(images, start=1):
        if finding.error is None:
            continue
        small = finding.error.code == ReasonCode.TOO_SMALL_TO_JUDGE
        code = ReasonCode.TOO_SMALL_TO_JUDGE if small else ReasonCode.IMAGE_UNREADABLE
        reasons.append(Reason(code, f"image {number} ({finding.image}): {finding.error.detail}"))
    return reasons


def _quarantine_reasons(
    images: tuple[ImageFinding, ...], nulls: NullDistributions | None, policy: Policy
) -> list[Reason]:
    """Say what would have been seen, had its motif not been put into quarantine."""
    photos = ListingPhotos([finding for finding in images if finding.error is None])
    found: dict[int, Reason] = {}
    for number, finding in enumerate(images, start=1):
        for match in finding.matches:
            seen = _presence(match, photos, nulls, policy) >= policy.review_score
            if match.quarantined and seen:
                detail = f"{match.brand} / {match.motif} in image {number} is not counted"
                reason = Reason(ReasonCode.MOTIF_QUARANTINED, f"{detail}: it is in quarantine")
                found.setdefault(match.motif_id, reason)
    return [found[motif_id] for motif_id in sorted(found)]


def _match_reasons(best: Match, images: tuple[ImageFinding, ...], claim: Claim) -> list[Reason]:
    number = next(place for place, image in enumerate(images, 1) if best in image.matches)
    figure = f"{alarms_text(best.false_alarms_per_million)} of a million ordinary photos"
    name = f"{best.brand} / {best.motif} in image {number}"
    reasons = []
    if Evidence.TEXT in best.evidence:
        detail = f"reads {best.read!r} in image {number}, a wording of {best.brand} / {best.motif}"
        reasons.append(Reason(ReasonCode.WORDMARK_READ, f"{detail}, as about {figure} would"))
    if Evidence.VISUAL in best.evidence:
        reasons.append(Reason(ReasonCode.MOTIF_SEEN, f"{name}, as well as in about {figure}"))
    return [*reasons, _claim_reason(best, claim)]


def _claim_reason(best: Match, claim: Claim) -> Reason:
    source = "" if claim.source is None else claim.source.replace("_", " ")
    if claim.kind is ClaimKind.UNBRANDED:
        return Reason(ReasonCode.CLAIMS_UNBRANDED, f"{source} says {claim.text!r}")
    if claim.kind is ClaimKind.SILENT:
        return Reason(ReasonCode.NO_BRAND_CLAIM, "the listing names no brand as its maker")
    if claim.names(best.brand):
        return Reason(ReasonCode.CLAIMS_MATCHED_BRAND, f"{source} names {best.brand}")
    return Reason(ReasonCode.CLAIMS_OTHER_BRAND, f"{source} says {claim.text!r}, not {best.brand}")
