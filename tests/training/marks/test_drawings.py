"""What is read from a package, and what its table leaves out."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from models.training.marks.drawings import read_drawings
from models.training.marks.errors import PackageRefusedError
from models.training.marks.fetching import check_archive
from models.training.marks.packages import IconPackage, Layout
from tests.training.marks.samples import CROSS, Members, archive, iconify, place

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 12"><path d="M0 0h9v9z"/></svg>'


def _package(cache: Path, members: Members, layout: Layout = "iconify") -> IconPackage:
    return IconPackage(place(archive(members), cache), layout=layout)


def _names(package: IconPackage, cache: Path, held_out: tuple[str, ...] = ()) -> list[str]:
    path = check_archive(package.npm, cache)
    return [drawing.name for drawing in read_drawings(package, path, held_out)]


def test_hidden_icons_are_gone(tmp_path: Path) -> None:
    package = _package(tmp_path, iconify({"b": CROSS, "a": CROSS, "old": CROSS}, hidden=("old",)))
    assert _names(package, tmp_path) == ["a", "b"]


def test_titles_name_the_brands_of_simple_icons(tmp_path: Path) -> None:
    table = json.dumps([{"title": "Node.js", "slug": "nodedotjs"}]).encode()
    members = {"data/simple-icons.json": table, "icons/nodedotjs.svg": SVG}
    package = _package(tmp_path, members, "simple-icons")
    (drawing,) = read_drawings(package, check_archive(package.npm, tmp_path))
    assert (drawing.name, drawing.brand) == ("nodedotjs", "nodejs")
    assert (drawing.width, drawing.height) == (24, 12)


def test_a_folder_of_svgs_is_read_by_file(tmp_path: Path) -> None:
    package = _package(tmp_path, {"images/svg/a_b.svg": SVG, "README.md": b""}, "svg-folder")
    (drawing,) = read_drawings(package, check_archive(package.npm, tmp_path))
    assert (drawing.name, drawing.brand) == ("a_b", "ab")


def test_variants_and_categories_are_left_out(tmp_path: Path) -> None:
    members = iconify({"man-running": CROSS, "flag": CROSS, "cherry": CROSS, "woman": CROSS})
    members["metadata.json"] = json.dumps({"categories": {"Flags": ["flag"]}}).encode()
    package = replace(
        _package(tmp_path, members),
        leave_out=r"(?:^|-)(?:man|woman)(?:-|$)",
        leave_out_category="Flags",
        pictograms=True,
    )
    (drawing,) = read_drawings(package, check_archive(package.npm, tmp_path))
    assert (drawing.name, drawing.brand) == ("cherry", "tiny:cherry")


def test_a_sample_is_always_the_same(tmp_path: Path) -> None:
    package = _package(tmp_path, iconify({f"icon-{n}": CROSS for n in "abcdefghij"}))
    some = _names(replace(package, limit=4), tmp_path)
    assert len(some) == 4
    assert some == _names(replace(package, limit=4), tmp_path)
    assert set(some) < set(_names(replace(package, limit=6), tmp_path))


def test_names_that_hold_a_brand_are_left_out(tmp_path: Path) -> None:
    icons = dict.fromkeys(["red-bull-tv", "redbullish", "hp-print", "bullseye"], CROSS)
    package = replace(_package(tmp_path, iconify(icons)), shy_of_brands=True)
    held_out = ("redbull", "hp")  # the second is too short to mean the brand
    assert _names(package, tmp_path, held_out) == ["bullseye", "hp-print", "redbullish"]


@pytest.mark.parametrize("members", [{"other.json": b"{}"}, {"icons.json": b"{"}])
def test_another_layout_is_refused(tmp_path: Path, members: Members) -> None:
    package = _package(tmp_path, members)
    with pytest.raises(PackageRefusedError, match="not laid out as iconify"):
        _names(package, tmp_path)
