"""From the many spellings of a brand in icon sets to one key.

    "Adobe Photoshop" · "adobe-photoshop-icon" · "adobephotoshop" ─▶ "adobephotoshop"

The rule: fold to lower-case ASCII; write `&`, `+`, `#` and a leading dot as words; split at spaces,
hyphens and underscores; drop trailing words that name a variant of the drawing, and trailing
numbers; join what is left. It knows no brand by name, so "aws" and "amazonwebservices" stay two:
where their drawings agree, `likeness` finds it.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

_WORDS: Final = (("&", " and "), ("+", " plus "), ("#", " sharp "))
_SEPARATORS: Final = re.compile(r"[\s_\-]+")
_VARIANT_WORDS: Final = """
    alt background block circle color colour dark icon light line logo mono old original plain
    solid square wordmark
"""
_VARIANTS: Final = frozenset(_VARIANT_WORDS.split())

# The brands that FlickrLogos-27 reports on: a family by how its keys begin, or by the whole key
# where the beginning is too short to mean it.
_REPORTED_FAMILIES: Final = (
    "bmw",
    "dhl",
    "fedex",
    "fordmotor",
    "google",
    "hewlettpackard",
    "mcdonald",
    "nbc",
    "pepsi",
    "porsche",
    "redbull",
    "starbucks",
    "texaco",
    "yahoo",
)
_REPORTED_KEYS: Final = frozenset({"federalexpress", "ford", "hp", "hpe", "hpinc"})


def brand_key(name: str, prefixes: Iterable[str] = ()) -> str:
    """Return the key of a brand from its name in one icon set.

    >>> brand_key("adobe-photoshop-icon"), brand_key("Adobe Photoshop")
    ('adobephotoshop', 'adobephotoshop')
    >>> brand_key("Coca-Cola"), brand_key("McDonald's"), brand_key("C++"), brand_key(".NET")
    ('cocacola', 'mcdonalds', 'cplusplus', 'dotnet')
    >>> brand_key("bing-logo-1"), brand_key("square-twitter", prefixes=["square-"])
    ('bing', 'twitter')

    Args:
        name: A title or a file's name, in any case.
        prefixes: Beginnings that name a variant in this icon set.

    Returns:
        One or more characters of a-z and 0-9.

    Raises:
        ValueError: nothing of the name is left.
    """
    words = _words(name, prefixes)
    while len(words) > 1 and (words[-1] in _VARIANTS or words[-1].isdigit()):
        words.pop()
    if not words:
        raise ValueError(f"{name!r} has no letter or digit for a brand key")
    return "".join(words)


def is_reported(key: str) -> bool:
    """Return whether a brand key belongs to a brand that the photo evaluation reports on.

    >>> is_reported("googlecloud"), is_reported("ford"), is_reported("fordefi")
    (True, True, False)
    """
    return key in _REPORTED_KEYS or key.startswith(_REPORTED_FAMILIES)


def _words(name: str, prefixes: Iterable[str]) -> list[str]:
    """Return the lower-case ASCII words of a name, each of a-z and 0-9 alone."""
    folded = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower().strip()
    for prefix in prefixes:
        folded = folded.removeprefix(prefix)
    if folded.startswith("."):
        folded = f"dot{folded}"
    for sign, word in _WORDS:
        folded = folded.replace(sign, word)
    cleaned = (re.sub(r"[^a-z0-9]", "", word) for word in _SEPARATORS.split(folded))
    return [word for word in cleaned if word]
