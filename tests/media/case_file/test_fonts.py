"""Every script is written, and what cannot be is written as its number."""

import pytest

from app.media.case_file.fonts import Writing, available_fonts


@pytest.mark.parametrize(
    ("text", "fonts"),
    [
        ("Łódź, Ελλάδα, Сумка", []),
        ("女士 ブレスレット 팔찌", ["east-asian"]),
        ("سوار نسائي", ["arabic"]),
        ("צמיד, สร้อย", ["hebrew", "thai"]),
        ("कंगन 🔥", ["devanagari", "emoji"]),
    ],
)
def test_a_text_is_kept_and_names_its_fonts(text: str, fonts: list[str]) -> None:
    writing = Writing()
    shown, needed = writing.prepared(text)
    assert shown == text
    assert [font.name for font in needed] == fonts
    assert not writing.replaced


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("good\u202edoog", "good[U+202E]doog"),  # would turn the rest around
        ("a\u200bb", "a[U+200B]b"),
        ("bell\a", "bell[U+0007]"),
        ("\U00012000", "[U+12000]"),  # cuneiform: no font has it
        ("half \ud83d", "half [U+D83D]"),
        ("a\tb\r\nc\rd", "a    b\nc\nd"),
        ("★\ufe0f", "★"),
    ],
)
def test_what_cannot_be_shown_is_told(text: str, shown: str) -> None:
    assert Writing().prepared(text)[0] == shown


def test_replaced_characters_are_counted_once() -> None:
    writing = Writing()
    writing.prepared("\u202e\u202e\a")
    assert writing.replaced == {"\u202e", "\a"}


def test_every_font_is_where_its_package_has_it() -> None:
    assert [font.name for font in available_fonts() if not font.path.is_file()] == []
