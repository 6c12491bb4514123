"""How well a run of letters in a photo agrees with a wording: 1 for the same, 0 for nothing.

    cost = edits inside + half a letter for each that is hidden at one end
         + one where the wording is only a part of a longer word
    agreement = 1 - cost / length of the wording, and 0 below `BAR`

Both sides are in the one spelling of `app/domain/as_read.py`. The same function scores ordinary
words, so whatever it is generous with, it is generous with in the false-alarm figure as well.
"""

from rapidfuzz.distance import Levenshtein

BAR = 0.75
_ALL = 3  # wordings of so many letters or fewer have to be read as they are
_HALF = 0.5  # price of a hidden letter at an end
_INSIDE = 1.0  # price of standing inside a longer word
_SHORTEST_INSIDE = 4


def most_edits(length: int) -> int:
    """Return how many edits a wording of so many letters can take before it falls below the bar.

    >>> [most_edits(length) for length in (3, 4, 8, 12)]
    [0, 1, 2, 3]
    """
    return 0 if length <= _ALL else int((1 - BAR) * length)


def shortest_end(length: int) -> int:
    """Return how many letters of a wording must be left when its beginning or end is hidden.

    >>> [shortest_end(length) for length in (3, 4, 6, 8)]
    [3, 4, 4, 4]
    """
    return max(min(length, _ALL + 1), length - int((1 - BAR) / _HALF * length))


def cut_ends(wording: str) -> tuple[str, ...]:
    """Return what is left of a wording of which the beginning or the end is hidden."""
    lengths = range(shortest_end(len(wording)), len(wording))
    return tuple(end for n in lengths for end in (wording[:n], wording[-n:]))


def agreement(wording: str, run: str) -> float:
    """Return how well a run of letters agrees with a wording.

    >>> agreement("adldas", "adldas"), agreement("adldas", "adlda"), agreement("gap", "cap")
    (1.0, 0.916..., 0.0)
    >>> agreement("cocacola", "cocacolazero"), agreement("nlke", "mlke")
    (0.875, 0.75)
    """
    if run == wording:
        return 1.0
    length = len(wording)
    costs = [float(Levenshtein.distance(wording, run, score_cutoff=most_edits(length)))]
    hidden = length - len(run)
    if hidden > 0 and len(run) >= shortest_end(length) and _is_end(wording, run):
        costs.append(_HALF * hidden)
    if hidden < 0 and length >= _SHORTEST_INSIDE and wording in run:
        costs.append(_INSIDE)
    value = 1 - min(costs) / length
    return value if value >= BAR and length > _ALL else 0.0


def _is_end(wording: str, run: str) -> bool:
    return wording.startswith(run) or wording.endswith(run)
