"""Disguises undone: one skeleton for all of them, and every letter's place kept."""

# ruff: noqa: RUF001 - look-alike characters are what this file is about

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.folding import Disguise, glyph, read_letters, skeleton
from scripts.make_confusables import TARGET, document

SAME = [
    ("Cartier", "C@rtier", "C@RT1ER", "C-a-r-t-i-e-r", "C a r t i e r", "Càrtïer", "Cаrtiеr",
     "Ｃａｒｔｉｅｒ", "𝓒𝓪𝓻𝓽𝓲𝓮𝓻", "🅲🅰🆁🆃🅸🅴🆁", "Ⓒⓐⓡⓣⓘⓔⓡ", "ᴄᴀʀᴛɪᴇʀ", "Car\u200btier", "CARTlER",
     "Cartttier", "cart|er", "СARТIЕR"),
    ("Louis Vuitton", "L0u1s Vu1tt0n", "LOUISVUITTON", "louis-vuiton"),
    ("Swarovski", "$warovski", "5warovsk1", "Svvarovski"),
    ("Hermès", "HERMES", "H3rm3s"),
    ("Strauß", "STRAUSS", "straus"),
    ("ルイ・ヴィトン", "ﾙｲ･ｳﾞｨﾄﾝ", "ルイ ヴィトン"),
]  # fmt: skip


@pytest.mark.parametrize("spellings", SAME, ids=lambda spellings: spellings[0])
def test_every_disguise_has_the_skeleton_of_the_name(spellings: tuple[str, ...]) -> None:
    assert {skeleton(spelling) for spelling in spellings} == {skeleton(spellings[0])}


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Cartier", "Carter"),
        ("Nike", "Mike"),
        ("プラダ", "ブラダ"),
        ("나이키", "나이기"),
        ("Gap", "Gab"),
    ],
)
def test_other_names_keep_other_skeletons(one: str, two: str) -> None:
    assert skeleton(one) != skeleton(two)


@pytest.mark.parametrize(
    ("cluster", "letters", "disguise"),
    [
        ("a", "a", None),
        ("É", "e", None),
        ("L", "i", None),
        ("ı", "i", None),
        ("Ａ", "a", None),
        ("@", "a", Disguise.SIGN),
        ("0", "o", Disguise.SIGN),
        ("С", "c", Disguise.LOOK_ALIKE),
        ("𝓒", "c", Disguise.LOOK_ALIKE),
        ("a\u0301\u0302\u0303", "a", Disguise.LOOK_ALIKE),
        ("*", "*", Disguise.MASK),
        ("\u200b", "", Disguise.INVISIBLE),
        ("。", "", None),
        ("地", "地", None),
    ],
)
def test_what_a_character_reads_as(cluster: str, letters: str, disguise: Disguise | None) -> None:
    assert glyph(cluster) == (letters, disguise)


@pytest.mark.parametrize(
    ("text", "letters"),
    [("Wow!", "wow"), ("$50", "so"), ("$hoes", "shoes"), ("Levi$", "ievis"), ("(C++)", "c"),
     ("+ A +", "a"), ("* New *", "new"), ("AT&T", "att")],
)  # fmt: skip
def test_a_sign_is_a_letter_only_beside_one(text: str, letters: str) -> None:
    assert read_letters(text).text == letters


def test_l_for_i_is_a_disguise_where_its_case_is_odd() -> None:
    assert read_letters("RoIex").has_disguise
    assert read_letters("CARTlER").has_disguise
    assert not any(
        read_letters(text).has_disguise for text in ("Rolex", "I am", "Ill", "ALL", "Al")
    )


def test_letters_know_where_they_stood() -> None:
    letters = read_letters("x Cé\u200b@", start=10)
    assert letters.text == "xce"
    assert letters.places == (10, 12, 13)
    assert letters.gaps == {1: " ", 3: "\u200b@"}


@settings(max_examples=500)
@given(st.text() | st.text("aA1l!*@$. \u200bvVwé").map(str))
def test_a_skeleton_is_its_own_skeleton(text: str) -> None:
    assert skeleton(skeleton(text)) == skeleton(text)


@settings(max_examples=300)
@given(st.text())
def test_letters_are_aligned_with_the_text(text: str) -> None:
    letters = read_letters(text)
    assert len(letters.text) == len(letters.places) == len(letters.disguises) == len(letters.plain)
    assert list(letters.places) == sorted(letters.places)
    assert all(0 <= place < len(text) for place in letters.places)


def test_the_shipped_look_alikes_are_those_of_the_package() -> None:
    assert TARGET.read_text(encoding="utf-8") == document()
