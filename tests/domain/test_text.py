"""Folding, cutting into tokens, and finding phrases."""

# ruff: noqa: RUF001 - look-alike characters are what these tests are about

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.text import BREAK, Found, Passage, PhraseBook, fold


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("NIKE", "nike"),
        ("Générique", "generique"),
        ("ｕｎｂｒａｎｄｅｄ", "unbranded"),
        ("𝐔𝐧𝐛𝐫𝐚𝐧𝐝𝐞𝐝", "unbranded"),
        ("un\u200bbran\u00added", "unbranded"),
        ("Straße", "strasse"),
        ("MARKASIZ", "markasiz"),
        ("markasız", "markasiz"),
        ("İSTANBUL", "istanbul"),
        ("Mærkeløs", "maerkelos"),
        ("Märkeslös", "markeslos"),
        ("ΧΩΡΊΣ", "χωρισ"),
        ("χωρίς", "χωρισ"),
        ("определён", "определен"),
        ("Небрендовый", "небрендовый"),
        ("مـاركــة", "ماركه"),
        ("مَارْكَة", "ماركه"),
        ("أخرى", "اخري"),
        ("ברנד\u05bc", "ברנד"),
        ("ﾉｰﾌﾞﾗﾝﾄﾞ", "ノーブランド"),
        (unicodedata.normalize("NFD", "ブランド"), "ブランド"),
        (unicodedata.normalize("NFD", "브랜드"), "브랜드"),
    ],
)
def test_spellings_of_one_word_fold_together(written: str, folded: str) -> None:
    assert fold(written) == folded


@pytest.mark.parametrize(
    ("one", "other"),
    [("フラ", "ブラ"), ("มี", "มา"), ("ब्रांड", "ब्रड"), ("мой", "мои"), ("раnda", "panda")],
)
def test_different_words_stay_different(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("No  BRAND", ["no", "brand"]),
        ("no-brand_name/x", ["no", "brand", "name", "x"]),
        ("L'Oréal® Paris™", ["l", "oreal", "paris"]),
        ("H&M ＆ co", ["h", "&", "m", "&", "co"]),
        ("No. Brand: v1.2", ["no", BREAK, "brand", BREAK, "v1", "2"]),
        ("yes - no\nmaybe", ["yes", BREAK, "no", BREAK, "maybe"]),
        ("!!yes?! (no)", [BREAK, "yes", BREAK, "no", BREAK]),
        ("Nº 5", ["n", "5"]),
        ("LED灯无品牌", ["led", "灯", "无", "品", "牌"]),
        ("有无。品牌", ["有", "无", BREAK, "品", "牌"]),
        ("ไม่มีแบรนด์", ["ไ", "ม่", "มี", "แ", "บ", "ร", "น", "ด์"]),
        (unicodedata.normalize("NFD", "브랜드"), ["브", "랜", "드"]),
        ("बिना ब्रांड", ["बिना", "ब्रांड"]),
        ("ルイ・ヴィトン", ["ル", "イ", "ヴ", "ィ", "ト", "ン"]),
        ("\u200b \u200d", []),
        ("💎✨", []),
    ],
)
def test_a_text_is_cut_into_tokens(text: str, tokens: list[str]) -> None:
    assert list(Passage.of(text).tokens) == tokens


def test_a_wording_is_given_back_as_it_was_written() -> None:
    passage = Passage.of("New, Ｎｏ\u00a0 Bränd!")
    assert passage.tokens == ("new", BREAK, "no", "brand", BREAK)
    assert passage.wording(2, 2) == "Ｎｏ\u00a0 Bränd"


def test_a_phrase_has_no_breaks_around_it_and_a_compact_text_none_at_all() -> None:
    passage = Passage.of("(N. a., or so).")
    assert passage.phrase == ("n", BREAK, "a", BREAK, "or", "so")
    assert passage.compact == "naorso"
    assert Passage.of(" - ").phrase == ()


@given(st.text())
def test_tokens_lie_in_order_inside_the_text(text: str) -> None:
    passage = Passage.of(text)
    assert len(passage.tokens) == len(passage.starts) == len(passage.ends)
    assert all(passage.tokens)
    edges = [edge for pair in zip(passage.starts, passage.ends, strict=True) for edge in pair]
    assert edges == sorted(edges)
    assert not edges or 0 <= edges[0] <= edges[-1] <= len(passage.text)


def test_a_lone_surrogate_is_only_a_sign() -> None:
    assert Passage.of("\ud800nike").tokens == ("nike",)


def test_the_leftmost_and_then_the_longest_phrase_is_found() -> None:
    book = PhraseBook({("b",): 1, ("a", "b"): 2, ("a", "b", "c"): 3, ("c", "d"): 4})
    found = list(book.find(Passage.of("x a b c d b")))
    assert found == [Found(1, 3, 3), Found(5, 1, 1)]
    assert len(book) == 4


def test_a_refused_phrase_leaves_room_for_a_shorter_one() -> None:
    book = PhraseBook({("a", "b"): 2, ("a",): 1, ("b",): 5})
    found = book.find(Passage.of("a b"), lambda each: each.length == 1)
    assert [each.value for each in found] == [1, 5]


def test_a_phrase_does_not_run_over_a_break() -> None:
    assert not list(PhraseBook({("no", "brand"): 1}).find(Passage.of("No. Brand new")))


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("プラダ", False),
        ("プラダン", True),
        ("ワプラダ", True),
        ("新プラダ品", False),
        ("プラダ ン", False),
    ],
)
def test_a_piece_of_a_katakana_word_is_recognised(text: str, *, cut: bool) -> None:
    passage = Passage.of(text)
    first = passage.tokens.index("プ")
    assert passage.cuts_katakana(first, 3) is cut
