"""Names found in whatever spelling, and the ordinary words that must not be taken for them."""

# ruff: noqa: RUF001 - look-alike characters are what this file is about

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.domain.claim_reading import load_terms
from app.domain.folding import Disguise
from app.domain.wordings import (
    FoundWording,
    Wordings,
    edit_allowance,
    find_wording,
    wording_distance,
)

NAMES = Wordings(
    ["Cartier", "Louis Vuitton", "Gucci", "Rolex", "Apple", "Mini", "Gap", "Love", "BOSS", "Nike",
     "Coca-Cola", "Swarovski", "Chanel", "Polo", "Cool", "J.Crew", "DKNY", "3M", "H&M", "Pandora",
     "Hermès", "Swatch", "Xbox", "LEGO", "A$AP Rocky", "Target", "C", "カルティエ"],
    load_terms().ordinary_words,
)  # fmt: skip


def spotted(text: str) -> list[tuple[str, str]]:
    return [(hit.wording, text[hit.start : hit.end]) for hit in NAMES.disguised(text)]


@pytest.mark.parametrize(
    ("text", "name", "disguise"),
    [
        ("C@rt1er ring", "Cartier", Disguise.SIGN),
        ("new N!KE shoes", "Nike", Disguise.SIGN),
        ("Ch@nel.", "Chanel", Disguise.SIGN),
        ("$warovski", "Swarovski", Disguise.SIGN),
        ("bag L0uis Vu1tton bag", "Louis Vuitton", Disguise.SIGN),
        ("M1ni", "Mini", Disguise.SIGN),
        ("@pple", "Apple", Disguise.SIGN),
        ("L3GO", "LEGO", Disguise.SIGN),
        ("Ro|ex", "Rolex", Disguise.SIGN),
        ("(C@rtier's)", "Cartier", Disguise.SIGN),
        ("Cаrtier", "Cartier", Disguise.LOOK_ALIKE),
        ("ring 𝓒𝓪𝓻𝓽𝓲𝓮𝓻 ring", "Cartier", Disguise.LOOK_ALIKE),
        ("🅲🅰🆁🆃🅸🅴🆁", "Cartier", Disguise.LOOK_ALIKE),
        ("RoIex", "Rolex", Disguise.LOOK_ALIKE),
        ("CARTlER", "Cartier", Disguise.LOOK_ALIKE),
        ("svvatch", "Swatch", Disguise.LOOK_ALIKE),
        ("часы РОLЕХ", "", None),
        ("new watch RОLEХ", "Rolex", Disguise.LOOK_ALIKE),
        ("G*cci bag", "Gucci", Disguise.MASK),
        ("L*uis V*itton", "Louis Vuitton", Disguise.MASK),
        ("C•rtier", "Cartier", Disguise.MASK),
        ("C a r t i e r", "Cartier", Disguise.SPLIT),
        ("a C-a-r-t-i-e-r b", "Cartier", Disguise.SPLIT),
        ("N I K E shoes", "Nike", Disguise.SPLIT),
        ("Ca.rtier", "Cartier", Disguise.SPLIT),
        ("R_o_l_e_x", "Rolex", Disguise.SPLIT),
        ("Guccccci", "Gucci", Disguise.REPEATED),
        ("Car\u200btier", "Cartier", Disguise.INVISIBLE),
        ("C\ufeffhanel", "Chanel", Disguise.INVISIBLE),
    ],
)
def test_disguises(text: str, name: str, disguise: Disguise | None) -> None:
    found = NAMES.disguised(text)
    assert [hit.wording for hit in found] == ([name] if name else [])
    assert all(disguise in hit.disguises and hit.disguised for hit in found)


