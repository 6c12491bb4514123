"""How common words are in titles, as far as a language can tell."""

from app.services.title_words import LanguageShares


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
