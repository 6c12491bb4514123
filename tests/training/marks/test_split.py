"""The committed split is the rule's, and no brand is on two sides."""

from collections import Counter
from pathlib import Path

import pytest

from models.training.marks.brands import brand_key, is_reported
from models.training.marks.errors import PackageRefusedError
from models.training.marks.packages import BRAND_PACKAGES, PICTOGRAM_PACKAGES
from models.training.marks.split import (
    Side,
    check_known,
    held_out_brands,
    make_split,
    read_split,
    side_of,
    write_split,
)


@pytest.fixture(scope="module")
def split() -> dict[str, Side]:
    return read_split()


def test_sides_do_not_drift() -> None:
    # Written down once: a change of seed or of hash would move brands into training.
    assert {brand: side_of(brand) for brand in ("nike", "github", "twitter", "linux")} == {
        "nike": "train",
        "github": "train",
        "twitter": "test",
        "linux": "test",
    }


def test_the_file_is_what_the_rule_makes(split: dict[str, Side]) -> None:
    assert split == make_split({identity: side.brand for identity, side in split.items()})
    assert list(split) == sorted(split)


def test_brands_in_the_file_follow_the_key_rule(split: dict[str, Side]) -> None:
    prefixes = {package.source: package.prefixes for package in BRAND_PACKAGES}
    named = [row for row in split.items() if not row[0].startswith("simple-icons:")]  # by title
    assert len(named) > 10_000
    for identity, side in named:
        source, _, name = identity.partition(":")
        assert brand_key(name, prefixes[source]) == side.brand


def test_no_brand_is_on_two_sides(split: dict[str, Side]) -> None:
    sides = {(side.brand, side.split) for side in split.values()}
    assert len(sides) == len({brand for brand, _ in sides})


def test_reported_brands_are_test(split: dict[str, Side]) -> None:
    reported = [side for side in split.values() if is_reported(side.brand)]
    assert len(reported) > 150
    assert {side.split for side in reported} == {"test"}


def test_the_shares_are_as_meant(split: dict[str, Side]) -> None:
    brands = {side.brand: side.split for side in split.values()}
    shares = {name: n / len(brands) for name, n in Counter(brands.values()).items()}
    assert shares["train"] == pytest.approx(0.80, abs=0.02)
    assert shares["validation"] == pytest.approx(0.05, abs=0.01)
    assert shares["test"] == pytest.approx(0.15, abs=0.02)


def test_the_file_names_brand_packages_alone(split: dict[str, Side]) -> None:
    sources = {identity.partition(":")[0] for identity in split}
    assert sources == {package.source for package in BRAND_PACKAGES}
    assert not sources & {package.source for package in PICTOGRAM_PACKAGES}


def test_a_split_survives_its_file(tmp_path: Path) -> None:
    made = make_split({"logos:nike": "nike", "cib:hp": "hp", "bxl:a,b": "ab"})
    write_split(made, tmp_path / "split.csv")
    assert read_split(tmp_path / "split.csv") == made
    assert made["cib:hp"].split == "test"


def test_another_header_is_refused(tmp_path: Path) -> None:
    (tmp_path / "split.csv").write_text("brand,split\nnike,train\n")
    with pytest.raises(PackageRefusedError, match="identity,brand,split"):
        read_split(tmp_path / "split.csv")


def test_an_unknown_mark_is_refused() -> None:
    with pytest.raises(PackageRefusedError, match="logos:new first"):
        check_known(["logos:nike", "logos:new"], {"logos:nike": Side("nike", "train")})


def test_held_out_brands_are_those_not_trained_on() -> None:
    sides = {"a:x": Side("x", "train"), "a:y": Side("y", "test"), "b:z": Side("z", "validation")}
    assert held_out_brands(sides) == {"y", "z"}
