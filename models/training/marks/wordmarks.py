"""Synthetic wordmarks: words that nobody owns, set as brands set theirs.

    number ─▶ side ─▶ words and a face of that side ─▶ design ─▶ draw ─▶ picture

Wordmark n is the same on every machine: its generator is seeded by n alone. Of twenty, seventeen
are train, one validation, two test; letters and words are of that side too, so the test asks for
words never read in letters never seen. Most are tinted; some carry two colours.
"""

import colorsys
from collections.abc import Collection, Iterator, Sequence
from hashlib import sha256
from typing import Final

import numpy as np

from models.training.marks import lettering
from models.training.marks.emblems import draw_emblem
from models.training.marks.fonts import Face, Font
from models.training.marks.lettering import EM, Canvas, Outline
from models.training.marks.packs import Candidate
from models.training.marks.rendering import (
    SIDE,
    LeftOutError,
    Picture,
    as_picture,
    crop_to_visible,
)
from models.training.marks.words import next_word

SOURCE: Final = "wordmarks"
COUNT: Final = 6000
_SEED: Final = 20240
_DRAWING: Final = "1"  # counts up whenever the same number comes out as another picture
_OUTLINES: Final[tuple[Outline, ...]] = ("rectangle", "rounded", "ellipse")
_JOINED: Final = frozenset({"script"})  # letters that touch, and whose capitals do not make words

Colour = tuple[int, int, int]


def recipe(fonts: Sequence[Font], taken: Collection[str]) -> str:
    """Return what the wordmarks are made from, as a hash."""
    table = "\n".join(f"{font.name},{font.npm.sha256}" for font in fonts)
    names = "\n".join(sorted(taken))
    return sha256(f"{_DRAWING} {COUNT} {_SEED}\n{table}\n{names}".encode()).hexdigest()


def side_of_number(number: int) -> str:
    """Return the side of the n-th wordmark.

    >>> [side_of_number(n) for n in (0, 1, 2, 3, 19, 20)]
    ['validation', 'test', 'test', 'train', 'train', 'validation']
    """
    return {0: "validation", 1: "test", 2: "test"}.get(number % 20, "train")


def candidates(
    faces: Sequence[Face], taken: Collection[str], count: int = COUNT
) -> Iterator[Candidate]:
    """Yield the wordmarks for a pack, in order of number.

    Args:
        faces: Of fonts on every side.
        taken: Words that are not set, because they are names of brands that are not trained on.
        count: How many.
    """
    by_side: dict[str, list[Face]] = {"train": [], "validation": [], "test": []}
    for face in faces:
        by_side[face.font.side].append(face)
    for number in range(count):
        side = side_of_number(number)
        rng = np.random.default_rng([_SEED, number])
        words = tuple(next_word(rng, side, taken) for _ in range(2 if rng.random() < 0.15 else 1))
        face = by_side[side][int(rng.integers(len(by_side[side])))]
        name = "".join(words)
        picture = draw_wordmark(rng, words, face)
        yield f"{SOURCE}:{number:04d}-{name}", f"{SOURCE}:{name}", side, picture


def draw_wordmark(
    rng: np.random.Generator, words: Sequence[str], face: Face
) -> Picture | LeftOutError:
    """Return the picture of one or two words in a face, or why there is none."""
    two_inks = bool(rng.random() < 0.2)
    canvas = _decorated(rng, _lettered(rng, words, face, two_inks=two_inks), two_inks=two_inks)
    canvas = lettering.scaled(canvas, min(1.0, 2 * SIDE / max(canvas.shape[:2])))
    inks = _two_colours(rng) if two_inks else ((0, 0, 0), (0, 0, 0))
    try:
        return as_picture(crop_to_visible(lettering.paint(canvas, inks)))
    except LeftOutError as error:
        return error


