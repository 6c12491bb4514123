"""Wordings against what is left of them in a photo, and how often ordinary photos read the same."""

from collections.abc import Mapping

import pytest

from app.domain.as_read import wording_as_read, words_as_read
from app.domain.combining import combined_chance
from app.domain.errors import CalibrationError
from app.domain.registry import Brand, Motif, MotifKind
from app.domain.text_background import TextBackground
from app.services.agreement import BAR, agreement
from app.services.ordinary_words import Vocabulary
from app.services.text_backgrounds import gather, shipped_text_background
from app.services.wording_book import ReadWording, WordingBook
from app.services.wording_rates import WordingRates
from models.reading.lines import TextLine
from tests.reading.printed import line

_WORDS: Mapping[str, float] = {
    "love": 6e-4, "apple": 6e-5, "gap": 3e-5, "mini": 3e-5, "mike": 6e-5, "nike": 8e-6,
    "adidas": 4e-6, "singapore": 5e-5, "screw": 1e-5, "bread": 5e-5,
}  # fmt: skip


def motif(brand: str, number: int = 1, *words: str, aliases: tuple[str, ...] = ()) -> Motif:
    return Motif(number, Brand(number, brand, aliases), "mark", MotifKind.WORDMARK, words)


def background(**changes: object) -> TextBackground:
    values: dict[str, object] = {
        "reader": "fake",
        "photos": 200,
        "words": 4.0,
        "runs": {1: 0.4, 2: 0.1, 3: 0.05, 4: 0.1, 5: 0.1, 6: 0.1},
        "letters": dict.fromkeys("abcdefghjklmnopqrstuvwxyz", 0.04),
        "common": {"bread": 3, "love": 4},
    }
    return TextBackground(**{**values, **changes})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def rates() -> WordingRates:
    return WordingRates(background(), Vocabulary.of(_WORDS))


def found(book: WordingBook, *read: str) -> list[tuple[str, float]]:
    return [
        (hit.wording.text, round(hit.agreement, 2)) for hit in book.find([line(t) for t in read])
    ]


def alarms(rates: WordingRates, brand: str, read: str, words: int = 1) -> float:
    (hit,) = WordingBook([motif(brand)]).find([line(read)])
    return 1e6 * rates.chance(hit, words)


@pytest.mark.parametrize(
    ("brand", "read"),
    [
        ("Yahoo!", "YAH00!"),
        ("Intel", "lnteI"),
        ("Coca-Cola", "CocaCola"),
        ("Red Bull", "REDBULL"),
        ("Columbia", "Colurnbia"),
        ("Wrangler", "VVrangler"),
        ("Citroën", "CITROËN"),
        ("Citroën", "CITROЁN"),
        ("H&M", "H & M"),
        ("Levi's", "LEVIS"),
    ],
)
def test_what_a_camera_confuses_is_the_same(brand: str, read: str) -> None:
    assert found(WordingBook([motif(brand)]), read) == [(brand, 1.0)]


@pytest.mark.parametrize(
    ("brand", "read"),
    [
        ("Starbucks", "TARBUCKS"),
        ("Starbucks", "STARBU"),
        ("Vodafone", "vodafond"),
        ("Coca-Cola", "COCA-COLA ZERO"),
        ("Coca-Cola", "COCACOLAZERO"),
        ("Heineken", "the Heineken bar"),
    ],
)
def test_covered_misread_and_surrounded_wordings_are_found(brand: str, read: str) -> None:
    ((text, value),) = found(WordingBook([motif(brand)]), read)
    assert text == brand
    assert BAR <= value <= 1


@pytest.mark.parametrize(
    ("brand", "read"),
    [
        ("Gap", "Singapore"),
        ("HP", "php"),
        ("BMW", "BMV"),
        ("Nike", "bike ride"),
        ("Starbucks", "UCKS"),
        ("Starbucks", "STAR"),
        ("Levi's 501", "501"),
        ("X", "X"),
    ],
)
def test_what_only_resembles_a_wording_is_not_it(brand: str, read: str) -> None:
    values = [value for _, value in found(WordingBook([motif(brand)]), read)]
    assert all(value < 0.8 for value in values)
    if brand != "Nike":
        assert not values


def test_a_wording_belongs_to_its_motif_and_a_brands_name_to_all_of_them() -> None:
    brand = Brand(1, "Cartier", ("Les Must",))
    motifs = [
        Motif(1, brand, "screw", MotifKind.PATTERN, ("screw love",)),
        Motif(2, brand, "script", MotifKind.WORDMARK),
    ]
    hits = WordingBook(motifs).find([line("CARTIER"), line("Screw Love bracelet")])
    owners = {hit.wording.text: hit.wording.motif_ids for hit in hits}
    assert owners == {"Cartier": (1, 2), "screw love": (1,)}