@pytest.mark.parametrize(
    "text",
    [
        "Cartier ring", "CARTIER", "cartier", "Càrtier", "Ｃａｒｔｉｅｒ", "Louis Vuitton",
        "louisvuitton",
        "Carter", "Carter's baby romper", "cartie", "Cartler", "Nlke", "Guci", "Rolx", "Pandra",
        "apple juice", "Apple shaped", "gap between", "mini fridge", "type C cable", "for iPhone",
        "lovely screwdriver set", "love", "L O V E", "looove it", "sooo cooool", "P.o.l.o",
        "B055 model", "8055", "C4R71", "316L steel", "17cm*2mm", "2*AAA", "5*7 frame", "$50",
        "10+10", "J.Crew shirt", "J. Crew", "D.K.N.Y.", "X-box", "coca cola", "Coca.Cola",
        "CocaCola", "3M tape", "H&M", "A$AP Rocky", "G@p", "L0VE you 2", "Lego.com",
        "Ladies' coat", "Нет бренда", "Карта",
        "カルティエ", "カルティエ リング", "100% cotton", "size XL-XXL", "a b c d e", "1 2 3 4 5 6",
        "e.g. this, i.e. that", "www.target.com", "(c) 2024", "",
    ],
)  # fmt: skip
def test_what_is_no_disguise(text: str) -> None:
    allowed = {"Love"} if "L0VE" in text else set()
    assert {name for name, _ in spotted(text)} <= allowed


def test_the_span_is_that_of_the_original_text() -> None:
    assert spotted("ring “C@rt1er” & G*cci!") == [("Cartier", "C@rt1er"), ("Gucci", "G*cci")]
    assert spotted("n C a r t i e r 5") == [("Cartier", "C a r t i e r")]


@pytest.mark.parametrize(
    ("text", "name", "edits"),
    [
        ("CARTER", "Cartier", 1),
        ("ARTIER", "Cartier", 1),
        ("C4RTIR", "Cartier", 1),
        ("louis vuiton", "Louis Vuitton", 0),
        ("LOUS VUITTN paris", "Louis Vuitton", 2),
        ("Rolx", "Rolex", 1),
        ("Hermes", "Hermès", 0),
        ("PAMDORA", "Pandora", 1),
    ],
)
def test_near_spellings_are_found_and_are_no_disguise(text: str, name: str, edits: int) -> None:
    (found,) = NAMES.find(text)
    assert (found.wording, found.edits) == (name, edits)
    assert not found.disguised


@pytest.mark.parametrize(
    "text", ["Appel", "Mimi", "Nikon", "Rolls", "Carton", "pole", "Bus", "Targets"]
)
def test_what_is_too_far_or_too_short_is_not_found(text: str) -> None:
    assert NAMES.find(text) == ()


def test_the_plain_spelling_wins_over_the_near_one() -> None:
    names = Wordings(["Cartier", "Carter"])
    assert [hit.wording for hit in names.find("CARTER")] == ["Carter"]
    assert [hit.wording for hit in names.find("Cartier and Carter")] == ["Cartier", "Carter"]


def test_distances_and_allowances() -> None:
    assert wording_distance("C@rt1er", "Cartier") == 0
    assert wording_distance("Carter", "Cartier") == 1
    assert wording_distance("kitten", "sitting") == 3
    assert wording_distance("", "abc") == 3
    assert [edit_allowance(n) for n in (0, 4, 5, 8, 9)] == [0, 0, 1, 1, 2]


def test_one_wording_is_found_without_a_set() -> None:
    (hit,) = find_wording("buy C@rtier", "Cartier")
    assert (hit.start, hit.end, hit.disguised) == (4, 11, True)
    assert find_wording("buy", "Cartier") == ()
    assert find_wording("", "") == ()


def test_a_wording_stands_somewhere() -> None:
    with pytest.raises(ValueError, match="somewhere"):
        FoundWording("x", 3, 3)


PIECES = ["C@rtier", "C a r t i e r", "G*cci", "Nike", "Cartir", "\u200b", "é", "*", ".", " ", "ﷺ"]
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=3)).map("".join)


@settings(max_examples=400)
@given(TEXTS)
@example("C@rtier" * 40)
def test_spans_are_valid_and_do_not_overlap(text: str) -> None:
    for found in (NAMES.disguised(text), NAMES.find(text)):
        ends = [0, *(hit.end for hit in found)]
        assert all(end <= hit.start for end, hit in zip(ends, found, strict=False))
        assert all(hit.end <= len(text) for hit in found)
        assert all(text[hit.start : hit.end].strip() for hit in found)
