"""A contact sheet has a cell for everything, repeats itself, and shows only marks that are free."""

import io

import numpy as np
import pytest
from PIL import Image

from models.training.compositing.names import TECHNIQUES
from models.training.compositing.scene import Compositor
from models.training.contact_sheet import (
    CELL,
    FOOT,
    GAP,
    HEAD,
    LABEL,
    Cell,
    free_marks,
    jpeg,
    technique_sheet,
    trick_sheet,
)
from models.training.marks.mark import Mark
from models.training.marks.store import MarkStore
from tests.training.compositing.drawn import Pixels


def _cells(sheet: Image.Image, rows: int, columns: int) -> list[Pixels]:
    pixels, step = np.asarray(sheet), CELL + GAP
    assert pixels.shape == (HEAD + rows * step + FOOT, LABEL + columns * step, 3)
    return [
        pixels[HEAD + row * step :, LABEL + column * step :][:CELL, :CELL]
        for row in range(rows)
        for column in range(columns)
    ]


def test_every_technique_has_its_row(compositor: Compositor, marks: dict[str, Mark]) -> None:
    chosen = [marks["ring"], marks["plate"]]
    sheet = technique_sheet(compositor, chosen, seed=1, credit="drawn here")
    cells = _cells(sheet, len(TECHNIQUES), 2)
    assert min(float(cell.std()) for cell in cells) > 1
    assert len({cell.tobytes() for cell in cells}) == len(cells)
    again = technique_sheet(compositor, chosen, seed=1, credit="drawn here")
    assert again.tobytes() == sheet.tobytes()


def test_every_trick_has_its_row(compositor: Compositor, marks: dict[str, Mark]) -> None:
    cells = _cells(trick_sheet(compositor, [marks["arrow"]], seed=2), 11, 1)
    assert min(float(cell.std()) for cell in cells) > 1
    # Recolouring does nothing to a mark that has no colours of its own.
    assert len({cell.tobytes() for cell in cells}) == len(cells) - 1


def test_a_sheet_fits_its_limit() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (300, 300, 3), dtype=np.uint8)
    sheet = Image.fromarray(noise)
    small = jpeg(sheet, 60_000)
    assert 10_000 < len(small) < 60_000 < len(jpeg(sheet))
    assert Image.open(io.BytesIO(small)).size == (300, 300)
    with pytest.raises(ValueError, match="does not fit"):
        jpeg(sheet, 1000)


def test_a_store_without_free_marks_shows_nothing(store: MarkStore) -> None:
    with pytest.raises(ValueError, match="game-icons"):
        free_marks(store, 3, 0)


def test_a_cell_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="pixels a side"):
        Cell(np.zeros((CELL, CELL + 1, 3), np.uint8))
