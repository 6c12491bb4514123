"""Photos that several listings share: the same picture, perhaps scaled, recompressed or renamed.

    photos of suspect and review listings ─▶ PDQ fingerprint, 256 bits ─▶ groups within 31 bits

PDQ (Facebook's photo hash, 2019) stays within some 30 of its 256 bits under scaling and
compression, and unrelated photos differ in about 128. A flat picture has a fingerprint that says
nothing; its quality tells, and it is only grouped with files of the same bytes. Photos are compared
pairwise in blocks, so their number is bounded, and the page says when the bound was reached.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

MOST_PHOTOS: Final = 5_000
_NEAR: Final = 31  # bits
_LEAST_QUALITY: Final = 50
_BLOCK: Final = 512


@dataclass(frozen=True, slots=True)
class SharedPhoto:
    """One photo of one listing."""

    listing_id: str
    seller_id: str
    sha256: str
    fingerprint: bytes | None  # 32 bytes, or None where the picture is too flat


@dataclass(frozen=True, slots=True)
class Ring:
    """Photos that are the same picture, and who shows it; more than one listing does."""

    photos: tuple[SharedPhoto, ...]

    @property
    def sellers(self) -> tuple[str, ...]:
        """The sellers that show it, in alphabetical order."""
        return tuple(sorted({photo.seller_id for photo in self.photos if photo.seller_id}))

    @property
    def listings(self) -> tuple[str, ...]:
        """The listings that show it, in the catalogue's order."""
        return tuple(dict.fromkeys(photo.listing_id for photo in self.photos))


def fingerprint(photo: NDArray[np.uint8]) -> bytes | None:
    """Return a picture's PDQ fingerprint.

    Args:
        photo: (height, width, 3) UInt8 RGB.
    """
    import pdqhash  # noqa: PLC0415  no other command needs it

    bits, quality = pdqhash.compute(np.ascontiguousarray(photo))
    if quality < _LEAST_QUALITY:
        return None
    return np.packbits(np.asarray(bits, np.uint8)).tobytes()


def rings(photos: list[SharedPhoto]) -> list[Ring]:
    """Return the groups that more than one listing is in, those of most sellers first."""
    leaders = list(range(len(photos)))
    for left, right in _pairs(photos):
        _join(leaders, left, right)
    groups: defaultdict[int, list[SharedPhoto]] = defaultdict(list)
    for place, photo in enumerate(photos):
        groups[_leader(leaders, place)].append(photo)
    found = [Ring(tuple(group)) for group in groups.values()]
    shared = [ring for ring in found if len(ring.listings) > 1]
    return sorted(shared, key=lambda r: (-len(r.sellers), -len(r.listings), r.listings))


def _pairs(photos: list[SharedPhoto]) -> Iterator[tuple[int, int]]:
    firsts: dict[str, int] = {}
    for place, photo in enumerate(photos):
        yield firsts.setdefault(photo.sha256, place), place
    marked = [place for place, photo in enumerate(photos) if photo.fingerprint is not None]
    if not marked:
        return
    codes = np.frombuffer(b"".join(photos[place].fingerprint or b"" for place in marked), np.uint64)
    codes = codes.reshape(len(marked), 4)  # (photos, 256 bits)
    for start in range(0, len(marked), _BLOCK):
        block = codes[start : start + _BLOCK, None, :] ^ codes[None, :, :]
        distances = np.bitwise_count(block).sum(axis=2)
        for row, column in np.argwhere(distances <= _NEAR):
            if start + row < column:
                yield marked[start + row], marked[column]


def _leader(leaders: list[int], place: int) -> int:
    while leaders[place] != place:
        leaders[place] = leaders[leaders[place]]
        place = leaders[place]
    return place


def _join(leaders: list[int], left: int, right: int) -> None:
    left, right = _leader(leaders, left), _leader(leaders, right)
    leaders[max(left, right)] = min(left, right)
