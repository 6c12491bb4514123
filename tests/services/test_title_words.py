"""How common words are in titles: counted, or as far as a language can tell."""

from pathlib import Path

import pytest

from app.domain.errors import CalibrationError, InvalidInputError
from app.services.title_words import LanguageShares, count_titles, title_shares


def test_common_words_are_common_and_rare_ones_rare() -> None:
    shares = LanguageShares()
    love, screw, unheard = (shares.share(word, "") for word in ("love", "screw", "qxzzy"))
    assert love is not None
    assert screw is not None
    assert unheard is not None
    assert 0.001 < love < 0.05
    assert 0.00005 < screw < 0.001
    assert 0 < unheard <= 12e-6
    assert not shares.counted


def test_words_are_those_of_several_languages_without_accents() -> None:
    shares = LanguageShares()
    german, accented = shares.share("schraube", ""), shares.share("tres", "")
    rare = shares.share("qxzzy", "")
    assert german is not None
    assert accented is not None
    assert rare is not None
    assert german > rare
    assert accented > 100 * rare


def titles(count: int, *, with_love: int, category: str = "Rings") -> list[tuple[str, str]]:
    return [(f"ring {number} {'LOVE' * (number < with_love)}", category) for number in range(count)]


def test_counts_are_shares_of_titles_by_category(tmp_path: Path) -> None:
    target = tmp_path / "var" / "title-words.json"
    many = [*titles(1_000, with_love=500), *titles(1_000, with_love=0, category="tools")]
    counts = count_titles([*many, *titles(9, with_love=9, category="few")], target)
    assert counts.titles == 2_009
    shares = title_shares(target)
    assert shares.counted
    assert shares.share("love", " RINGS ") == pytest.approx(501 / 1_001)
    assert shares.share("love", "tools") == pytest.approx(3 / 1_001), "as rare as the rarest"
    assert shares.share("love", "few") == pytest.approx(510 / 2_010), "too few titles of its own"
    assert shares.share("unheard", "") == pytest.approx(3 / 2_010)


def test_other_counts_have_another_name(tmp_path: Path) -> None:
    target = tmp_path / "title-words.json"
    names = {title_shares(target).name}
    for love in (10, 20):
        count_titles(titles(1_000, with_love=love), target)
        names.add(title_shares(target).name)
    assert len(names) == 3


def test_too_few_titles_replace_nothing(tmp_path: Path) -> None:
    target = tmp_path / "title-words.json"
    count_titles(titles(1_000, with_love=10), target)
    before = target.read_bytes()
    with pytest.raises(CalibrationError, match="999 titles are too few"):
        count_titles([*titles(999, with_love=9), ("", ""), ("  !", "x")], target)
    assert target.read_bytes() == before


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"": {"titles": 3}}', '{"": 1}', "\x00"])
def test_a_file_of_something_else_is_refused(tmp_path: Path, text: str) -> None:
    target = tmp_path / "title-words.json"
    target.write_text(text)
    with pytest.raises(InvalidInputError, match="no counts"):
        title_shares(target)
