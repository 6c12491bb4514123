"""One chance out of two looks at the same thing: how a mark looks, and what it reads.

The two depend on each other. A word that is spelled like the mark also looks like it, so that the
product of the two chances, as for independent looks, would promise what it cannot keep. Their
harmonic mean holds under dependence (Wilson, PNAS 2019): it lies between the smaller chance and
twice that, where twice is Bonferroni's price for having looked two times.

The look alone was calibrated for every photo and is never made rarer or less rare by reading that
found nothing; reading pays the price. So at most three photos in two alarm where one is stated.
See `docs/decisions/0008-reading-text.md`.
"""


def combined_chance(visual: float, text: float) -> float:
    """Return the chance that an ordinary photo gives as much evidence by look and text together.

    Args:
        visual: chance of the look, 1 where the mark was not seen at all.
        text: chance of the text.

    Text alone pays the price of the second look, text beside an equally rare look does not, and a
    look is never weakened:

    >>> combined_chance(1.0, 1e-5), combined_chance(1e-5, 1e-5), combined_chance(1e-6, 1e-3)
    (1.999980000199998e-05, 1e-05, 1e-06)
    """
    if not (0 < visual <= 1 and 0 < text <= 1):
        raise ValueError(f"{visual} and {text} are not chances")
    return min(visual, 2 / (1 / visual + 1 / text))
