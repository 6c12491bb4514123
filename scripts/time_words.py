"""Times the reading of one listing's words against many brands.

    python -m scripts.time_words [BRANDS]

Brands are the names of the `simpleicons` package, with a second word where they do not suffice; the
title holds two disguises, the description figures and an imitation.
"""

import sys
import time
from statistics import median

from simpleicons.all import icons

from app.domain.brand_names import BrandNames
from app.domain.claim_reading import ClaimReader, load_terms
from app.domain.listing import Listing
from app.domain.registry import Brand

TITLE = "Women's Fashion Classic Screw Love Titanium Steel Bracelet 18K C@rt1er G00gle for Samsung"
SENTENCE = (
    "This elegant bracelet is made of 316L stainless steel, size 17cm*2mm, and does not fade. "
    "Perfect gift for her, inspired by Google style. "
)


def brands(count: int) -> list[Brand]:
    """Return brands with the names of well-known marks."""
    names = sorted({str(icon.title) for icon in icons.values()})
    names += [f"{name} Labs" for name in names]
    return [Brand(number, name) for number, name in enumerate(names[:count], 1)]


def main() -> None:
    """Print the median over 200 readings of a title alone, and with descriptions."""
    registry = BrandNames(brands(int(sys.argv[1]) if len(sys.argv) > 1 else 3_500))
    reader = ClaimReader(load_terms())
    for sentences in (0, 5, 10):
        listing = Listing("a", title=TITLE, description=SENTENCE * sentences)
        reader.listen(listing, registry)
        seconds = []
        for _ in range(200):
            begun = time.perf_counter()
            reader.listen(listing, registry)
            seconds.append(time.perf_counter() - begun)
        size = len(listing.title) + len(listing.description)
        print(f"{size:5} characters: {1e3 * median(seconds):.2f} ms")


if __name__ == "__main__":
    main()
