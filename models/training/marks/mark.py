"""One training mark: what it is called, whose it is, and on which side of the split it stands.

It carries no pixels: `MarkStore.rgba` has them.
"""

from dataclasses import dataclass
from typing import Final

SPLITS: Final = ("train", "validation", "test", "excluded")


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark of the training pipeline.

    Attributes:
        identity: Unique: the source, a colon and the name there ("logos:adobe-icon").
        brand: The brand's key, the same in every package ("adobe"); a pictogram, which is nobody's,
            is its own brand, and a synthetic wordmark's brand is its word ("wordmarks:nova").
        source: The package without its scope ("logos"), or "wordmarks".
        split: "train", "validation", "test"; "excluded" for a mark that looks like one of a side
            that must not be seen, and is therefore on no side.
        tinted: Whether it is one neutral shape whose colour may be chosen freely; otherwise it
            carries its own colours.
    """

    identity: str
    brand: str
    source: str
    split: str
    tinted: bool

    def __post_init__(self) -> None:
        if not self.identity.startswith(f"{self.source}:") or not self.source:
            raise ValueError(f"{self.identity!r} is not an identity of the source {self.source!r}")
        if not self.brand:
            raise ValueError(f"{self.identity} has no brand")
        if self.split not in SPLITS:
            raise ValueError(f"{self.identity}: {self.split!r} is not one of {', '.join(SPLITS)}")
