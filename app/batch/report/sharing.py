"""Photos that several listings share: one picture, perhaps scaled, mirrored, cut or written on.

    photos of suspect and review listings
      ─▶ same bytes, or PDQ within 31 bits, upright or mirrored
      ─▶ or PDQ within 110 bits and a cosine of at least what the model's card says ─▶ groups

PDQ (Facebook's photo hash, 2019) stays within some 30 of its 256 bits under scaling and
compression, and unrelated photos differ in about 128. A banner, a slight turn or a cut edge move it
further, to where unrelated photos begin; there the embedding of the whole photo decides, where the
model's card says from which cosine on. A flat picture has a fingerprint that says nothing; its
quality tells, and it is only grouped with files of the same bytes. Photos are compared pairwise in
blocks, so their number is bounded, and the page says when the bound was reached.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

MOST_PHOTOS: Final = 5_000
_NEAR: Final = 31  # bits
_PERHAPS: Final = 110  # bits
_LEAST_QUALITY: Final = 50
_MIRRORED: Final = 5  # of the eight ways to turn a picture that pdqhash returns
_BLOCK: Final = 256
_BITS = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A picture's PDQ hash, 32 bytes, and that of its mirror image."""

    upright: bytes
    mirrored: bytes


@dataclass(frozen=True, slots=True, eq=False)
class SharedPhoto:
    """One photo of one listing; `vector` is a unit row, where the model's card knows copies."""

    listing_id: str
    seller_id: str
    sha256: str
    fingerprint: Fingerprint | None = None  # None where the picture is too flat, or not at hand
    vector: NDArray[np.float32] | None = None


@dataclass(frozen=True, slots=True)
class SharedPicture:
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


def fingerprint(photo: NDArray[np.uint8]) -> Fingerprint | None:
    """Return a picture's PDQ fingerprint, `None` for a flat one.

    Args:
        photo: (height, width, 3) UInt8 RGB.
    """
    import pdqhash  # noqa: PLC0415  no other command needs it

    turned, quality = pdqhash.compute_dihedral(np.ascontiguousarray(photo))
    if quality < _LEAST_QUALITY:
        return None
    upright, mirrored = (
        np.packbits(np.asarray(turned[way], np.uint8)).tobytes() for way in (0, _MIRRORED)
    )
    return Fingerprint(upright, mirrored)


def shared_pictures(
    photos: Sequence[SharedPhoto], copy_similarity: float | None = None
) -> list[SharedPicture]:
    """Return the groups that more than one listing is in, those of most sellers first.

    Args:
        photos: in the catalogue's order.
        copy_similarity: the cosine from which on photos with similar fingerprints are copies.
    """
    leaders = Leaders(len(photos))
    for left, right in _pairs(photos, copy_similarity):
        leaders.join(left, right)
    found = [SharedPicture(tuple(photos[place] for place in group)) for group in leaders.groups()]
    shared = [picture for picture in found if len(picture.listings) > 1]
    return sorted(shared, key=lambda p: (-len(p.sellers), -len(p.listings), p.listings))


def _pairs(
    photos: Sequence[SharedPhoto], copy_similarity: float | None
) -> Iterator[tuple[int, int]]:
    firsts: dict[str, int] = {}
    for place, photo in enumerate(photos):
        yield firsts.setdefault(photo.sha256, place), place
    # A file that many listings name is compared once.
    marked = [place for place in firsts.values() if photos[place].fingerprint is not None]
    if not marked:
        return
    prints = [print_ for place in marked if (print_ := photos[place].fingerprint) is not None]
    upright = _words([print_.upright for print_ in prints])
    mirrored = _words([print_.mirrored for print_ in prints])
    vectors = _vectors([photos[place] for place in marked], copy_similarity)
    for start in range(0, len(marked), _BLOCK):
        block = slice(start, start + _BLOCK)
        bits = np.minimum(_distances(upright[block], upright), _distances(upright[block], mirrored))
        near = bits <= _NEAR
        if vectors is not None and copy_similarity is not None:
            similar = vectors[block] @ vectors.T >= copy_similarity
            near |= (bits <= _PERHAPS) & similar
        for row, column in np.argwhere(near):
            if start + row < column:
                yield marked[start + row], marked[column]


def _words(codes: list[bytes]) -> _BITS:
    return np.frombuffer(b"".join(codes), np.uint64).reshape(len(codes), 4)  # (photos, 256 bits)


def _distances(some: _BITS, all_: _BITS) -> NDArray[np.int64]:
    bits: NDArray[np.int64]
    bits = np.bitwise_count(some[:, None, :] ^ all_[None, :, :]).sum(axis=2, dtype=np.int64)
    return bits


def _vectors(
    photos: Sequence[SharedPhoto], copy_similarity: float | None
) -> NDArray[np.float32] | None:
    """Return (photos, dim); a photo without a vector is like no other."""
    dim = next((len(photo.vector) for photo in photos if photo.vector is not None), 0)
    if copy_similarity is None or not dim:
        return None
    rows = [np.zeros(dim, np.float32) if p.vector is None else p.vector for p in photos]
    return np.stack(rows)


class Leaders:
    """Which of so many things belong together."""

    def __init__(self, count: int) -> None:
        self._leaders = list(range(count))

    def join(self, left: int, right: int) -> None:
        """Put two things, and whatever belongs to either, together."""
        left, right = self._leader(left), self._leader(right)
        self._leaders[max(left, right)] = min(left, right)

    def groups(self) -> list[list[int]]:
        """Return everything, by what belongs together, in order."""
        groups: defaultdict[int, list[int]] = defaultdict(list)
        for place in range(len(self._leaders)):
            groups[self._leader(place)].append(place)
        return [*groups.values()]

    def _leader(self, place: int) -> int:
        while self._leaders[place] != place:
            self._leaders[place] = self._leaders[self._leaders[place]]
            place = self._leaders[place]
        return place
