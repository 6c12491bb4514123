"""Photos that listings share: scaled and recompressed copies are found, others are not."""

import io

import numpy as np
from PIL import Image

from app.batch.report.sharing import SharedPhoto, fingerprint, rings
from tests.images import photo_array, solid_array


def copy(seed: int, side: int, quality: int) -> bytes | None:
    buffer = io.BytesIO()
    picture = Image.fromarray(photo_array(seed, (400, 300))).resize((side, side * 3 // 4))
    picture.save(buffer, "JPEG", quality=quality)
    return fingerprint(np.asarray(Image.open(buffer).convert("RGB")))


def photo(listing: str, seller: str, code: bytes | None, sha256: str = "") -> SharedPhoto:
    return SharedPhoto(listing, seller, sha256 or listing, code)


def test_copies_are_one_ring_and_other_photos_are_not_in_it() -> None:
    photos = [photo(f"L{n}", f"S{n}", copy(1, 200 + 50 * n, 60 + 10 * n)) for n in range(3)]
    photos += [photo(f"M{n}", "T", copy(10 + n, 300, 80)) for n in range(5)]
    (ring,) = rings(photos)
    assert ring.sellers == ("S0", "S1", "S2")
    assert ring.listings == ("L0", "L1", "L2")


def test_flat_pictures_are_grouped_by_their_bytes_alone() -> None:
    assert fingerprint(solid_array(size=(200, 200))) is None
    same = [photo("A", "S1", None, "x"), photo("B", "S2", None, "x"), photo("C", "S3", None, "y")]
    (ring,) = rings(same)
    assert ring.listings == ("A", "B")


def test_one_listing_with_a_photo_twice_is_no_ring() -> None:
    code = copy(1, 300, 80)
    assert rings([photo("A", "S", code, "x"), photo("A", "S", code, "y")]) == []
    assert rings([]) == []


def test_rings_of_most_sellers_come_first() -> None:
    small = [photo("A", "S1", None, "x"), photo("B", "S1", None, "x")]
    large = [photo(f"L{n}", f"T{n}", None, "y") for n in range(4)]
    assert [len(ring.sellers) for ring in rings(small + large)] == [4, 1]
