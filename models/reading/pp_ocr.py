"""Reads text with PP-OCR, whose networks lie inside the package `rapidocr`. Nothing is fetched.

    photo ─▶ detector on a copy of at most `side` pixels ─▶ a quadrangle for each line
          ─▶ each line cut from the photo itself, level ─▶ recogniser ─▶ text and confidence
          ─▶ lines that make little sense once more, upside down and from behind

Lines come out in reading order, without those below `MIN_CONFIDENCE`. The recogniser sees the
photo's own pixels, so a small `side` costs small print only where the detector misses it.

The networks start at the first photo. Any number of threads may read; each takes requests from a
pool that never holds more than there were readers at once.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec

import cv2
import numpy as np
from numpy.typing import NDArray

from models.cards import WeightsFile
from models.errors import RuntimeUnavailableError
from models.reading.lines import TextLine
from models.reading.networks import Networks, start_networks
from models.regions import Photo
from models.weights_file import verified_weights

Floats = NDArray[np.float32]

DETECTOR = WeightsFile(
    "models/PP-OCRv6_det_small.onnx",
    "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f",
    "rapidocr",
)
RECOGNISER = WeightsFile(
    "models/PP-OCRv6_rec_small.onnx",
    "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884",
    "rapidocr",
)
MIN_CONFIDENCE = 0.5
_SURE = 0.9  # a line read with less is looked at again, turned and mirrored
_BETTER = 0.1  # by how much another way of reading has to be surer
_GROWTH = 2.0  # a small photo is enlarged at most so much
_NARROW = 8  # a photo this many times wider than high is padded, or its only line is lost
_MOST_LINES = 64  # of one photo, the largest: a page of print must not take minutes


@dataclass(frozen=True, slots=True)
class ReaderSettings:
    """How a photo is read; part of the reader's name."""

    side: int = 736  # long side, in pixels, at which lines are looked for
    glance_side: int = 320  # the same for the question whether there is any text at all
    mirrored: bool = True

    def __post_init__(self) -> None:
        if not 64 <= self.glance_side <= self.side <= 4096:
            raise ValueError("reading needs 64 <= glance_side <= side <= 4096 pixels")


class PpOcrReader:
    """The reader; safe to share between threads."""

    def __init__(
        self,
        settings: ReaderSettings | None = None,
        *,
        threads: int = 0,
        networks: tuple[WeightsFile, WeightsFile] = (DETECTOR, RECOGNISER),
    ) -> None:
        """Prove that the networks are there; they are started at the first photo.

        Args:
            settings: how a photo is read.
            threads: for one photo; 0 leaves it to the runtime.
            networks: detector and recogniser.

        Raises:
            RuntimeUnavailableError: when the package is not installed.
            WeightsMismatchError: when its networks are not the ones this file names.
        """
        package = networks[0].package
        if find_spec(package) is None:
            raise RuntimeUnavailableError(f"reading needs {package}: pip install {package}")
        self.settings = settings or ReaderSettings()
        self._paths = (verified_weights(networks[0]), verified_weights(networks[1]))
        self._threads = threads
        self._starting = threading.Lock()
        self._networks: Networks | None = None

    @property
    def name(self) -> str:
        """Names the networks and every setting: a background of text belongs to it."""
        s = self.settings
        kinds = f"{DETECTOR.sha256[:6]}{RECOGNISER.sha256[:6]}"
        return f"pp-ocr-{kinds}-s{s.side}" + ("-m" if s.mirrored else "")

    def has_text(self, photo: Photo) -> bool:
        """Tell at a glance whether anything in the photo looks like text: a tenth of the price."""
        return len(self._quadrangles(photo, self.settings.glance_side)) > 0

    def read(self, photo: Photo) -> tuple[TextLine, ...]:
        """Return the lines of a photo, `(H, W, 3)` uint8 RGB."""
        quadrangles = self._quadrangles(photo, self.settings.side)
        if not len(quadrangles):
            return ()
        pieces = [_levelled(photo, quadrangle) for quadrangle in quadrangles]
        readings = self._recognised(pieces)
        height, width = photo.shape[:2]
        lines = [
            _line(reading, _box(quadrangle, width, height))
            for reading, quadrangle in zip(readings, quadrangles, strict=True)
        ]
        return tuple(line for line in lines if line is not None)

    def _started(self) -> Networks:
        with self._starting:
            if self._networks is None:
                self._networks = start_networks(*self._paths, threads=self._threads)
            return self._networks

    def _quadrangles(self, photo: Photo, side: int) -> Floats:
        """Return `(lines, 4, 2)` corners, clockwise from the line's own top left."""
        copy, scale, top = _fitted(photo, side)
        found = self._started().detect(copy[..., ::-1])  # the networks were trained on BGR
        if len(found) > _MOST_LINES:
            sizes = np.array([cv2.contourArea(corners) for corners in found])
            found = found[np.sort(np.argsort(-sizes, kind="stable")[:_MOST_LINES])]
        return (found - np.array([0, top], np.float32)) / np.float32(scale)

    def _recognised(self, pieces: Sequence[Photo]) -> "list[_Reading]":
        readings = self._read_all(pieces)
        unsure = [place for place, reading in enumerate(readings) if reading.confidence < _SURE]
        turns = [(False, [np.ascontiguousarray(pieces[p][::-1, ::-1]) for p in unsure])]
        if self.settings.mirrored:
            turns.append((True, [np.ascontiguousarray(pieces[p][:, ::-1]) for p in unsure]))
        for mirrored, turned in turns:
            for place, other in zip(unsure, self._read_all(turned), strict=True):
                if other.confidence > readings[place].confidence + _BETTER:
                    readings[place] = _Reading(other.text, other.confidence, mirrored)
        return readings

    def _read_all(self, pieces: Sequence[Photo]) -> "list[_Reading]":
        if not pieces:
            return []
        answers = self._started().recognise([piece[..., ::-1] for piece in pieces])
        return [_Reading(text, float(confidence)) for text, confidence in answers]


