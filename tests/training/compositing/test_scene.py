"""A scene is its seed's, and says truly what was put where."""

import numpy as np
import pytest
from numpy.typing import NDArray

from models.training.compositing.names import SURFACES, TECHNIQUES, TRICKS
from models.training.compositing.scene import Compositor, Placed, Scene
from models.training.compositing.tricks import Box
from models.training.marks.mark import Mark
from models.training.marks.store import MarkStore
from tests.training.compositing.drawn import grounds

Marks = dict[str, Mark]
Floats = NDArray[np.float32]
LONGEST = 60


def _put(
    compositor: Compositor, mark: Mark, seed: int, technique: str, *tricks: str
) -> tuple[Floats, Floats, Box]:
    """Put a mark into an unworn photo; return the change, the photo and the box."""
    canvas = compositor.ground(np.random.default_rng(seed), 256)
    before = canvas.copy()
    rng = np.random.default_rng(seed + 1)
    box, surface = compositor.put(canvas, mark, LONGEST, technique, tricks, (), rng)
    assert box is not None
    assert surface in SURFACES
    return np.abs(canvas - before).max(axis=2), canvas, box


def _inside(values: Floats, box: Box, margin: int = 0) -> Floats:
    left, top = max(0, box[0] - margin), max(0, box[1] - margin)
    return values[top : box[3] + margin, left : box[2] + margin]


def test_a_scene_is_its_seeds(compositor: Compositor, marks: Marks) -> None:
    def scene(seed: int) -> Scene:
        return compositor.scene(
            np.random.default_rng(seed), list(marks.values())[:3], long_side=200
        )

    for seed in range(4):
        once, again = scene(seed), scene(seed)
        assert np.array_equal(once.photo, again.photo)
        assert once.placed == again.placed
    assert not np.array_equal(scene(0).photo, scene(1).photo)


def test_a_scene_is_a_photo_of_its_size(compositor: Compositor, marks: Marks) -> None:
    scene = compositor.scene(np.random.default_rng(2), [marks["ring"]], long_side=200, trick="none")
    assert scene.photo.dtype == np.uint8
    assert scene.photo.shape == (200, 150, 3)
    assert compositor.scene(np.random.default_rng(2), []).placed == ()


