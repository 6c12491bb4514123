"""Trees: what the fit's library predicts is what the arrays predict, before and after a file."""

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from models.concealment.trees import Trees
from models.concealment.weights import KINDS, load_trees, save_trees
from models.errors import WeightsMismatchError
from models.training.concealment.fitting import exported, fit_shapes, fit_windows
from models.training.concealment.samples import Ground, box_in, concealed, saved_again
from tests.images import photo_array


def stump(value: float = 1.0) -> Trees:
    """Adds `value` where feature 0 is above one half, and takes it away elsewhere."""
    nodes = np.array([[0, 0, 0]], np.int32)
    return Trees(
        nodes,
        np.array([[0.5, 0, 0]], np.float32),
        np.array([[1, 1, 2]], np.int32),
        np.array([[2, 1, 2]], np.int32),
        np.array([[0, -value, value]], np.float32),
        base=0.25,
        depth=3,
    )


def test_a_row_walks_to_its_leaf_and_stays() -> None:
    rows = np.array([[0.4], [0.5], [0.6]], np.float32)
    assert stump().log_odds(rows).tolist() == [-0.75, -0.75, 1.25]


def test_a_tree_that_points_outside_itself_is_refused() -> None:
    good = stump()
    with pytest.raises(ValueError, match="outside"):
        Trees(good.feature, good.threshold, good.left + 2, good.right, good.value, 0.0, 1)


def test_trees_say_what_the_library_says() -> None:
    sklearn = pytest.importorskip("sklearn.ensemble")
    draw = np.random.default_rng(0)
    rows = draw.normal(size=(600, 4)).astype(np.float32)
    truth = rows[:, 0] * rows[:, 1] + 0.3 * draw.normal(size=600) > 0
    model = sklearn.HistGradientBoostingClassifier(max_iter=20).fit(rows, truth)
    assert np.allclose(exported(model).log_odds(rows), model.decision_function(rows), atol=1e-4)


def test_trees_come_back_from_their_file(tmp_path: Path) -> None:
    path = tmp_path / "trees.safetensors"
    save_trees(path, {kind: stump(number + 1) for number, kind in enumerate(KINDS)})
    rows = np.array([[0.9]], np.float32)
    assert [float(trees.log_odds(rows)[0]) for trees in load_trees(path).values()] == [
        1.25,
        2.25,
        3.25,
    ]
    save_file({"a": rows}, path, metadata={"features": "others"})
    with pytest.raises(WeightsMismatchError, match="other features"):
        load_trees(path)


def test_a_fit_learns_from_drawn_photos() -> None:
    pytest.importorskip("sklearn")
    grounds = [Ground(photo_array(seed, (240, 200))) for seed in range(10)]
    rng = np.random.default_rng(0)
    assert fit_shapes(grounds, rng).depth >= 1
    trees = fit_windows(grounds, rng)
    assert set(trees) == {"mosaic", "blur"}
    assert all(one.feature.shape == one.value.shape for one in trees.values())


def test_a_trick_tells_where_it_changed_the_photo() -> None:
    photo, rng = photo_array(2, (240, 200)), np.random.default_rng(1)
    made = concealed(photo, (80, 60, 160, 130), "cover", rng)
    assert made is not None
    changed = made[1]
    assert changed[70:120, 90:150].mean() > 0.8
    assert not changed[:30].any()
    assert concealed(photo, (80, 60, 82, 62), "blur", rng) is None
    assert saved_again(photo, rng).shape == photo.shape
    left, top, right, bottom = box_in(photo, rng)
    assert 0 <= left < right <= 240
    assert 0 <= top < bottom <= 200