@dataclass(frozen=True, slots=True)
class _Reading:
    text: str
    confidence: float
    mirrored: bool = False


def _fitted(photo: Photo, side: int) -> tuple[Photo, float, int]:
    """Return a copy of at most `side` pixels, its scale, and how many rows were put above it."""
    height, width = photo.shape[:2]
    scale = min(side / max(height, width), _GROWTH)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    copy: Photo = np.asarray(cv2.resize(photo, size, interpolation=method), np.uint8)
    # The network takes multiples of 32 and would round a strip of 15 rows down to none.
    top = max(0, max(size[0] // _NARROW, 32) - size[1]) // 2 + (size[1] < 32)
    side_room = max(0, 32 - size[0])
    if top or side_room:
        edges = ((top, top), (0, side_room), (0, 0))
        copy = np.pad(copy, edges, mode="edge")
    return copy, scale, top


def _levelled(photo: Photo, corners: Floats) -> Photo:
    """Return the quadrangle as an upright picture, a tall one laid on its side."""
    wide = max(np.linalg.norm(corners[0] - corners[1]), np.linalg.norm(corners[2] - corners[3]))
    high = max(np.linalg.norm(corners[0] - corners[3]), np.linalg.norm(corners[1] - corners[2]))
    width, height = max(2, round(float(wide))), max(2, round(float(high)))
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), target)
    piece = cv2.warpPerspective(
        photo, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    upright = np.rot90(piece) if height >= 1.5 * width else piece
    return np.ascontiguousarray(upright, np.uint8)


def _box(corners: Floats, width: int, height: int) -> tuple[int, int, int, int]:
    lows = np.floor(corners.min(axis=0))
    highs = np.ceil(corners.max(axis=0))
    x_min, y_min = (int(np.clip(v, 0, e - 1)) for v, e in zip(lows, (width, height), strict=True))
    x_max, y_max = (int(np.clip(v, 1, e)) for v, e in zip(highs, (width, height), strict=True))
    return x_min, y_min, max(x_max, x_min + 1), max(y_max, y_min + 1)


def _line(reading: _Reading, box: tuple[int, int, int, int]) -> TextLine | None:
    text = reading.text.strip()
    if not text or reading.confidence < MIN_CONFIDENCE:
        return None
    return TextLine(text, box, min(reading.confidence, 1.0), reading.mirrored)
