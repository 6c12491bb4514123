"""Photos that listings share: altered copies are found, others are not; and rings of sellers."""

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from app.batch.report.seller_rings import seller_rings
from app.batch.report.sharing import Fingerprint, SharedPhoto, fingerprint, shared_pictures
from tests.images import photo_array, solid_array


def copy(seed: int, side: int, quality: int, *, mirrored: bool = False) -> Fingerprint | None:
    buffer = io.BytesIO()
    picture = Image.fromarray(photo_array(seed, (400, 300))).resize((side, side * 3 // 4))
    picture.save(buffer, "JPEG", quality=quality)
    pixels = np.asarray(Image.open(buffer).convert("RGB"))
    return fingerprint(pixels[:, ::-1] if mirrored else pixels)


def photo(
    listing: str,
    seller: str,
    code: Fingerprint | None = None,
    sha256: str = "",
    vector: NDArray[np.float32] | None = None,
) -> SharedPhoto:
    return SharedPhoto(listing, seller, sha256 or listing, code, vector)


def at_distance(bits: int) -> tuple[Fingerprint, Fingerprint]:
    """Two fingerprints that differ in so many bits, and whose mirrors differ from both in half."""
    rng = np.random.default_rng(3)
    first, mirror, other_mirror = (rng.integers(0, 2, 256, np.uint8) for _ in range(3))
    second = first.copy()
    second[:bits] ^= 1
    pack = np.packbits
    return (
        Fingerprint(pack(first).tobytes(), pack(mirror).tobytes()),
        Fingerprint(pack(second).tobytes(), pack(other_mirror).tobytes()),
    )


def test_copies_are_one_picture_and_other_photos_are_not_in_it() -> None:
    photos = [photo(f"L{n}", f"S{n}", copy(1, 200 + 50 * n, 60 + 10 * n)) for n in range(3)]
    photos += [photo(f"M{n}", "T", copy(10 + n, 300, 80)) for n in range(5)]
    (picture,) = shared_pictures(photos)
    assert picture.sellers == ("S0", "S1", "S2")
    assert picture.listings == ("L0", "L1", "L2")


def test_a_mirrored_copy_is_a_copy() -> None:
    photos = [photo("A", "S1", copy(1, 300, 80)), photo("B", "S2", copy(1, 260, 70, mirrored=True))]
    for pair in (photos, photos[::-1]):
        (picture,) = shared_pictures(pair)
        assert len(picture.photos) == 2


@pytest.mark.parametrize(
    ("bits", "cosine", "similarity", "same"),
    [
        (31, 0.0, 0.8, True),
        (32, 0.79, 0.8, False),
        (32, 0.81, 0.8, True),
        (110, 0.81, 0.8, True),
        (111, 0.99, 0.8, False),
        (60, 0.99, None, False),
    ],
)
def test_the_embedding_decides_where_the_hash_cannot(
    bits: int, cosine: float, similarity: float | None, *, same: bool
) -> None:
    first, second = at_distance(bits)
    vectors = np.array([[1.0, 0.0], [cosine, (1 - cosine**2) ** 0.5]], np.float32)
    photos = [photo("A", "S1", first, "x", vectors[0]), photo("B", "S2", second, "y", vectors[1])]
    assert bool(shared_pictures(photos, similarity)) is same


def test_flat_pictures_are_grouped_by_their_bytes_alone() -> None:
    assert fingerprint(solid_array(size=(200, 200))) is None
    same = [photo("A", "S1", None, "x"), photo("B", "S2", None, "x"), photo("C", "S3", None, "y")]
    (picture,) = shared_pictures(same, 0.8)
    assert picture.listings == ("A", "B")


def test_one_listing_with_a_photo_twice_shares_nothing() -> None:
    code = copy(1, 300, 80)
    assert shared_pictures([photo("A", "S", code, "x"), photo("A", "S", code, "y")]) == []
    assert shared_pictures([]) == []


def test_pictures_of_most_sellers_come_first() -> None:
    small = [photo("A", "S1", None, "x"), photo("B", "S1", None, "x")]
    large = [photo(f"L{n}", f"T{n}", None, "y") for n in range(4)]
    assert [len(picture.sellers) for picture in shared_pictures(small + large)] == [4, 1]


def test_sellers_are_tied_together_through_others() -> None:
    shared = {"x": "S1 S2", "y": "S2 S3", "z": "T1 T2", "alone": "U U"}
    photos = [
        photo(f"{sha}-{place}", seller, None, sha)
        for sha, sellers in shared.items()
        for place, seller in enumerate(sellers.split())
    ]
    first, second = seller_rings(shared_pictures(photos))
    assert first.sellers == ("S1", "S2", "S3")
    assert (len(first.pictures), first.listings) == (2, 4)
    assert second.sellers == ("T1", "T2")
    assert seller_rings(shared_pictures(photos[-2:])) == []


def test_listings_without_a_seller_are_in_no_ring() -> None:
    photos = [photo("A", "", None, "x"), photo("B", "S1", None, "x")]
    (picture,) = shared_pictures(photos)
    assert picture.sellers == ("S1",)
    assert seller_rings([picture]) == []
