"""A made-up package goes in, and the same pixels come out: in this process and in a forked one."""

import json
import multiprocessing
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from models.training.marks.errors import PackageRefusedError, StoreError
from models.training.marks.journal import Journal
from models.training.marks.mark import Mark
from models.training.marks.packages import IconPackage
from models.training.marks.prepare import brands_of, index_packs, prepare_packages
from models.training.marks.split import Side, make_split
from models.training.marks.store import MarkStore
from tests.training.marks.samples import (
    BLACK_ARROW,
    CROSS,
    NOTHING,
    RED_ARROW,
    TWO_BARS,
    icon_package,
)

ICONS = {"arrow": BLACK_ARROW, "arrow-dark": RED_ARROW, "bars": TWO_BARS, "none": NOTHING}


def _prepare(
    folder: Path, packages: list[IconPackage], split: Mapping[str, Side] | None = None
) -> MarkStore:
    sides = make_split(brands_of(folder, [p for p in packages if not p.pictograms]))
    journal = Journal(folder, progress=False)
    packs = prepare_packages(folder, packages, sides if split is None else split, journal)
    return index_packs(folder, packs, journal)


def _by_name(store: MarkStore) -> dict[str, Mark]:
    return {mark.identity: mark for mark in store.marks}


@pytest.fixture
def store(tmp_path: Path) -> MarkStore:
    return _prepare(tmp_path, [icon_package(tmp_path, ICONS)])


def test_marks_say_whose_they_are(store: MarkStore) -> None:
    marks = _by_name(store)
    assert list(marks) == ["tiny:arrow", "tiny:arrow-dark", "tiny:bars"]
    assert marks["tiny:arrow-dark"].brand == "arrow"
    assert [mark.tinted for mark in store.marks] == [True, False, False]


def test_pixels_survive_the_store(store: MarkStore) -> None:
    marks = _by_name(store)
    arrow, red = store.rgba(marks["tiny:arrow"]), store.rgba(marks["tiny:arrow-dark"])
    assert arrow.shape == (192, 168, 4)
    assert not arrow[..., :3].any()
    np.testing.assert_array_equal(arrow[..., 3], red[..., 3])
    assert tuple(red[96, 30, :3]) == (0xDD, 0x22, 0x11)
    arrow[:] = 7  # the caller's own: the next read does not see this
    assert not store.rgba(marks["tiny:arrow"])[..., :3].any()


def test_a_forked_process_reads_the_same(store: MarkStore) -> None:
    here = [int(store.rgba(mark).sum()) for mark in store.marks]
    context = multiprocessing.get_context("fork")
    results = context.SimpleQueue()

    def work() -> None:
        results.put([int(store.rgba(mark).sum()) for mark in store.marks])

    worker = context.Process(target=work)
    worker.start()
    assert results.get() == here
    worker.join()


def test_what_was_left_out_is_counted(store: MarkStore, tmp_path: Path) -> None:
    assert "tiny: 3 marks; left out: 1 empty" in (tmp_path / "prepare.log").read_text()


def test_a_second_preparation_makes_nothing_anew(tmp_path: Path) -> None:
    package = icon_package(tmp_path, ICONS)
    first = _prepare(tmp_path, [package])
    files = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.[bj]*")}
    again = _prepare(tmp_path, [package])
    assert again.marks == first.marks
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.[bj]*")} == files


def test_two_preparations_are_equal_byte_by_byte(tmp_path: Path) -> None:
    written = []
    for name in ("one", "two"):
        folder = tmp_path / name
        _prepare(folder, [icon_package(folder, ICONS)])
        written.append([(folder / "packs" / "tiny.bin").read_bytes()])
        written[-1].append((folder / "index.json").read_bytes())
    assert written[0] == written[1]


def test_a_half_written_pack_is_made_again(tmp_path: Path) -> None:
    package = icon_package(tmp_path, ICONS)
    _prepare(tmp_path, [package])
    (tmp_path / "packs" / "tiny.json").unlink()
    (tmp_path / "packs" / "tiny.bin").write_bytes(b"half")
    store = _prepare(tmp_path, [package])
    assert store.rgba(store.marks[0]).shape == (192, 168, 4)


def test_a_test_picture_is_not_trained_on_under_another_name(tmp_path: Path) -> None:
    one = icon_package(tmp_path, {"porsche": BLACK_ARROW, "bars": TWO_BARS})
    other = icon_package(tmp_path, {"arrow": RED_ARROW, "cross": CROSS}, name="@made-up/signs")
    split = {
        "tiny:porsche": Side("porsche", "test"),
        "tiny:bars": Side("bars", "train"),
        "signs:arrow": Side("arrow", "train"),
        "signs:cross": Side("cross", "train"),
    }
    store = _prepare(tmp_path, [one, other], split)
    marks = _by_name(store)
    assert marks["signs:arrow"].split == "excluded"
    assert store.group(marks["signs:arrow"]) == store.group(marks["tiny:porsche"])
    assert {mark.identity for mark in store.select("train")} == {"tiny:bars", "signs:cross"}
    assert [mark.identity for mark in store.select("train", ["tiny"])] == ["tiny:bars"]


def test_pictograms_are_trained_on_without_a_split(tmp_path: Path) -> None:
    store = _prepare(tmp_path, [icon_package(tmp_path, {"google": CROSS}, pictograms=True)], {})
    assert store.marks == (Mark("tiny:google", "tiny:google", "tiny", "train", tinted=True),)


def test_a_brand_mark_without_a_side_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PackageRefusedError, match="tiny:arrow first"):
        _prepare(tmp_path, [icon_package(tmp_path, ICONS)], {})


def test_a_folder_that_is_not_prepared_says_so(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="prepare the marks first"):
        MarkStore.open(tmp_path)


@pytest.mark.parametrize("change", [{"format": 0}, {"marks": {}}, {"sources": []}])
def test_a_damaged_index_is_refused(
    store: MarkStore, tmp_path: Path, change: dict[str, object]
) -> None:
    index = json.loads((tmp_path / "index.json").read_text())
    (tmp_path / "index.json").write_text(json.dumps(index | change))
    with pytest.raises(StoreError, match="prepare the marks again"):
        MarkStore.open(tmp_path)


def test_damaged_pictures_are_refused(store: MarkStore, tmp_path: Path) -> None:
    pictures = tmp_path / "packs" / "tiny.bin"
    pictures.write_bytes(bytes(pictures.stat().st_size))
    opened = MarkStore.open(tmp_path)
    with pytest.raises(StoreError, match="damaged"):
        opened.rgba(opened.marks[0])
    pictures.unlink()
    with pytest.raises(StoreError, match="cannot be read"):
        MarkStore.open(tmp_path).rgba(opened.marks[0])


def test_a_strange_mark_is_refused(store: MarkStore) -> None:
    with pytest.raises(StoreError, match="no mark tiny:other"):
        store.rgba(Mark("tiny:other", "other", "tiny", "train", tinted=True))


@pytest.mark.parametrize(
    ("identity", "brand", "split"),
    [("other:a", "a", "train"), ("tiny:a", "", "train"), ("tiny:a", "a", "all")],
)
def test_a_mark_checks_itself(identity: str, brand: str, split: str) -> None:
    with pytest.raises(ValueError, match=r"identity|brand|not one of"):
        Mark(identity, brand, "tiny", split, tinted=True)
