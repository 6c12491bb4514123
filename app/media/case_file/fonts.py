"""Which font can write a character, and what is written where none can.

    text ─▶ replaced: no invisible tricks, no character without a glyph ─▶ fonts it needs

Titles come in any script, and a case file must embed what it shows: the fonts are Noto, from two
packages, and only those that a text asks for are opened, because the East Asian one alone has
65,000 glyphs. A character that no font has, or that changes how its neighbours are read (controls,
bidirectional overrides), is written as its number, `[U+202E]`, and counted: a reader then knows
that it was there, which a missing glyph or a reversed word would hide.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Final

from fontTools.ttLib import TTFont

FAMILY: Final = "text"
_TEXT_PACKAGE: Final = "manimgx_fonts"
_EAST_ASIAN: Final = ("noto_cjk_sans_jp_regular", "NotoSansCJKjp-Regular.otf")
# The common scripts of marketplaces first; the large font is asked last but one, the emoji last.
_SCRIPTS: Final = (
    "Arabic", "Hebrew", "Thai", "Devanagari", "Bengali", "Tamil", "Telugu", "Gujarati", "Gurmukhi",
    "Kannada", "Malayalam", "Oriya", "Sinhala", "Georgian", "Armenian", "Ethiopic", "Khmer", "Lao",
    "Myanmar", "Symbols",
)  # fmt: skip
_KEPT_CONTROLS: Final = "\n\u200c\u200d"  # line ends, and the joiners that spelling needs
_VARIANTS: Final = "\ufe0e\ufe0f"  # a wish for a coloured or a plain picture; there is one kind


@dataclass(frozen=True)
class Font:
    """One font file under the name that the pages give it."""

    name: str
    path: Path

    @cached_property
    def covered(self) -> frozenset[int]:
        """The characters that it has a glyph for."""
        with TTFont(self.path, lazy=True) as font:
            return frozenset(font.getBestCmap())


def available_fonts() -> tuple[Font, ...]:
    """Return the fonts in the order in which they are asked, the one for plain text first."""
    folder = Path(str(files(_TEXT_PACKAGE)))
    east_asian = Path(str(files(_EAST_ASIAN[0]))) / _EAST_ASIAN[1]
    scripts = [Font(name.lower(), folder / f"NotoSans{name}[wght].ttf") for name in _SCRIPTS]
    return (
        Font(FAMILY, folder / "NotoSans[wght].ttf"),
        *scripts,
        Font("east-asian", east_asian),
        Font("emoji", folder / "NotoEmoji[wght].ttf"),
    )


@dataclass
class Writing:
    """What one document's texts need; for one document."""

    fonts: tuple[Font, ...] = field(default_factory=available_fonts)
    replaced: set[str] = field(default_factory=set)
    _homes: dict[str, Font | None] = field(default_factory=dict)

    def prepared(self, text: str) -> tuple[str, list[Font]]:
        """Return the text as it will be written and the fonts it takes beside the first.

        Raises:
            OSError: when a font is not where its package had it.
        """
        shown = "".join(self._characters(text))
        homes = {font.name: font for font in map(self._home, shown) if font is not None}
        return shown, [font for name, font in homes.items() if name != FAMILY]

    def _characters(self, text: str) -> Iterator[str]:
        for character in text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    "):
            if character in _VARIANTS:
                continue
            if self._writable(character):
                yield character
            else:
                self.replaced.add(character)
                yield f"[U+{ord(character):04X}]"

    def _writable(self, character: str) -> bool:
        if character in _KEPT_CONTROLS:
            return True
        return unicodedata.category(character) not in {"Cc", "Cf", "Cs"} and (
            self._home(character) is not None
        )

    def _home(self, character: str) -> Font | None:
        if character not in self._homes:
            point = ord(character)
            found = (font for font in self.fonts if point in font.covered)
            self._homes[character] = next(found, None)
        return self._homes[character]
