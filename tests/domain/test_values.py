"""Small values of the domain: boxes, ids, registry entries, matches, and the JSON contract."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.assessment import (
    Assessment,
    Factors,
    ImageError,
    ImageFinding,
    Reason,
    ReasonCode,
    Verdict,
    Versions,
)
from app.domain.box import Box
from app.domain.claim import SILENT, Claim, ClaimKind, ClaimSource
from app.domain.contract import assessment_document, assessment_from_document
from app.domain.errors import InvalidBoxError, InvalidInputError, NotFoundError, TouchstoneError
from app.domain.listing import Listing
from app.domain.match import Match
from app.domain.registry import (
    Brand,
    IdPrefix,
    Motif,
    MotifKind,
    NewMotif,
    Registration,
    parse_id,
    public_id,
)

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("edges", [(5, 5, 5, 9), (5, 9, 9, 5), (-1, 0, 4, 4)])
def test_a_box_without_area_does_not_exist(edges: tuple[int, int, int, int]) -> None:
    with pytest.raises(InvalidBoxError):
        Box(*edges)


def test_a_box_knows_whether_it_fits() -> None:
    box = Box(10, 20, 30, 60)
    assert (box.width, box.height, box.area) == (20, 40, 800)
    assert box.within(30, 60) is box
    with pytest.raises(InvalidBoxError, match="outside a photo of 29 x 60"):
        box.within(29, 60)
    assert box.overlap(box) == 1
    assert box.overlap(Box(100, 100, 110, 110)) == 0


@given(st.sampled_from(list(IdPrefix)), st.integers(0, 10**18 - 1))
def test_ids_survive_the_way_out_and_back(prefix: IdPrefix, number: int) -> None:
    assert parse_id(prefix, public_id(prefix, number)) == number


@pytest.mark.parametrize(
    "text", ["", "12", "mot_", "mot_x", "ref_3", "mot_-3", "mot_²", "mot_" + "9" * 30]
)
def test_another_kind_of_id_is_an_id_that_does_not_exist(text: str) -> None:
    with pytest.raises(NotFoundError):
        parse_id(IdPrefix.MOTIF, text)


def test_a_timed_disable_ends_by_itself() -> None:
    until = NOW + timedelta(hours=2)
    motif = Motif(1, Brand(1, "B"), "m", MotifKind.LOGO, disabled=True, disabled_until=until)
    assert not motif.enabled_at(NOW)
    assert motif.enabled_at(until)
    forever = Motif(1, Brand(1, "B"), "m", MotifKind.LOGO, disabled=True)
    assert not forever.enabled_at(NOW + timedelta(days=9999))


def test_a_registration_needs_an_office_and_a_number() -> None:
    assert Registration.parse("USPTO 1,234,567").number == "1,234,567"
    with pytest.raises(InvalidInputError):
        Registration.parse("018123456")
    with pytest.raises(InvalidInputError, match="1 to 45"):
        Registration("EUIPO", "1", nice_classes=(46,))


def test_nameless_things_are_refused() -> None:
    with pytest.raises(InvalidInputError):
        NewMotif("  ", "m", MotifKind.LOGO)
    with pytest.raises(InvalidInputError):
        Listing(" ")


def test_a_claim_is_consistent_or_does_not_exist() -> None:
    with pytest.raises(ValueError, match="names brands"):
        Claim(ClaimKind.NAMES, "x", ClaimSource.TITLE)
    with pytest.raises(ValueError, match="source"):
        Claim(ClaimKind.UNBRANDED, "x")


def match(chance: float, reference: int = 1) -> Match:
    return Match("B", "m", 1, reference, Box(0, 0, 9, 9), 0.5, chance * 1e6, chance)


def test_matches_come_best_first_or_not_at_all() -> None:
    ImageFinding("a", matches=(match(1e-5), match(1e-3)))
    with pytest.raises(ValueError, match="best first"):
        ImageFinding("a", matches=(match(1e-3), match(1e-5)))
    with pytest.raises(ValueError, match="no matches"):
        ImageFinding("a", error=ImageError("c", "d"), matches=(match(1e-3),))
    with pytest.raises(ValueError, match="not a cosine"):
        Match("B", "m", 1, 1, Box(0, 0, 9, 9), 1.5, 3.0, 1e-3)
    with pytest.raises(ValueError, match="cannot be"):
        Match("B", "m", 1, 1, Box(0, 0, 9, 9), 0.5, 0.0, 1e-3)


def assessment() -> Assessment:
    found = ImageFinding("2.jpg", "ab" * 32, 1200, 900, matches=(match(3.2479e-6), match(0.2, 7)))
    broken = ImageFinding("3.jpg", error=ImageError("image_truncated", "The file ends early."))
    return Assessment(
        listing_id="B09X",
        verdict=Verdict.SUSPECT,
        factors=Factors(0.97123456789, 1.0, 1.0),
        claim=Claim(ClaimKind.UNBRANDED, "Unbranded", ClaimSource.BRAND_FIELD),
        reasons=(Reason(ReasonCode.MOTIF_SEEN, "Cartier / LOVE screw in image 1"),),
        images=(found, broken),
        versions=Versions("m@1", "flat-r3-n2", 3, "policy-1", "400-photos-1"),
    )


def test_the_contracts_keys_are_all_there() -> None:
    document = assessment_document(assessment())
    assert {"listing_id", "verdict", "score", "claim", "reasons", "images", "versions"} <= set(
        document
    )
    assert {"kind", "text", "source"} <= set(document["claim"])
    image = document["images"][0]
    known = {"image", "sha256", "width", "height", "error", "matches"}
    known |= {"concealed", "evidence_share"}
    assert known == set(image)
    assert set(image["matches"][0]) == {
        "brand", "motif", "motif_id", "reference_id", "box", "similarity",
        "false_alarms_per_million", "verified", "evidence", "alignment", "contributions",
        "quarantined",
    }  # fmt: skip
    assert image["matches"][0]["false_alarms_per_million"] == 3.25
    assert {"model", "index", "registry", "policy"} <= set(document["versions"])


def test_an_assessment_survives_json_unchanged() -> None:
    document = json.loads(json.dumps(assessment_document(assessment())))
    restored = assessment_from_document(document)
    assert assessment_document(restored) == document
    assert restored.claim == assessment().claim


@given(st.tuples(*[st.floats(0, 1)] * 3))
def test_the_score_shown_is_the_product_of_the_factors_shown(
    parts: tuple[float, float, float],
) -> None:
    given_ = assessment()
    document = assessment_document(
        Assessment(
            given_.listing_id, given_.verdict, Factors(*parts), SILENT, (), (), given_.versions
        )
    )
    again = assessment_document(assessment_from_document(document))
    assert again == document


def test_what_nearly_matched_does_not_count_as_seen() -> None:
    judged = assessment()
    rare, common = judged.images[0].matches
    assert judged.lead is rare
    assert judged.seen(judged.images[0]) == (rare,)
    assert not common.notable
    silent = replace(judged, reasons=(), images=(ImageFinding("a", matches=(common,)),))
    assert silent.lead is None
    assert silent.seen(silent.images[0]) == ()


def leaves(kind: type[TouchstoneError]) -> list[type[TouchstoneError]]:
    return [kind, *(leaf for child in kind.__subclasses__() for leaf in leaves(child))]


def test_every_error_has_a_code_of_its_own() -> None:
    kinds = [kind for kind in leaves(TouchstoneError) if kind.__module__ == "app.domain.errors"]
    codes = [kind.code for kind in kinds]
    assert len(set(codes)) == len(codes) > 15
