"""Contact sheets: what the compositor makes, small enough to look at in one glance.

    marks x techniques ─▶ scenes ─▶ a window around each mark ─▶ labelled grid ─▶ JPEG

One row for each technique (or trick), one column for each mark. In the sheet of techniques every
column keeps to one surface as well, and mostly to one photo. Everything follows from the seed. Of
the marks, `free_marks` chooses those that may be shown to everybody; the photos are the caller's to
answer for, and so is the line of credit at the foot.
"""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from models.regions import Photo
from models.training.compositing.names import SURFACES, TECHNIQUES, TRICKS
from models.training.compositing.scene import Compositor, Scene
from models.training.compositing.tricks import Box
from models.training.marks.mark import Mark
from models.training.marks.store import MarkStore

# Pictograms and made-up words: nobody's trademarks, under licences that let them be shown.
FREE_SOURCES: Final = ("game-icons", "noto", "wordmarks")
CELL, GAP, LABEL, HEAD, FOOT = 150, 4, 108, 36, 32  # pixels
_SHARE = 0.34  # of the photo's short side, for each mark
_SHOWN = 1.7  # sides of the window in longer sides of the mark
_LONG_SIDE = 640
_ATTEMPTS = 400


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """One picture of a sheet, `(CELL, CELL, 3)`."""

    picture: Photo

    def __post_init__(self) -> None:
        if self.picture.shape != (CELL, CELL, 3):
            raise ValueError(f"a cell has {CELL} pixels a side, not {self.picture.shape}")


def free_marks(store: MarkStore, count: int, seed: int) -> list[Mark]:
    """Return marks that may be shown, from each of the free sources in turn.

    Raises:
        ValueError: when the store lacks one of these sources.
    """
    rng = np.random.default_rng(seed)
    by_source = [[m for m in store.marks if m.source == source] for source in FREE_SOURCES]
    if not all(by_source):
        raise ValueError(f"the store needs marks of {', '.join(FREE_SOURCES)}")
    turns = [by_source[turn % len(by_source)] for turn in range(count)]
    return [marks[rng.integers(len(marks))] for marks in turns]


def technique_sheet(
    scenes: Compositor, marks: Sequence[Mark], seed: int = 0, credit: str = ""
) -> Image.Image:
    """Draw every technique on every mark; the columns go through the surfaces."""
    surfaces = [SURFACES[column % len(SURFACES)] for column in range(len(marks))]

    def cell(technique: str, column: int) -> Cell:
        made = _composed(scenes, marks[column], (seed, column), technique, "none", surfaces[column])
        return _window(made.photo, made.placed[0].box)

    return _sheet(TECHNIQUES, surfaces, cell, credit)


def trick_sheet(
    scenes: Compositor, marks: Sequence[Mark], seed: int = 0, credit: str = ""
) -> Image.Image:
    """Draw every trick on every mark, printed or on a label; first the marks without a trick."""
    techniques = [("printed", "label")[column % 2] for column in range(len(marks))]

    def cell(trick: str, column: int) -> Cell:
        made = _composed(scenes, marks[column], (seed, column), techniques[column], trick)
        # A collage and a cut say nothing without the photo's edges.
        whole = trick in ("collage", "edge")
        return _framed(made) if whole else _window(made.photo, made.placed[0].box)

    return _sheet(("none", *TRICKS), techniques, cell, credit)


def jpeg(sheet: Image.Image, limit: int = 400_000) -> bytes:
    """Return the sheet as JPEG, as good as fits into `limit` bytes.

    Raises:
        ValueError: when even a poor one does not fit.
    """
    for quality in range(90, 20, -5):
        file = io.BytesIO()
        sheet.save(file, "JPEG", quality=quality, optimize=True)
        if file.tell() < limit:
            return file.getvalue()
    raise ValueError(f"a sheet of {sheet.size} does not fit into {limit} bytes")


def _composed(
    scenes: Compositor,
    mark: Mark,
    seed: tuple[int, ...],
    technique: str,
    trick: str,
    surface: str | None = None,
) -> Scene:
    """Compose until the surface, which the compositor draws by chance, is the one asked for."""
    for attempt in range(_ATTEMPTS):
        made = scenes.scene(
            np.random.default_rng((*seed, attempt)),
            [mark],
            share=_SHARE,
            technique=technique,
            trick=trick,
            long_side=_LONG_SIDE,
        )
        if made.placed and surface in (None, made.placed[0].surface):
            return made
    raise ValueError(f"{mark.identity} cannot be shown {technique} with the trick {trick}")


def _window(photo: Photo, box: Box) -> Cell:
    """Cut a square around the box, as near to its middle as the photo's edges let it be."""
    height, width = photo.shape[:2]
    side = min(height, width, int(_SHOWN * max(box[2] - box[0], box[3] - box[1])))
    left = min(max(0, (box[0] + box[2] - side) // 2), width - side)
    top = min(max(0, (box[1] + box[3] - side) // 2), height - side)
    return Cell(_resized(photo[top : top + side, left : left + side], CELL, CELL))


def _framed(scene: Scene) -> Cell:
    """Return the whole photo, the mark's box drawn in, on white."""
    photo = scene.photo.copy()
    for one in scene.placed:
        cv2.rectangle(photo, one.box[:2], (one.box[2] - 1, one.box[3] - 1), (255, 0, 160), 3)
    height, width = photo.shape[:2]
    scale = CELL / max(height, width)
    small = _resized(photo, round(width * scale), round(height * scale))
    picture = np.full((CELL, CELL, 3), 255, np.uint8)
    top, left = (CELL - small.shape[0]) // 2, (CELL - small.shape[1]) // 2
    picture[top : top + small.shape[0], left : left + small.shape[1]] = small
    return Cell(picture)


def _resized(photo: Photo, width: int, height: int) -> Photo:
    method = cv2.INTER_AREA if width < photo.shape[1] else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(photo, (width, height), interpolation=method), np.uint8)


def _sheet(
    rows: Sequence[str], columns: Sequence[str], cell: Callable[[str, int], Cell], credit: str
) -> Image.Image:
    step = CELL + GAP
    size = (LABEL + step * len(columns), HEAD + step * len(rows) + FOOT)
    sheet = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(sheet)
    font, small = ImageFont.load_default(15), ImageFont.load_default(12)
    draw.text((8, size[1] - FOOT // 2), credit, "black", small, "lm")
    for column, name in enumerate(columns):
        draw.text((LABEL + column * step + CELL // 2, HEAD // 2), name, "black", font, "mm")
    for row, name in enumerate(rows):
        top = HEAD + row * step
        draw.text((8, top + CELL // 2), name.replace("_", " "), "black", font, "lm")
        for column in range(len(columns)):
            picture = Image.fromarray(cell(name, column).picture)
            sheet.paste(picture, (LABEL + column * step, top))
    return sheet
