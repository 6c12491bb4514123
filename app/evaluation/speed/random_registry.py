"""A registry of realistic size whose vectors are random directions.

How long a search takes depends on how many vectors there are, not on what they mean. Every motif
has a brand of its own with a name that could be one, because reading a listing's claim looks for
all of them; one motif in fifty has a look-alike enrolled as a negative reference as well, because
matching takes another path then.
"""

import hashlib

import numpy as np
from numpy.typing import NDArray

from app.domain.ports import EmbeddingStore, RegistryStore
from app.domain.registry import MotifKind, NewMotif, NewReference, Polarity
from models.protocols import Embedder, model_id

_SYLLABLES = ("ba", "cor", "de", "fen", "gu", "hal", "jo", "kin", "lu", "mar", "no", "pra")
_NEGATIVE_EVERY = 50
_SIDE = 160


def fill_with_random(
    registry: RegistryStore, embeddings: EmbeddingStore, embedder: Embedder, references: int
) -> None:
    """Add that many references, with stored vectors, to an empty registry.

    No image is behind them, so the vectors serve for this embedder alone.
    """
    numbers: list[int] = []
    motif_id = 0
    with registry.batch():
        for place in range(references):
            negative = place % _NEGATIVE_EVERY == _NEGATIVE_EVERY - 1
            if not negative:
                new = NewMotif(invented_name(place), "mark", MotifKind.LOGO)
                motif_id = registry.ensure_motif(new)[0].id
            polarity = Polarity.NEGATIVE if negative else Polarity.POSITIVE
            blob = hashlib.sha256(str(place).encode()).hexdigest()
            reference = NewReference(polarity, blob, _SIDE, _SIDE)
            numbers.append(registry.add_reference(motif_id, reference)[0].id)
    rows = random_directions(references, embedder.dim)
    embeddings.save(model_id(embedder), zip(numbers, rows, strict=True))


def random_directions(count: int, dim: int) -> NDArray[np.float32]:
    """Return `(count, dim)` unit rows."""
    rows = np.random.default_rng(0).standard_normal((count, dim), np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows


def invented_name(number: int) -> str:
    """Return a name that could be a brand's, another one for every number.

    >>> invented_name(0), invented_name(13), invented_name(3499)
    ('Baba', 'Corcor', 'Kinfenbade')
    """
    syllables: list[str] = []
    while number or len(syllables) < 2:
        number, place = divmod(number, len(_SYLLABLES))
        syllables.append(_SYLLABLES[place])
    return "".join(syllables).capitalize()
