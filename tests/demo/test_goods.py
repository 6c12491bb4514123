"""Sample listings: complete, repeatable, true to their boxes, of every promised kind."""

import io
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from app.demo.goods import SampleListing, Shown, sample_listings
from app.demo.photographs import PHOTOS, photograph
from app.demo.starter import PHOTOGRAPHED_BRANDS, STARTER_BRANDS, starter_marks
from app.domain.box import Box
from app.domain.brand_names import BrandNames
from app.domain.claim import Claim, ClaimKind
from app.domain.claim_reading import ClaimReader, load_terms
from app.domain.errors import TruncatedImageError
from app.domain.registry import Brand
from app.media.decoding import decode_image
from app.media.limits import DecodeLimits


@pytest.fixture(scope="module")
def samples() -> dict[str, SampleListing]:
    return {sample.listing.listing_id: sample for sample in sample_listings()}


def pixels(data: bytes) -> NDArray[np.uint8]:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def test_every_photo_is_used_once_under_a_name_of_its_own(
    samples: dict[str, SampleListing],
) -> None:
    names = [name for sample in samples.values() for name in sample.listing.images]
    assert sorted(names) == sorted(f"{name}.jpg" for name in PHOTOS)
    assert 10 <= len(samples) <= 14


def test_boxes_lie_on_their_photos_and_hold_a_mark(samples: dict[str, SampleListing]) -> None:
    for sample in samples.values():
        for shown in sample.shows:
            photo = pixels(sample.photos[shown.image])
            box = shown.box.within(photo.shape[1], photo.shape[0])
            inside = photo[box.y_min : box.y_max, box.x_min : box.x_max]
            # A mark in another tone than its ground: plain cloth alone stays below this.
            assert inside.std(axis=(0, 1)).max() > 9, shown


def test_marks_come_in_many_sizes(samples: dict[str, SampleListing]) -> None:
    sizes = []
    for sample in samples.values():
        for shown in sample.shows:
            photo = pixels(sample.photos[shown.image])
            sizes.append(max(shown.box.width, shown.box.height) / min(photo.shape[:2]))
    assert min(sizes) < 0.12
    assert 0.3 < max(sizes) < 0.5
    assert sum(0.15 < size < 0.3 for size in sizes) >= 4


def test_every_photographed_brand_is_shown_and_registered(
    samples: dict[str, SampleListing],
) -> None:
    shown = {mark.brand for sample in samples.values() for mark in sample.shows}
    titles = [mark.title for mark in starter_marks()]
    assert shown == set(titles[: len(PHOTOGRAPHED_BRANDS)])
    assert len(set(STARTER_BRANDS)) == len(STARTER_BRANDS) == 20


def test_claims_are_of_every_kind(samples: dict[str, SampleListing]) -> None:
    brands = BrandNames(
        Brand(id=number, name=mark.title) for number, mark in enumerate(starter_marks(), 1)
    )
    reader = ClaimReader(load_terms())

    def claim(name: str) -> Claim:
        return reader.read(samples[name].listing, brands)

    assert claim("demo-05-tote").kind is ClaimKind.SILENT
    assert claim("demo-08-honest-tee").brands == ("Under Armour",)
    assert claim("demo-09-bottle").brands == ("HydroPeak",)
    denying = sum(claim(name).kind is ClaimKind.UNBRANDED for name in samples)
    assert denying == len(samples) - 3


def test_one_file_is_cut_short_beside_a_good_one(samples: dict[str, SampleListing]) -> None:
    good, bad = samples["demo-10-key-tag"].photos.values()
    assert decode_image(good, DecodeLimits()).width == 900
    with pytest.raises(TruncatedImageError):
        decode_image(bad, DecodeLimits())


def test_one_listing_has_only_a_tiny_picture(samples: dict[str, SampleListing]) -> None:
    (thumbnail,) = samples["demo-13-thumbnail"].photos.values()
    assert pixels(thumbnail).shape == (20, 20, 3)


@pytest.mark.parametrize("name", ["thumbnail", "key-tag"])
def test_a_photo_is_the_same_every_time(name: str) -> None:
    first, again = photograph(name), photograph(name)
    assert np.array_equal(first.pixels, again.pixels)
    assert first.shows == again.shows


def test_the_price_tag_covers_part_of_the_mark(samples: dict[str, SampleListing]) -> None:
    (shown,) = samples["demo-05-tote"].shows
    # The mark is 0.86 of 395 pixels wide; what the tag hides is missing from the box.
    assert shown.box.width < 0.86 * 395 * 0.95


def test_a_sample_checks_itself(samples: dict[str, SampleListing]) -> None:
    sample = samples["demo-01-tee"]
    with pytest.raises(ValueError, match="photos and image names"):
        replace(sample, photos={})
    with pytest.raises(ValueError, match="no photo"):
        replace(sample, shows=(Shown("other.jpg", "Puma", Box(0, 0, 1, 1)),))
