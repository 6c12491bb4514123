"""Remembers what was seen in a photo, for callers that meet the same photo again and again.

Sellers share pictures, so a catalogue names many more photos than it has. What is seen in one
depends on its bytes, the model and the gallery, and on nothing that the listing says; the key that
the assessor hands over names all three.
"""

from collections.abc import Callable
from typing import Protocol

from app.domain.assessment import ImageFinding

Look = Callable[[], ImageFinding]


class PhotoMemory(Protocol):
    """Looks at most once at each photo; safe to share between threads."""

    def once(self, key: str, look: Look) -> ImageFinding:
        """Return what `look` said of the photo with this key, calling it only the first time."""


class NoPhotoMemory:
    """Looks every time."""

    def once(self, key: str, look: Look) -> ImageFinding:  # noqa: ARG002  the role's signature
        """Look."""
        return look()
