"""The geometric check: does a reference's local structure lie in a region of a photo, and how?

    photo, box ──────▶ view ─▶ key points ─┐
                                           ├─▶ pairs ─▶ one transform that many pairs share
    reference, box ──▶ view ─▶ key points ─┘            ─▶ plausible? ─▶ `Agreement`
                       as is, mirrored, inverted, both

An embedding says that two pictures look alike as a whole; this says that their parts sit in the
same places, which other marks of the same round shape or colour do not. It knows no thresholds and
no motifs: what an agreement is worth is decided by those who measured it, in `app`.
"""

from models.geometry.agreement import Agreement
from models.geometry.second_look import ReferenceLook, WholePhoto, look_again
from models.geometry.view import OF_PHOTOS, OF_REGIONS, Detail

__all__ = [
    "OF_PHOTOS",
    "OF_REGIONS",
    "Agreement",
    "Detail",
    "ReferenceLook",
    "WholePhoto",
    "look_again",
]
