"""Photos with something hidden in them, made from those that only report, and these as they are.

    labelled box of a brand, or a box that shows something ─▶ each trick ─▶ saved again
    a photo ─▶ as it is, and for some saved again

The tricks are the compositor's; a crop at the photo's edge is made here, since it changes no pixel.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from app.domain.box import Box
from models.regions import Photo
from models.training.compositing.covers import CONCEALMENTS
from models.training.concealment.samples import Ground, concealed, saved_again

EDGE = "edge"
TRICKS = (*CONCEALMENTS, EDGE)
NOTHING, SAVED = "nothing", "nothing, saved again"


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A photo that only reports: its name, its set, and boxes of marks where they are known."""

    name: str
    group: str
    ground: Ground
    tricked: bool


@dataclass(frozen=True, slots=True, eq=False)
class HiddenPhoto:
    """A photo to look at, what was done to it, and where (`None`: nothing)."""

    source: Source
    trick: str
    photo: Photo
    changed: Box | None


def hidden_photos(sources: Sequence[Source], seed: int) -> Iterator[HiddenPhoto]:
    """Yield every photo as it is; those to be tricked saved again and under every trick as well.

    Equal seeds give equal pictures, whichever sources are left out.
    """
    for source in sources:
        own = [seed, *source.name.encode()]
        rng = np.random.default_rng(own)
        yield HiddenPhoto(source, NOTHING, source.ground.photo, None)
        if not source.tricked:
            continue
        yield HiddenPhoto(source, SAVED, saved_again(source.ground.photo, rng), None)
        for number, trick in enumerate(TRICKS):
            made = _made(source, trick, np.random.default_rng([*own, number]))
            if made is not None:
                yield made


def _made(source: Source, trick: str, rng: np.random.Generator) -> HiddenPhoto | None:
    photo, box = source.ground.photo, source.ground.box(rng)
    if trick == EDGE:
        return _cut(source, box, rng)
    made = concealed(photo, box, trick, rng)
    if made is None:
        return None
    ys, xs = np.nonzero(made[1])
    changed = Box(int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1)
    return HiddenPhoto(source, trick, saved_again(made[0], rng), changed)


def _cut(source: Source, box: tuple[int, int, int, int], rng: np.random.Generator) -> HiddenPhoto:
    """Crop the photo so that its left or upper edge cuts an eighth to two fifths off the box."""
    left = top = 0
    if rng.random() < 0.5:
        left = box[0] + int((box[2] - box[0]) * rng.uniform(0.12, 0.4))
    else:
        top = box[1] + int((box[3] - box[1]) * rng.uniform(0.12, 0.4))
    rest = np.ascontiguousarray(source.ground.photo[top:, left:])
    kept = Box(max(box[0] - left, 0), max(box[1] - top, 0), box[2] - left, box[3] - top)
    return HiddenPhoto(source, EDGE, saved_again(rest, rng), kept)
