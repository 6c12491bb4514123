"""Words of a motif in titles: what counts as met, how rare it is, and with which family."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.listing import Listing
from app.domain.registry import Brand, Motif, MotifKind
from app.domain.residue import Residue, ResidueReader, ResidueWords


class Shares:
    """Shares of titles by word, the same in every category but one."""

    counted = True

    def __init__(self, shares: Mapping[str, float]) -> None:
        self._shares = shares

    def share(self, word: str, category: str) -> float | None:
        return 1.0 if category == "tools" and word == "screw" else self._shares.get(word)


SHARES = Shares({"screw": 0.0002, "love": 0.01, "clover": 0.001, "red": 0.05, "sole": 0.001})


def motif(number: int, *words: str) -> Motif:
    return Motif(number, Brand(number, f"Brand {number}"), "mark", MotifKind.LOGO, words)


WORDS = ResidueWords(
    [motif(1, "screw love", "Screw"), motif(2, "clover"), motif(3, "red sole"), motif(4)]
)


def met(title: str, words: ResidueWords = WORDS) -> list[tuple[str, ...]]:
    return [words.wordings[place].words for place in words.met(title)]


@pytest.mark.parametrize(
    "title",
    ["Women's Fashion Classic Screw Love Titanium Steel Bracelet", "LOVE ring with a SCREW",
     "love/screw", "Lóve screw"],
)  # fmt: skip
def test_all_words_of_a_wording_in_any_order(title: str) -> None:
    assert ("screw", "love") in met(title)


@pytest.mark.parametrize(
    "title",
    ["lovely screwdriver set", "love", "loves screws", "glove", "red shoe", "", "soles red"],
)
def test_parts_of_words_and_parts_of_wordings_are_not_met(title: str) -> None:
    assert met(title) == []


def test_a_lift_is_the_share_of_the_motif_over_that_of_titles() -> None:
    found = ResidueReader(SHARES).read(Listing("a", title="screw love ring"), WORDS)
    both = found[0]
    assert both.words == ("screw", "love")
    assert both.per_million == pytest.approx(1e6 * 0.0002 * 0.01 * 10)
    assert both.lift == pytest.approx(0.1 / (0.0002 * 0.01 * 10))
    assert [each.words for each in found] == [("screw", "love"), ("screw",)], "rarest first"


def test_a_family_is_what_is_at_least_as_rare() -> None:
    reader = ResidueReader(SHARES)
    (clover,) = reader.read(Listing("a", title="clover ring"), WORDS)
    others = 0.0002 * 0.01 * 10 + 0.0002 + 0.05 * 0.001 * 10
    assert clover.family_per_million == pytest.approx(1e6 * (others + 0.001))
    (alone,) = reader.read(Listing("a", title="clover ring"), ResidueWords([motif(2, "clover")]))
    assert alone.family_per_million == pytest.approx(alone.per_million)


def test_words_are_never_rarer_together_than_tenfold_and_never_commoner_than_one() -> None:
    (found,) = ResidueReader(Shares({"a": 0.9, "b": 0.5})).read(
        Listing("x", title="a b"), ResidueWords([motif(1, "a b")])
    )
    assert found.per_million == pytest.approx(0.5e6)


def test_the_category_decides_how_common_a_word_is() -> None:
    reader = ResidueReader(SHARES)
    tools = reader.read(Listing("a", title="screw love", category="tools"), WORDS)
    rings = reader.read(Listing("a", title="screw love", category="rings"), WORDS)
    assert tools[0].per_million == pytest.approx(0.01e6)
    assert rings[0].per_million < tools[0].per_million


def test_words_that_nobody_counted_say_nothing() -> None:
    words = ResidueWords([motif(1, "unheard of"), motif(2, "clover")])
    found = ResidueReader(SHARES).read(Listing("a", title="unheard of clover"), words)
    assert [each.words for each in found] == [("clover",)]


def test_scripts_without_spaces_are_not_read() -> None:
    assert ResidueWords([motif(1, "愛 ネジ", "", "&")]).wordings == ()


@given(st.text(), st.lists(st.text(max_size=12), max_size=3))
def test_no_title_makes_it_raise(title: str, wordings: list[str]) -> None:
    words = ResidueWords([motif(1, *wordings)])
    found = ResidueReader(SHARES).read(Listing("a", title=title), words)
    assert all(isinstance(each, Residue) and each.lift > 0 for each in found)
