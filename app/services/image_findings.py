"""Findings put together: the best matches of a picture, or that it is too small to be judged."""

from collections.abc import Sequence

from app.domain.assessment import ImageError, ImageFinding, ReasonCode
from app.domain.match import Match
from app.media.decoded import DecodedImage


def too_small(name: str, image: DecodedImage, min_side: int) -> ImageFinding:
    """Return the finding that says so."""
    size = f"{image.width} x {image.height}"
    detail = f"{size} pixels; the short side must have at least {min_side}"
    error = ImageError(str(ReasonCode.TOO_SMALL_TO_JUDGE), detail)
    return ImageFinding(name, image.sha256, image.width, image.height, error=error)


def best_of_frames(frames: Sequence[Sequence[Match]], limit: int) -> tuple[Match, ...]:
    """Return the best matches of a picture: a motif in several frames is one match."""
    best: dict[int, Match] = {}
    for match in sorted((m for frame in frames for m in frame), key=lambda m: m.rank_key):
        best.setdefault(match.motif_id, match)
    return tuple(best.values())[:limit]