def test_the_surest_line_speaks_for_a_wording() -> None:
    sure, unsure = TextLine("NIKE", (0, 0, 9, 9), 0.99), TextLine("NIKE", (20, 0, 29, 9), 0.6)
    (hit,) = WordingBook([motif("Nike")]).find([unsure, sure])
    assert hit.line is sure


def test_an_empty_book_and_a_photo_without_lines_find_nothing() -> None:
    assert WordingBook([]).find([line("NIKE")]) == ()
    assert WordingBook([motif("Nike")]).find([]) == ()


def test_common_words_flood_nothing(rates: WordingRates) -> None:
    assert alarms(rates, "Love", "LOVE") > 10_000  # it was read in four of two hundred photos
    assert alarms(rates, "Apple", "APPLE") > 100
    assert alarms(rates, "Gap", "GAP") > 100
    assert alarms(rates, "Adidas", "ADIDAS") < 50


def test_noise_spells_short_wordings_and_no_long_ones(rates: WordingRates) -> None:
    short, long = alarms(rates, "HQ", "HQ"), alarms(rates, "Zyxwvut", "ZYXWVUT")
    assert short > 100
    assert long == pytest.approx(1e6 * background().floor)


def test_a_near_miss_counts_all_the_words_that_are_as_near(rates: WordingRates) -> None:
    exact, near = alarms(rates, "Nike", "NIKE"), alarms(rates, "Nike", "MIKE")
    assert near > 5 * exact


def test_words_that_stand_together_are_rarer_than_each_alone(rates: WordingRates) -> None:
    (both,) = WordingBook([motif("Cartier", 1, "screw love")]).find([line("SCREW LOVE")])
    assert background().floor <= rates.chance(both, 2) < 4 * 1e-5


def test_no_chance_is_below_what_the_background_supports() -> None:
    small, large = (
        WordingRates(background(photos=photos), Vocabulary.of(_WORDS)) for photos in (100, 1000)
    )
    assert alarms(small, "Swarovski", "SWAROVSKI") == pytest.approx(10)
    assert alarms(large, "Swarovski", "SWAROVSKI") == pytest.approx(1)
    with pytest.raises(CalibrationError, match="at least 100"):
        background(photos=99)


def test_names_in_ordinary_photos_do_not_become_ordinary_words() -> None:
    vocabulary = Vocabulary.of(_WORDS)
    photos = [(line("ADIDAS bread"), line("Xq"))] * 100
    made = gather("fake", photos, vocabulary)
    assert dict(made.common) == {"bread": 100}
    assert made.words == pytest.approx(2)
    assert made.runs == {2: 1.0}
    assert TextBackground.from_document(made.document()) == made


def test_the_shipped_background_is_one() -> None:
    shipped = shipped_text_background()
    assert shipped.photos >= 200
    assert shipped.floor <= 5e-6
    rates = WordingRates(shipped, Vocabulary.load())
    assert alarms(rates, "Love", "LOVE") > 20 * alarms(rates, "Heineken", "HEINEKEN")


def test_chances_are_remembered(rates: WordingRates) -> None:
    (hit,) = WordingBook([motif("Adidas")]).find([line("ADIDAS")])
    again = ReadWording(hit.wording, line("x"), hit.agreement)
    assert rates.chance(hit, 1) == rates.chance(again, 1)


def test_a_photo_full_of_print_has_many_chances(rates: WordingRates) -> None:
    few, many = (alarms(rates, "Adidas", "ADIDAS", words) for words in (3, 80))
    assert few == alarms(rates, "Adidas", "ADIDAS", 1), "no more than ordinary photos carry"
    assert many == pytest.approx(20 * few, rel=0.01)


def test_spelling_is_for_letters_alone() -> None:
    assert words_as_read("") == ()
    assert wording_as_read("...") == ""
    assert wording_as_read("501") == "501"
    assert agreement("ab", "ab") == 1.0
    assert agreement("ab", "ac") == 0.0


@pytest.mark.parametrize("chances", [(0.0, 0.5), (0.5, 1.5), (-1.0, 0.5)])
def test_what_is_no_chance_is_not_combined(chances: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="not chances"):
        combined_chance(*chances)


@pytest.mark.parametrize("look", [1.0, 1e-2, 1e-4, 1e-6])
@pytest.mark.parametrize("text", [1e-2, 1e-4, 1e-6])
def test_two_looks_lie_between_the_rarer_and_bonferroni(look: float, text: float) -> None:
    both = combined_chance(look, text)
    assert min(look, text) <= both * (1 + 1e-12)
    assert both <= min(look, 2 * text)
