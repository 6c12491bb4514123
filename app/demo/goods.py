"""The sample listings: what invented sellers say, the photos they show, and what is truly there.

    samples ─▶ photographs taken two at a time ─▶ JPEG bytes ─▶ `SampleListing`

Each demonstrates one thing, said in its `note`. The boxes in `shows` are where a mark can be seen
on a readable photo, known because the photo was computed; they are the truth to compare with, never
an input of an assessment. Sellers, titles and prices are invented.

The demo illustrates and does not measure: some marks were drawn larger after the first runs, so
that the baseline model finds some and misses others. Figures are in `docs/evaluation.md`.
"""

import io
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, NamedTuple

from PIL import Image

from app.demo.canvas import Photo
from app.demo.photographs import photograph
from app.demo.starter import PHOTOGRAPHED_BRANDS, STARTER_BRANDS
from app.domain.box import Box
from app.domain.listing import Listing

__all__ = [
    "PHOTOGRAPHED_BRANDS",
    "STARTER_BRANDS",
    "SampleListing",
    "Shown",
    "sample_listings",
]

_QUALITY: Final = 86


class Shown(NamedTuple):
    """Where a brand's mark can be seen: the image's name, the brand, the box."""

    image: str
    brand: str
    box: Box


@dataclass(frozen=True, slots=True)
class SampleListing:
    """A listing with its photos and the truth about them.

    Attributes:
        listing: As a seller would publish it.
        photos: The bytes of every image that the listing names, readable or not.
        shows: Every mark that can be seen on a readable photo.
        note: What it demonstrates, one sentence.
    """

    listing: Listing
    photos: Mapping[str, bytes]
    shows: tuple[Shown, ...]
    note: str

    def __post_init__(self) -> None:
        if tuple(self.photos) != self.listing.images:
            raise ValueError(f"{self.listing.listing_id}: photos and image names differ")
        if not {shown.image for shown in self.shows} <= set(self.photos):
            raise ValueError(f"{self.listing.listing_id}: a mark is shown on no photo of it")


@dataclass(frozen=True, slots=True)
class _Plan:
    """A sample before its photos are taken; `photos` are names in `PHOTOS`, one listing each."""

    listing_id: str
    title: str
    brand_field: str
    category: str
    price: float
    photos: tuple[str, ...]
    note: str
    # Photos of which only the first part of the bytes arrives.
    cut_short: tuple[str, ...] = ()


_PLANS: Final = (
    _Plan(
        "demo-01-tee",
        "Men's casual crew neck T-shirt, black, leaping cat print",
        "Unbranded",
        "Clothing",
        9.99,
        ("tee-front", "tee-detail"),
        "A mark printed in white on dark cloth, under a brand field that denies a brand.",
    ),
    _Plan(
        "demo-02-mug",
        "Ceramic coffee mug 350 ml, green print, gift idea",
        "Generic",
        "Kitchen",
        7.5,
        ("mug-front", "mug-back"),
        "A mark in its brand's colour, wrapped around a mug; the second photo shows none.",
    ),
    _Plan(
        "demo-03-cap",
        "Adjustable baseball cap, navy, embroidered",
        "No brand",
        "Accessories",
        6.2,
        ("cap",),
        "A small embroidered mark, a fifth of the photo wide, white on navy.",
    ),
    _Plan(
        "demo-04-case",
        "Coque souple pour téléphone, bordeaux, toucher mat",
        "sans marque",
        "Phone accessories",
        5.9,
        ("case",),
        "A mark embossed tone on tone, under a denial in French.",
    ),
    _Plan(
        "demo-05-tote",
        "Cotton shopping bag, natural, large",
        "",
        "Bags",
        8.0,
        ("tote",),
        "A mark partly covered by a price tag, in a listing that says nothing of a brand.",
    ),
    _Plan(
        "demo-06-trainers",
        "Lightweight running trainers, white and red, size 42",
        "Unbranded",
        "Shoes",
        24.0,
        ("trainer", "trainer-box"),
        "A recoloured, tilted mark on a shoe, and a tiny one in perspective on its carton.",
    ),
    _Plan(
        "demo-07-pendant",
        "Steel pendant necklace, star, 40 mm, with ball chain",
        "Generic",
        "Jewellery",
        11.4,
        ("pendant",),
        "A mark raised in polished metal: no colour, only reflections.",
    ),
    _Plan(
        "demo-08-honest-tee",
        "Under Armour training T-shirt, grey",
        "Under Armour",
        "Clothing",
        22.0,
        ("honest-tee",),
        "A listing that names the brand whose mark it shows has nothing to answer for.",
    ),
    _Plan(
        "demo-09-bottle",
        "Insulated steel bottle 500 ml, forest green",
        "HydroPeak",
        "Sports",
        13.9,
        ("bottle",),
        "The brand field names another brand than the mark on the bottle.",
    ),
    _Plan(
        "demo-10-key-tag",
        "Leather key ring, brown, hand stitched",
        "Unbranded",
        "Accessories",
        8.8,
        ("key-tag", "key-tag-reverse"),
        "A rotated mark pressed into leather; the second file is cut short and must not matter.",
        cut_short=("key-tag-reverse",),
    ),
    _Plan(
        "demo-11-home-set",
        "Flower cushion and dotted mug, home set",
        "Unbranded",
        "Home",
        18.5,
        ("cushion", "dotted-mug"),
        "Flowers and dots are decoration, not marks; nothing here should be held against it.",
    ),
    _Plan(
        "demo-12-summer-set",
        "Striped T-shirt and slogan bag, summer set",
        "No brand",
        "Clothing",
        19.0,
        ("striped-tee", "worded-tote"),
        "Stripes and a line of words, nobody's mark.",
    ),
    _Plan(
        "demo-13-thumbnail",
        "T-shirt, see picture",
        "Unbranded",
        "Clothing",
        4.0,
        ("thumbnail",),
        "Only a picture of 20 x 20 pixels: too small to judge, and so never clear.",
    ),
)


def sample_listings(*, workers: int = 2) -> tuple[SampleListing, ...]:
    """Make every sample listing; the same bytes in every run on one machine."""
    names = [name for plan in _PLANS for name in plan.photos]
    # Threads suffice: numpy and Pillow let go of the interpreter while they compute.
    with ThreadPoolExecutor(workers) as pool:
        taken = dict(zip(names, pool.map(photograph, names), strict=True))
    return tuple(_sample(plan, taken) for plan in _PLANS)


def _sample(plan: _Plan, taken: Mapping[str, Photo]) -> SampleListing:
    photos, shows = {}, []
    for name in plan.photos:
        image, photo = f"{name}.jpg", taken[name]
        photos[image] = _jpeg(photo)
        if name in plan.cut_short:
            photos[image] = photos[image][: len(photos[image]) * 2 // 5]
            continue
        shows += [Shown(image, brand, box) for brand, box in photo.shows]
    listing = Listing(
        listing_id=plan.listing_id,
        images=tuple(photos),
        seller_id="demo-seller",
        title=plan.title,
        brand_field=plan.brand_field,
        category=plan.category,
        price=plan.price,
        currency="EUR",
    )
    return SampleListing(listing, photos, tuple(shows), plan.note)


def _jpeg(photo: Photo) -> bytes:
    target = io.BytesIO()
    Image.fromarray(photo.pixels).save(target, "JPEG", quality=_QUALITY, subsampling=2)
    return target.getvalue()
