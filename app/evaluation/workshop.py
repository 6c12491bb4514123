"""Held-out marks and composites of them, borrowed from the training pipeline.

    prepared marks ─▶ test marks and the gallery around them ─▶ clean pictures, enrolled
    ordinary photos that only report ─▶ compositor ─▶ scenes, the queries

The training pipeline is loaded when a suite that needs it runs, and never when the command starts.
Photos that fed the training composites never take part here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app.domain.errors import InvalidInputError
from app.evaluation.contenders.roles import ReferenceImage
from models.regions import Photo

if TYPE_CHECKING:
    from models.training.marks.mark import Mark

CLEAN_SOURCE = "simple-icons"
_LONG_SIDE = 800  # of a composite, in pixels: the photo that speed is stated for
_PAD = 15  # pixels around a mark of 192: a brand's picture of its mark is not cut to the ink
_PALE = 0.85 * 255


class Marks(Protocol):
    """The prepared marks."""

    @property
    def marks(self) -> "tuple[Mark, ...]":
        """All of them."""

    def rgba(self, mark: "Mark") -> NDArray[np.uint8]:
        """Return `(h, w, 4)` of a mark, straight alpha."""

    def group(self, mark: "Mark") -> int:
        """Return the number that marks of one brand or one picture share."""


class Placed(Protocol):
    """A mark in a scene."""

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Where it is."""

    @property
    def technique(self) -> str:
        """How it is on the goods."""

    @property
    def share(self) -> float:
        """Its longer side over the photo's short side."""


class Scene(Protocol):
    """A finished photo and what is in it."""

    @property
    def photo(self) -> Photo:
        """`(H, W, 3)` uint8."""

    @property
    def placed(self) -> Sequence[Placed]:
        """The marks that can be seen."""


class SceneMaker(Protocol):
    """The compositor."""

    def scene(
        self,
        rng: np.random.Generator,
        marks: "Sequence[Mark]",
        *,
        share: float | None = None,
        technique: str | None = None,
        trick: str | None = None,
        long_side: int = 512,
    ) -> Scene:
        """Put the marks into one photo."""


@dataclass(frozen=True, slots=True, eq=False)
class Workshop:
    """Marks, a compositor over some photos, and the words it knows.

    `sources` are the icon sets of brands' marks, without pictograms and made-up words.
    """

    store: Marks
    scenes: SceneMaker
    techniques: tuple[str, ...]
    tricks: tuple[str, ...]
    sources: frozenset[str]

    def test_marks(self) -> "list[Mark]":
        """Return the brands' marks that no training step has seen."""
        return [m for m in self.store.marks if m.split == "test" and m.source in self.sources]

    def gallery(self, every_nth: int) -> "list[Mark]":
        """Return all test marks and, thinned, every other mark of the large clean icon set."""
        tested = self.test_marks()
        known = {mark.identity for mark in tested}
        others = [
            m for m in self.store.marks if m.source == CLEAN_SOURCE and m.identity not in known
        ]
        return tested + others[::every_nth]

    def twins(self, gallery: "Sequence[Mark]") -> dict[str, tuple[str, ...]]:
        """Return, for each mark, the others of its brand or picture: neither right nor wrong."""
        members: dict[int, list[str]] = {}
        for mark in gallery:
            members.setdefault(self.store.group(mark), []).append(mark.identity)
        return {
            name: tuple(other for other in names if other != name)
            for names in members.values()
            for name in names
        }

    def references(self, gallery: "Sequence[Mark]", folder: Path) -> list[ReferenceImage]:
        """Write a clean picture of every mark and return them as references."""
        folder.mkdir(parents=True, exist_ok=True)
        references = []
        for number, mark in enumerate(gallery):
            path = folder / f"{number:05d}.png"
            picture = clean_picture(self.store.rgba(mark), tinted=mark.tinted)
            Image.fromarray(picture).save(path, compress_level=1)
            references.append(ReferenceImage(mark.identity, path))
        return references

    def one(
        self, seed: Sequence[int], mark: "Mark", share: float | None, trick: str | None
    ) -> tuple[Photo, Placed] | None:
        """Return a scene with the one mark in it, the same for equal seeds.

        `None` when the compositor does not manage to show it; whoever asks has to count those.
        """
        for attempt in range(12):
            rng = np.random.default_rng([*seed, attempt])
            scene = self.scenes.scene(rng, [mark], share=share, trick=trick, long_side=_LONG_SIDE)
            if len(scene.placed) == 1:
                return scene.photo, scene.placed[0]
        return None


OpenWorkshop = Callable[[Path | None, Sequence[Photo]], Workshop]


def open_workshop(folder: Path | None, photos: Sequence[Photo]) -> Workshop:
    """Open the prepared marks and a compositor over the photos.

    Raises:
        InvalidInputError: no folder was named, or it is not prepared, or packages are missing.
    """
    if folder is None:
        raise InvalidInputError("this suite needs prepared marks: name their folder with --marks")
    try:
        from models.training.compositing.names import TECHNIQUES, TRICKS  # noqa: PLC0415
        from models.training.compositing.scene import Compositor  # noqa: PLC0415
        from models.training.marks.errors import StoreError  # noqa: PLC0415
        from models.training.marks.packages import BRAND_PACKAGES  # noqa: PLC0415
        from models.training.marks.store import MarkStore  # noqa: PLC0415
    except ImportError as error:
        raise InvalidInputError(
            "this suite needs the training packages: pip install 'touchstone[training]'"
        ) from error
    try:
        store = MarkStore.open(folder)
    except StoreError as error:
        raise InvalidInputError(str(error)) from error
    sources = frozenset(package.source for package in BRAND_PACKAGES)
    return Workshop(store, Compositor(store, photos), TECHNIQUES, TRICKS, sources)


def clean_picture(rgba: NDArray[np.uint8], *, tinted: bool) -> Photo:
    """Return a mark as a brand would hand it in: on white, a pale one on black.

    Args:
        rgba: `(h, w, 4)`, straight alpha.
        tinted: whether it has no colour of its own, and is then black.

    Returns:
        `(h + 30, w + 30, 3)` uint8.
    """
    alpha = rgba[..., 3:].astype(np.float32) / 255
    visible = rgba[..., 3] > 127
    pale = not tinted and visible.any() and float(rgba[visible][:, :3].mean()) > _PALE
    ground = 8.0 if pale else 252.0
    ink = rgba[..., :3].astype(np.float32) * (0 if tinted else 1)
    mixed = ink * alpha + ground * (1 - alpha)
    padded = np.pad(mixed, ((_PAD, _PAD), (_PAD, _PAD), (0, 0)), constant_values=ground)
    return np.asarray(np.round(padded), np.uint8)
