"""Values become a listing with sources, or a refusal that says what is wrong."""

from pathlib import Path

import pytest

from app.batch.image_folders import LocalFolder, UrlSource
from app.batch.rows import EXCERPT_CHARS, Place, bad_row, catalog_row
from app.domain.errors import InvalidInputError, UrlRefusedError
from app.media.limits import DecodeLimits
from app.services.sources import FileSource
from tests.batch.samples import listing_values

FOLDER = LocalFolder(Path("/catalogues"))


def test_two_columns_are_enough() -> None:
    row = catalog_row(Place(3), {"listing_id": "A", "images": []}, folder=FOLDER, text="A")
    assert (row.place.number, row.listing.listing_id, row.sources) == (3, "A", ())
    assert (row.listing.title, row.listing.price) == ("", None)


def test_null_is_the_same_as_missing_where_nothing_is_required() -> None:
    row = catalog_row(Place(1), listing_values(1, title=None, price=None), folder=FOLDER, text="")
    assert (row.listing.title, row.listing.price) == ("", None)


def test_paths_start_at_the_catalogue_and_urls_are_not_fetched() -> None:
    images = ["a b.jpg", "/photos/c.jpg", "HTTPS://example.org/d.jpg"]
    row = catalog_row(Place(1), listing_values(1, images=images), folder=FOLDER, text="")
    assert row.sources == (
        FileSource("a b.jpg", Path("/catalogues/a b.jpg")),
        FileSource("/photos/c.jpg", Path("/photos/c.jpg")),
        UrlSource("HTTPS://example.org/d.jpg"),
    )
    with pytest.raises(UrlRefusedError, match="nothing here fetches URLs"):
        row.sources[2].read(DecodeLimits())


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"listing_id": None}, "needs a listing_id"),
        ({"listing_id": " "}, "needs a listing_id"),
        ({"listing_id": 5.5}, "listing_id must be text, not a number"),
        ({"listing_id": True}, "listing_id must be text, not true or false"),
        ({"title": ["x"]}, "title must be text, not a list"),
        ({"title": "\ud800"}, "title is not valid Unicode"),
        ({"images": None}, "images must be a list, not null"),
        ({"images": "a.jpg"}, "images must be a list, not text"),
        ({"images": ["a.jpg", {}]}, "image 2 must be text, not an object"),
        ({"images": ["\udcff.jpg"]}, "image 1 is not valid Unicode"),
        ({"images": [""]}, "empty path"),
        ({"price": "5"}, "price must be a number, not text"),
        ({"price": True}, "price must be a number, not true or false"),
        ({"price": float("inf")}, "finite"),
        ({"price": 10**400}, "finite"),
    ],
)
def test_a_wrong_value_is_named(changes: dict[str, object], complaint: str) -> None:
    with pytest.raises(InvalidInputError, match=complaint):
        catalog_row(Place(1), listing_values(1, **changes), folder=FOLDER, text="")


def test_images_are_required() -> None:
    with pytest.raises(InvalidInputError, match="images is missing"):
        catalog_row(Place(1), {"listing_id": "A"}, folder=FOLDER, text="")


def test_the_digest_tells_values_apart() -> None:
    def digest(**changes: object) -> str:
        return catalog_row(Place(1), listing_values(1, **changes), folder=FOLDER, text="").digest

    assert digest() == digest(unknown="ignored") == digest(territory="")
    assert digest(territory="DE") not in {digest(), digest(territory="FR")}
    variants = [digest(), digest(listing_id="X"), digest(images=[]), digest(price=9)]
    assert len(set(variants)) == 4


def test_an_excerpt_is_short_whatever_the_bytes() -> None:
    assert bad_row(Place(1), "手".encode() * 500, "why").text == "手" * EXCERPT_CHARS
    assert bad_row(Place(1), b"\xff" * 500 + b"\n", "why").text == "\N{REPLACEMENT CHARACTER}" * 200
    assert bad_row(Place(1), b"short\r\n", "why").text == "short"


def test_an_id_may_be_a_whole_number() -> None:
    values = {"listing_id": 7, "images": []}
    assert (
        catalog_row(Place(1), values, folder=LocalFolder(Path()), text="").listing.listing_id == "7"
    )
