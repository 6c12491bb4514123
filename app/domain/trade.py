"""What is known of the trade behind a listing: who its seller is to a brand, and what it asks.

The first is a factor of the score; the second only supports what a photo showed. Both are told as
reasons beside the match that decides, and never by themselves.
"""

from dataclasses import dataclass, field

from app.domain.assessment import Reason, ReasonCode
from app.domain.prices import Offer
from app.domain.sellers import STRANGER, Standing


@dataclass(frozen=True, slots=True)
class Trade:
    """A listing's seller and price, held against the registry."""

    standing: Standing = STRANGER
    offer: Offer = field(default_factory=Offer)

    def authorised(self, brand: str) -> bool:
        """Tell whether the seller may sell a brand here and now."""
        return self.standing.authorised(brand) is not None

    def reasons(self, brand: str, price_share: float) -> list[Reason]:
        """Return what is to be said beside a match of a brand.

        An authorised seller's price is nobody's business but the brand's.
        """
        grant = self.standing.authorised(brand)
        if grant is not None:
            return [Reason(ReasonCode.AUTHORISED_SELLER, f"seller {grant.spoken}")]
        reasons = []
        lapsed = self.standing.elsewhere(brand)
        if lapsed is not None:
            detail = f"seller {lapsed.spoken}, but {lapsed.lacking}"
            reasons.append(Reason(ReasonCode.AUTHORISATION_NOT_VALID, detail))
        known = self.offer.far_below(brand, price_share)
        if known is not None:
            asked = f"asks {self.offer.price:,g} {known.currency}"
            detail = f"{asked}, where goods of {brand} are known {known.spoken}"
            reasons.append(Reason(ReasonCode.PRICE_BELOW_RANGE, detail))
        return reasons


NOTHING_KNOWN = Trade()
