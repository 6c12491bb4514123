"""Sellers and claims from text to verdict, and lists of sellers from a CSV."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from app.bootstrap import build
from app.domain.assessment import Assessment, ReasonCode, Verdict
from app.domain.errors import InvalidRowError, UnsupportedFileError
from app.domain.listing import Listing
from app.domain.sellers import NewSeller, SellerKind
from app.services.selling import SellerDesk
from app.services.sources import BytesSource
from app.services.touchstone import Touchstone
from tests.fakes import calibrate, enrol, make_settings, photo_with

SEEN = ReasonCode.MOTIF_SEEN
# What a listing says beside the photo, the verdict under `clear` and under `review`, the reason.
CLAIMS: dict[str, tuple[dict[str, str], str, str]] = {
    "unbranded": ({"brand_field": "Unbranded"}, "suspect suspect", "claims_unbranded"),
    "silent": ({"title": "Ring, steel"}, "suspect suspect", "no_brand_claim"),
    "its brand": ({"brand_field": "Cartier"}, "clear review", "claims_matched_brand"),
    "title names it": ({"title": "Ring by Cartier"}, "clear review", "claims_matched_brand"),
    "another": ({"brand_field": "Rolex"}, "suspect suspect", "claims_other_brand"),
    "no brand known": ({"brand_field": "Acme"}, "suspect suspect", "claims_other_brand"),
    "compatible": ({"title": "Box fits for Cartier"}, "review review", "claims_compatibility"),
    "style of": ({"title": "Ring Cartier style"}, "suspect suspect", "inspired_by_wording"),
    "both": (
        {"title": "Ring style of Cartier", "brand_field": "Cartier"},
        "suspect suspect",
        "inspired_by_wording",
    ),
}


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Touchstone]]:
    """A service under each policy for listings that name the brand they show."""
    made = {}
    for named_brand in ("clear", "review"):
        folder = tmp_path_factory.mktemp(named_brand)
        made[named_brand] = build(make_settings(folder, named_brand=named_brand))
        enrol(made[named_brand], 0)
        made[named_brand].registry.add_brand("Rolex")
        calibrate(made[named_brand], folder)
    yield made
    for service in made.values():
        service.close()


@pytest.fixture
def touchstone(tmp_path: Path) -> Iterator[Touchstone]:
    service = build(make_settings(tmp_path))
    enrol(service, 0)
    calibrate(service, tmp_path)
    yield service
    service.close()


def listing_of(said: dict[str, str]) -> Listing:
    return Listing("L", **said)  # type: ignore[arg-type]


def judged(service: Touchstone, listing: Listing) -> Assessment:
    return service.assessor.assess(listing, [BytesSource("a.png", photo_with(0))])


def codes(assessment: Assessment) -> list[str]:
    return [str(reason.code) for reason in assessment.reasons]


@pytest.mark.parametrize("claim", CLAIMS)
def test_what_every_claim_leads_to(services: dict[str, Touchstone], claim: str) -> None:
    said, verdicts, code = CLAIMS[claim]
    for named_brand, verdict in zip(("clear", "review"), verdicts.split(), strict=True):
        done = judged(services[named_brand], listing_of(said))
        assert (named_brand, done.verdict) == (named_brand, verdict)
        assert {str(SEEN), code} <= set(codes(done))
        assert done.images[0].matches[0].motif == "mark 0", "the match is shown all the same"


@pytest.mark.parametrize("claim", CLAIMS)
def test_an_authorised_seller_may_say_what_it_likes(
    services: dict[str, Touchstone], claim: str
) -> None:
    service = services["review"]
    service.registry.ensure_seller(1, NewSeller("house"))
    done = judged(service, listing_of({"seller_id": "House", **CLAIMS[claim][0]}))
    assert done.verdict is Verdict.CLEAR
    assert codes(done)[-1] == "authorised_seller"


def test_a_change_counts_from_the_very_next_listing(touchstone: Touchstone) -> None:
    listing = Listing("L", seller_id="S1", brand_field="Unbranded", territory="DE")
    assert judged(touchstone, listing).verdict is Verdict.SUSPECT
    seller, _ = touchstone.registry.ensure_seller(1, NewSeller("s1", territory="FR"))
    done = judged(touchstone, listing)
    assert (done.verdict, codes(done)[-1]) == (Verdict.SUSPECT, "authorisation_not_valid")
    touchstone.registry.ensure_seller(1, NewSeller("s1", territory="EU"))
    done = judged(touchstone, listing)
    assert (done.verdict, done.factors.not_authorised) == (Verdict.CLEAR, 0.0)
    assert done.versions.registry == touchstone.registry.version()
    for each in touchstone.registry.sellers():
        touchstone.registry.remove_seller(each.id)
    assert judged(touchstone, listing).verdict is Verdict.SUSPECT
    assert seller.territory == "FR"


def test_an_authorisation_ends_with_its_day(touchstone: Touchstone) -> None:
    last = date(2026, 5, 31)
    touchstone.registry.ensure_seller(1, NewSeller("s1", valid_until=last))
    listing = Listing("L", seller_id="s1", brand_field="Unbranded")
    for moment, verdict in (
        (datetime(2026, 5, 31, 23, 59, tzinfo=UTC), Verdict.CLEAR),
        (datetime(2026, 6, 1, tzinfo=UTC), Verdict.SUSPECT),
    ):
        touchstone.assessor._clock = lambda moment=moment: moment  # type: ignore[misc]
        assert judged(touchstone, listing).verdict is verdict


def test_a_list_of_sellers(touchstone: Touchstone, tmp_path: Path) -> None:
    desk = SellerDesk(touchstone.registry)
    path = tmp_path / "sellers.csv"
    rows = [
        "brand,seller,territory,kind,valid_from,valid_until,note,colour",
        "cartier,S1,DE; fr,licensed,2026-01-01,2026-12-31,contract 7,red",
        "Cartier,S2,,,,,,",
        "Cartier,S3,Germany,,,,,",
        "Nobody,S4,,,,,,",
        "Cartier,,,,,,,",
        "Cartier,S5,,friend,,,,",
        "Cartier,S6,,,31.12.2026,,,",
        "Cartier,S7,,,2026-12-31,2026-01-01,,",
        f"Cartier,{'x' * 501},,,,,,",
        "brd_1,S8,,,,,,",
    ]
    path.write_text("\n".join(rows), encoding="utf-8")
    report = desk.run(path)
    assert (report.rows, report.added, report.known) == (10, 4, 0)
    assert report.ignored_columns == ("colour",)
    assert [error.row for error in report.errors] == [3, 4, 5, 6, 7, 8, 9]
    assert all(isinstance(error, InvalidRowError) for error in report.errors)
    kept = touchstone.registry.sellers()
    assert [(s.seller_id, s.territory) for s in kept] == [
        ("S1", "DE"), ("S1", "FR"), ("S2", ""), ("S8", ""),
    ]  # fmt: skip
    assert (kept[0].kind, kept[0].valid_until) == (SellerKind.LICENSED, date(2026, 12, 31))
    version = touchstone.registry.version()
    again = desk.run(path)
    assert (again.added, again.known, touchstone.registry.version()) == (0, 4, version)


def test_a_file_that_is_no_list_of_sellers(touchstone: Touchstone, tmp_path: Path) -> None:
    desk = SellerDesk(touchstone.registry)
    path = tmp_path / "sellers.csv"
    path.write_text("brand,name\nCartier,S1", encoding="utf-8")
    with pytest.raises(UnsupportedFileError, match="'seller'"):
        desk.run(path)
    with pytest.raises(UnsupportedFileError, match="cannot read"):
        desk.run(tmp_path / "absent.csv")
