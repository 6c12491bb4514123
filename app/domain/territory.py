"""Where goods are sold: countries by their ISO 3166-1 code, and the unions that contracts name.

A contract says `DE`, `EU` or nothing, which is everywhere; a listing says which marketplace it is
on. Codes are compared as the sets of countries that they stand for, so that a contract for the EEA
covers a listing in Norway. A listing's territory may be any text, and one that is no code covers
nothing and is covered by nothing.
"""

from types import MappingProxyType
from typing import Final

from app.domain.errors import InvalidInputError

_EU: Final = frozenset({
    "AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE", "IT", "LV",
    "LT", "LU", "MT", "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE",
})  # fmt: skip
_UNIONS: Final = MappingProxyType({"EU": _EU, "EEA": _EU | {"IS", "LI", "NO"}})
_OTHERWISE: Final = MappingProxyType({"UK": "GB", "EL": "GR"})  # in use, and not ISO's


def territory_code(text: str) -> str:
    """Return a contract's territory as it is kept, empty for everywhere.

    >>> territory_code(" uk "), territory_code("EEA"), territory_code("")
    ('GB', 'EEA', '')

    Raises:
        InvalidInputError: when it is neither two letters nor the name of a union.
    """
    code = text.strip().upper()
    code = _OTHERWISE.get(code, code)
    if code and not _countries(code):
        unions = " or ".join(_UNIONS)
        raise InvalidInputError(
            f"territory {text!r} is no country code of two letters, nor {unions}"
        )
    return code


def covers(territory: str, place: str) -> bool:
    """Tell whether a contract for a territory holds where a listing is.

    >>> covers("EEA", "no"), covers("DE", "EU"), covers("", "anywhere"), covers("DE", "")
    (True, False, True, False)
    """
    code = place.strip().upper()
    countries = _countries(_OTHERWISE.get(code, code))
    return not territory or (bool(countries) and countries <= _countries(territory))


def _countries(code: str) -> frozenset[str]:
    if code in _UNIONS:
        return _UNIONS[code]
    return (
        frozenset({code}) if len(code) == 2 and code.isascii() and code.isalpha() else frozenset()
    )
