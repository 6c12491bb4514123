"""Writes `app/domain/data/confusables.toml`: characters that pass for a Latin letter.

    python -m scripts.make_confusables

They come from Unicode's confusables (Unicode Technical Standard 39) as the package
`confusable-homoglyphs` carries them. Kept are the scripts in which Latin is imitated and the
symbols; left out is what compatibility folding undoes by itself, and scripts whose words would be
torn apart by it (Arabic, Hebrew, those of India, Han and kana).
"""

import json
import string
import unicodedata
from importlib import resources
from pathlib import Path

TARGET = Path(__file__).parents[1] / "app" / "domain" / "data" / "confusables.toml"
SCRIPTS = (
    "LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU", "MODIFIER", "TIFINAGH",
    "APL", "DESERET", "CANADIAN", "OLD ITALIC", "GOTHIC", "ELEMENT", "ROMAN", "SMALL ROMAN",
)  # fmt: skip
HEAD = """\
# Characters that pass for a Latin letter, made by `python -m scripts.make_confusables`.
# Data: Unicode confusables (UTS 39), copyright Unicode, Inc., under the Unicode License.
"""


def imitations(letter: str, known: dict[str, list[dict[str, str]]]) -> str:
    """Return the single characters that look like an upper or lower case letter."""
    shown = {
        twin["c"] for form in {letter, letter.upper()} for twin in known.get(form, ())
        if len(twin["c"]) == 1
    }  # fmt: skip
    return "".join(sorted(filter(_is_kept, shown)))


def _is_kept(character: str) -> bool:
    if unicodedata.normalize("NFKC", character).isascii():
        return False
    return unicodedata.name(character, "").startswith(SCRIPTS)


def document() -> str:
    """Return the file's text."""
    source = resources.files("confusable_homoglyphs").joinpath("confusables.json")
    known = json.loads(source.read_text(encoding="utf-8"))
    rows = {letter: imitations(letter, known) for letter in string.ascii_lowercase}
    return HEAD + "".join(f'{letter} = "{twins}"\n' for letter, twins in rows.items() if twins)


if __name__ == "__main__":
    TARGET.write_text(document(), encoding="utf-8")
