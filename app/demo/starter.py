"""The starter registry's brands, and which of them the sample photos show.

Slugs of the icon set; the brand's name in the registry is the mark's title. The choice is of marks
that people know from consumer goods and that differ in kind: wordmarks, animals, crests, letters,
plain shapes. Being listed here says nothing about anyone's goods.
"""

from typing import Final

from app.media.marks import Mark, simple_marks

# Those that a sample photo shows.
PHOTOGRAPHED_BRANDS: Final = (
    "apple",
    "bmw",
    "mercedes",
    "newbalance",
    "nike",
    "playstation",
    "puma",
    "reebok",
    "starbucks",
    "underarmour",
)

# All of the registry; those that no photo shows are there to be mistaken.
STARTER_BRANDS: Final = (
    *PHOTOGRAPHED_BRANDS,
    "adidas",
    "audi",
    "beatsbydre",
    "caterpillar",
    "ferrari",
    "fila",
    "jordan",
    "mcdonalds",
    "thenorthface",
    "volkswagen",
)


def starter_marks() -> tuple[Mark, ...]:
    """Return the starter registry's marks, in the order of `STARTER_BRANDS`."""
    return simple_marks(STARTER_BRANDS)