@pytest.mark.parametrize("technique", TECHNIQUES)
def test_a_technique_changes_its_box_and_nothing_far_away(
    technique: str, compositor: Compositor, marks: Marks
) -> None:
    for seed, name in enumerate(["ring", "plate", "nova", "arrow"]):
        change, canvas, box = _put(compositor, marks[name], seed, technique)
        assert _inside(change, box).mean() > 0.004
        _inside(change, box, LONGEST // 2 + 14)[:] = 0
        assert change.max() == 0
        assert 0 <= canvas.min() <= canvas.max() < 1 + 1e-5


@pytest.mark.parametrize("name", ["ring", "bars", "nova"])
def test_a_box_holds_the_mark(name: str, compositor: Compositor, marks: Marks) -> None:
    tight = 0
    for seed in range(12):
        change, _, box = _put(compositor, marks[name], seed, "printed")
        strong = change > 0.5 * change.max()
        assert _inside(strong, box, 1).sum() == strong.sum()
        rows, columns = (np.flatnonzero(strong.any(axis=axis)) for axis in (1, 0))
        seen = (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)
        tight += int(np.abs(np.subtract(seen, box)).max()) <= 4
    assert tight >= 9  # a worn print can be faint at one end


@pytest.mark.parametrize("share", [0.15, 0.3])
def test_the_share_asked_for_is_the_share_got(
    share: float, compositor: Compositor, marks: Marks
) -> None:
    ratios = []
    for seed in range(24):
        mark = list(marks.values())[seed % len(marks)]
        rng = np.random.default_rng(seed)
        (one,) = compositor.scene(
            rng, [mark], share=share, trick="none", technique="printed", long_side=300
        ).placed
        ratios.append(one.share / share)
    assert 0.6 < min(ratios) < max(ratios) < 1.4
    assert np.median(ratios) == pytest.approx(0.95, abs=0.08)


def test_a_share_is_the_boxs_longer_side_over_the_short_side(
    compositor: Compositor, marks: Marks
) -> None:
    for seed in range(6):
        scene = compositor.scene(np.random.default_rng(seed), [marks["nova"], marks["ring"]])
        for one in scene.placed:
            left, top, right, bottom = one.box
            longer = max(right - left, bottom - top)
            assert one.share == pytest.approx(longer / min(scene.photo.shape[:2]))


def test_the_edge_cuts_a_round_mark(compositor: Compositor, marks: Marks) -> None:
    cut = 0
    for seed in range(12):
        rng = np.random.default_rng(seed)
        scene = compositor.scene(rng, [marks["ring"]], share=0.3, trick="edge", long_side=200)
        height, width = scene.photo.shape[:2]
        (one,) = scene.placed
        cut += one.box[0] == 0 or one.box[1] == 0 or one.box[2] == width or one.box[3] == height
        assert one.tricks == ("edge",)
        width_seen, height_seen = one.box[2] - one.box[0], one.box[3] - one.box[1]
        assert min(width_seen, height_seen) < 0.3 * width
    assert cut >= 9  # a ring that a cylinder narrows may just miss it


def test_a_mirrored_mark_is_its_mirror_image_put_down(compositor: Compositor, marks: Marks) -> None:
    for seed in range(4):
        _, mirrored, box = _put(compositor, marks["arrow"], seed, "printed", "mirror")
        _, other, same_box = _put(compositor, marks["arrow-left"], seed, "printed")
        assert np.array_equal(mirrored, other)
        assert box == same_box
        assert not np.array_equal(mirrored, _put(compositor, marks["arrow"], seed, "printed")[1])


def test_a_recoloured_plate_is_no_longer_red(compositor: Compositor, marks: Marks) -> None:
    def red(seed: int, *tricks: str) -> bool:
        _, canvas, box = _put(compositor, marks["plate"], seed, "printed", *tricks)
        colour = np.median(_inside(canvas, box).reshape(-1, 3), axis=0)
        return bool(colour[0] > 1.5 * colour[1:].max())

    seeds = range(20)
    assert sum(red(seed) for seed in seeds) >= 12
    assert sum(red(seed, "recolour") for seed in seeds) <= 5


def test_a_collage_moves_the_box_with_its_mark(compositor: Compositor, marks: Marks) -> None:
    seen = 0
    for seed in range(16):
        rng = np.random.default_rng(seed)
        scene = compositor.scene(
            rng, [marks["plate"]], share=0.4, technique="printed", trick="collage", long_side=300
        )
        (one,) = scene.placed
        assert one.tricks == ("collage",)
        assert one.share < 0.4
        pixels = scene.photo.astype(np.float32)
        red = pixels[..., 0] > 1.5 * pixels[..., 1:].max(axis=2)
        if red.sum() > 60:  # else it was drawn in another colour, or the photo is grey
            seen += 1
            assert _inside(red, one.box, 2).sum() > 0.9 * red.sum()
    assert seen >= 5


def test_tricks_asked_for_are_the_tricks_played(compositor: Compositor, marks: Marks) -> None:
    for trick in TRICKS:
        rng = np.random.default_rng(5)
        (one,) = compositor.scene(rng, [marks["ring"]], share=0.3, trick=trick).placed
        assert one.tricks == (trick,)
    for seed in range(12):
        rng = np.random.default_rng(seed)
        scene = compositor.scene(rng, [marks["ring"]], trick="none", long_side=100)
        assert not any(one.tricks for one in scene.placed)


@pytest.mark.parametrize("trick", ["blur", "mosaic", "sticker", "emoji", "hand", "watermark"])
def test_a_trick_is_played_on_the_box(trick: str, compositor: Compositor, marks: Marks) -> None:
    _, canvas, box = _put(compositor, marks["ring"], 3, "label")
    changed = []
    for seed in range(4):  # fingers may come from a side on which little of the mark lies
        after = canvas.copy()
        compositor.disturb(after, box, (trick,), np.random.default_rng(seed))
        changed.append((_inside(np.abs(after - canvas).max(axis=2), box) > 0.02).mean())
    assert max(changed) > 0.1


@pytest.mark.parametrize("wrong", [{"technique": "painted"}, {"trick": "blurr"}])
def test_a_name_that_does_not_exist_is_refused(
    wrong: dict[str, str], compositor: Compositor, marks: Marks
) -> None:
    with pytest.raises(ValueError, match="there are"):
        compositor.scene(
            np.random.default_rng(0),
            [marks["ring"]],
            technique=wrong.get("technique"),
            trick=wrong.get("trick"),
        )


def test_a_compositor_needs_photos(store: MarkStore) -> None:
    with pytest.raises(ValueError, match="photos"):
        Compositor(store, [])


@pytest.mark.parametrize("box", [(5, 5, 5, 9), (-1, 0, 5, 5), (0, 9, 5, 5)])
def test_a_place_without_area_is_refused(box: Box) -> None:
    with pytest.raises(ValueError, match="not a place"):
        Placed("a:b", box, "printed", "flat", (), 0.2)


def test_a_box_outside_its_photo_is_refused() -> None:
    one = Placed("a:b", (0, 0, 50, 20), "printed", "flat", (), 0.2)
    with pytest.raises(ValueError, match="outside"):
        Scene(grounds(1, (40, 40))[0], (one,))
