"""Names and texts as they are stored and compared.

A name is kept with its white space collapsed and compared case-folded. A text no database can hold
(a zero character, half of a surrogate pair, which both reach us through JSON or odd file names) is
refused in a name, since a name must come back exactly, and replaced in a remark.
"""

from collections.abc import Iterable

from app.domain.errors import InvalidInputError

# PostgreSQL refuses index entries above 2,704 bytes; 500 characters are at most 2,000.
NAME_LIMIT = 500


def storable(text: str) -> str:
    r"""Return the text with what no database can hold replaced.

    >>> storable("a\x00b")
    'a\ufffdb'
    """
    return (
        text.replace("\x00", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    )


def display_name(text: str) -> str:
    """Return the name with white space collapsed.

    >>> display_name("  Screw   Love ")
    'Screw Love'

    Raises:
        InvalidInputError: when it is empty, too long, or holds what no database can.
    """
    name = " ".join(text.split())
    if not name:
        raise InvalidInputError("a name must not be empty")
    if storable(name) != name:
        raise InvalidInputError("a name must not hold zero characters or broken Unicode")
    if len(name.casefold()) > NAME_LIMIT:
        raise InvalidInputError(f"a name must not be longer than {NAME_LIMIT} characters")
    return name


def name_key(text: str) -> str:
    """Return what two names must share to be the same name.

    >>> name_key("STRASSE ") == name_key("Straße")
    True
    """
    return " ".join(text.split()).casefold()


def unique_names(*groups: Iterable[str]) -> list[str]:
    """Return the names of all groups in order, each once, blank ones left out.

    >>> unique_names(["Screw Love"], ["screw  love", "", "LOVE"])
    ['Screw Love', 'LOVE']
    """
    kept: dict[str, str] = {}
    for group in groups:
        for name in group:
            if name.strip():
                kept.setdefault(name_key(name), display_name(name))
    return [*kept.values()]
