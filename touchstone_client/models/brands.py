"""What the API is sent and answers with: brands.

Made from docs/openapi.json by `python -m scripts.make_client`; not to be changed by hand.
"""

from touchstone_client.base import Received, Sent


class BrandCreate(Sent):
    """A brand to register."""

    name: str
    """Its name, unique without regard to case."""
    aliases: tuple[str, ...] = ()
    """Other names it goes by."""


class BrandPublic(Received):
    """A registered brand."""

    id: str
    """The brand's id."""
    name: str
    """Its name."""
    aliases: tuple[str, ...]
    """Other names it goes by."""


class BrandPage(Received):
    """Brands, oldest first."""

    items: tuple[BrandPublic, ...]
    """The page's items, in the list's order."""
    next_cursor: str | None
    """Pass it as `cursor` to get the next page; null on the last page."""


class BrandUpdate(Sent):
    """New values for a brand; a field that is absent or null stays as it is."""

    name: str | None = None
    """A new name."""
    aliases: tuple[str, ...] | None = None
    """All of its other names, replacing the old."""
