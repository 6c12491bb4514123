"""Calibrates with the operator's own ordinary photos.

The photos go through the same decoder, proposer and embedder as a listing's. Those that cannot be
read are named and left out. Too few readable photos are refused before anything is replaced.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.domain.calibration import MIN_PHOTOS
from app.domain.errors import CalibrationError, ImageRefusedError
from app.media.decoding import decode_image
from app.media.files import read_image_file
from app.media.limits import DecodeLimits
from app.services.assessment import Eyes
from app.services.background import Background
from app.services.background_files import BackgroundLibrary
from models.regions import Embeddings


@dataclass(frozen=True, slots=True)
class CalibrationReport:
    """What a calibration made, and which photos it could not use."""

    background: Background
    refused: tuple[tuple[str, str], ...]


class Calibrator:
    """Makes the background of one model and proposer."""

    def __init__(self, eyes: Eyes, library: BackgroundLibrary, limits: DecodeLimits) -> None:
        self._eyes = eyes
        self.library = library
        self._limits = limits

    def run(
        self, photos: Sequence[Path], *, advance: Callable[[], None] = lambda: None
    ) -> CalibrationReport:
        """Embed the photos, keep the background, and put it in use.

        Raises:
            CalibrationError: when fewer than `MIN_PHOTOS` of the photos can be read; the
                background in use stays.
        """
        background, refused = self.embed(photos, advance=advance)
        if background is None or background.photos < MIN_PHOTOS:
            readable = 0 if background is None else background.photos
            raise CalibrationError(
                f"{readable} readable photos are too few; at least {MIN_PHOTOS} are needed, "
                "several hundred are better"
            )
        return CalibrationReport(self.library.record(background), refused)

    def embed(
        self, photos: Sequence[Path], *, advance: Callable[[], None] = lambda: None
    ) -> tuple[Background | None, tuple[tuple[str, str], ...]]:
        """Return a background of the readable photos, without keeping it, and the refusals."""
        blocks: list[Embeddings] = []
        refused: list[tuple[str, str]] = []
        for path in photos:
            try:
                blocks.append(self._embed(path))
            except ImageRefusedError as error:
                refused.append((str(path), error.message))
            advance()
        background = Background.of(self.library.model, blocks) if blocks else None
        return background, tuple(refused)

    def _embed(self, path: Path) -> Embeddings:
        image = decode_image(read_image_file(path, self._limits), self._limits)
        return self._eyes.embedder.embed(self._eyes.proposer.propose(image.frames[0]))