def _lettered(
    rng: np.random.Generator, words: Sequence[str], face: Face, *, two_inks: bool
) -> Canvas:
    """Set the words: case, spacing, one line or two, slant, outline, arch."""
    joined = face.font.category in _JOINED
    texts = _cased(rng, words, capitals=not joined)
    spacing = 0.0 if joined or rng.random() < 0.5 else float(rng.uniform(-0.04, 0.35))
    first_apart = two_inks and rng.random() < 0.4
    # Two long words in one line would be a strip a few pixels high.
    if len(texts) == 2 and (rng.random() < 0.5 or len("".join(texts)) > 11):
        lines = [lettering.set_line(text, face.path, spacing=spacing) for text in texts]
        canvas = _stacked(rng, *lines, second_ink=two_inks)
    else:
        text = " ".join(texts)
        canvas = lettering.set_line(text, face.path, spacing=spacing, first_apart=bool(first_apart))
    if not joined and rng.random() < 0.12:
        canvas = lettering.slant(canvas, float(rng.choice([-0.12, 0.15, 0.22, 0.3])))
    if rng.random() < 0.1:
        canvas = lettering.hollow(canvas, int(rng.integers(3, 7)))
    # A short line bent far would be a fan of one or two letters.
    if rng.random() < 0.14 and canvas.shape[1] > 2.5 * canvas.shape[0]:
        canvas = lettering.arch(canvas, float(rng.choice([-0.8, 0.6, 1.0, 1.6, 2.4])))
    return canvas


def _decorated(rng: np.random.Generator, canvas: Canvas, *, two_inks: bool) -> Canvas:
    """Add an emblem, and one of underline, frame and panel."""
    ink = int(two_inks and rng.random() < 0.6)
    if rng.random() < 0.35:
        canvas = _with_emblem(rng, canvas, ink)
    choice = rng.random()
    thickness = int(rng.integers(4, 15))
    outline = _OUTLINES[int(rng.integers(len(_OUTLINES)))]
    room = float(rng.uniform(0.15, 0.45))
    if choice < 0.10:
        return lettering.underline(canvas, thickness, curved=bool(rng.random() < 0.5), ink=ink)
    if choice < 0.19:
        return lettering.frame(canvas, outline, thickness, room, ink=ink)
    if choice < 0.29:
        return lettering.panel(canvas, outline, room, knocked_out=not two_inks)
    return canvas


def _with_emblem(rng: np.random.Generator, canvas: Canvas, ink: int) -> Canvas:
    """Put an emblem before the letters, after them or above them."""
    above = bool(rng.random() < 0.4)
    height, width = canvas.shape[:2]
    wanted = min(1.6 * EM, 0.5 * width) if above else height * rng.uniform(0.9, 1.5)
    emblem = draw_emblem(rng, max(24, round(wanted)))
    sign = np.zeros((*emblem.shape, 2), np.uint8)
    sign[..., ink] = emblem
    gap = round(EM * float(rng.uniform(0.1, 0.35)))
    if above or rng.random() < 0.8:
        return lettering.join(sign, canvas, gap, below=above)
    return lettering.join(canvas, sign, gap, below=False)


def _stacked(
    rng: np.random.Generator, first: Canvas, second: Canvas, *, second_ink: bool
) -> Canvas:
    """Put the second line below the first, smaller or as wide as it."""
    if rng.random() < 0.5:
        second = lettering.scaled(second, min(1.5, first.shape[1] / second.shape[1]))
    else:
        second = lettering.scaled(second, float(rng.uniform(0.4, 0.7)))
    if second_ink:
        second = second[..., ::-1]
    return lettering.join(first, second, round(0.15 * EM), below=True)


def _cased(rng: np.random.Generator, words: Sequence[str], *, capitals: bool) -> list[str]:
    """Return the words in lower case, in capitals, or capitalised."""
    choice = rng.choice(["lower", "upper", "title"], p=[0.3, 0.35, 0.35])
    if choice == "upper" and capitals:
        return [word.upper() for word in words]
    return [word if choice == "lower" else word.capitalize() for word in words]


def _two_colours(rng: np.random.Generator) -> tuple[Colour, Colour]:
    """Return two colours that differ clearly in hue or in lightness."""
    hue = float(rng.random())
    if rng.random() < 0.5:
        first = _colour(hue, rng.uniform(0.7, 1.0), rng.uniform(0.3, 0.6))
        return first, _colour(hue + rng.uniform(0.0, 0.15), rng.uniform(0.5, 1.0), 1.0)
    first = _colour(hue, rng.uniform(0.6, 1.0), rng.uniform(0.5, 1.0))
    return first, _colour(hue + rng.uniform(0.3, 0.7), rng.uniform(0.6, 1.0), 0.9)


def _colour(hue: float, saturation: float, value: float) -> Colour:
    red, green, blue = colorsys.hsv_to_rgb(hue % 1.0, saturation, value)
    return round(255 * red), round(255 * green), round(255 * blue)
