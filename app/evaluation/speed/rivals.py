"""Rivals: other ways to get from a decoded photo to what can be compared, on the same photos.

Each is timed on what replaces the stages `propose` and `embed`: making descriptions, not
comparing them. They differ in what they find, which `touchstone evaluate` measures.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import TypeVar

import cv2
import numpy as np

from app.evaluation.contenders.keypoints import QUERY_POINTS, key_points
from app.evaluation.speed.rounds import Contestant, per_item
from app.media.decoding import decode_image
from app.media.limits import DecodeLimits
from app.services.assessment import Eyes
from models.regions import Photo

DECODING = "OpenCV's decoder, against `decode`"

T = TypeVar("T")


def rival_contestants(
    photos: Sequence[bytes], looking: Mapping[str, Eyes]
) -> dict[str, Contestant]:
    """Return the contestants.

    Args:
        photos: image files; decoded beforehand for all but the decoder.
        looking: other pairs of proposer and embedder, by the name that they are shown under.
    """
    frames = [decode_image(data, DecodeLimits()).frames[0] for data in photos]
    works = {name: _each(partial(_look, eyes), frames) for name, eyes in looking.items()}
    works[f"SIFT, {QUERY_POINTS} key points"] = _each(_sift, frames)
    if find_spec("pdqhash") is not None:
        works["PDQ hash"] = _each(import_module("pdqhash").compute, frames)
    works[DECODING] = _each(_decode, photos)
    return {name: per_item(work, len(photos)) for name, work in works.items()}


def _each(work: Callable[[T], object], items: Iterable[T]) -> Callable[[], None]:
    def run() -> None:
        for item in items:
            work(item)

    return run


def _look(eyes: Eyes, frame: Photo) -> object:
    return eyes.embedder.embed(eyes.proposer.propose(frame))


def _sift(frame: Photo) -> object:
    return key_points(frame, QUERY_POINTS)


def _decode(data: bytes) -> object:
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
