"""Expected places: what is one, its text, what a box covers of it, which goods it holds for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.box import Box
from app.domain.errors import InvalidInputError
from app.domain.expected_place import ExpectedPlace

SHARES = st.floats(0, 1)
WORDS = st.lists(st.sampled_from(["bangle", "leather bag", "Ring", "時計"]), max_size=3)


@given(SHARES, SHARES, SHARES, SHARES, WORDS)
def test_a_place_reads_back_what_it_writes(
    left: float, right: float, top: float, bottom: float, words: list[str]
) -> None:
    try:
        place = ExpectedPlace(left, top, right, bottom, tuple(words))
    except InvalidInputError:
        assert min(right - left, bottom - top) < 0.01
        return
    again = ExpectedPlace.parse(str(place))
    assert str(again) == str(place)
    assert again.goods == place.goods
    assert again.x_max == pytest.approx(right, abs=1e-5)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "bangle",
        "0 0 1",
        "0 0 1 bangle",
        "0.5 0 0.5 1",
        "0.9 0 0.1 1",
        "-0.1 0 1 1",
        "0 0 1 1.5",
        "nan 0 1 1",
        "0 0 inf 1",
        "10 30 90 70",
        "0 0 1 1 !!!",
    ],
)
def test_what_is_no_place_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError):
        ExpectedPlace.parse(text)


@pytest.mark.parametrize(
    ("box", "share"),
    [
        (Box(0, 0, 10, 10), 0.0),
        (Box(40, 40, 60, 60), 1.0),  # a small area inside
        (Box(0, 0, 200, 100), 1.0),  # a large one around
        (Box(90, 40, 110, 60), 0.5),
    ],
)
def test_what_a_box_covers_of_a_place(box: Box, share: float) -> None:
    place = ExpectedPlace(0.1, 0.3, 0.5, 0.7)
    assert place.covered(box, 200, 100) == pytest.approx(share)


@pytest.mark.parametrize(
    ("texts", "holds"),
    [
        (["Bangle, gold"], True),
        (["jewellery", "LEATHER  BAG"], True),
        (["bangles"], False),
        (["leather shoe"], False),
        ([], False),
    ],
)
def test_goods_are_found_as_whole_words(texts: list[str], holds: bool) -> None:
    assert ExpectedPlace(0, 0, 1, 1, ("bangle", "leather bag")).holds_for(texts) is holds


def test_a_place_without_goods_holds_for_all() -> None:
    assert ExpectedPlace(0, 0, 1, 1).holds_for([])
