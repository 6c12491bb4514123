"""One brand, one key, however an icon set spells it."""

import csv
from pathlib import Path

import pytest

from models.training.marks.brands import brand_key, is_reported

ROOT = Path(__file__).parents[3]
PHOTO_SPLIT = ROOT / "app" / "evaluation" / "split_files" / "flickrlogos27.csv"


@pytest.mark.parametrize(
    ("spellings", "key"),
    [
        (["Coca-Cola", "coca-cola", "cocacola-wordmark", "Coca Cola"], "cocacola"),
        (["McDonald's", "mcdonalds", "mcdonalds-icon", "mcdonalds-logo-2-block"], "mcdonalds"),
        (["Nike", "nike-logo-solid", "nike_old"], "nike"),
        (["Citroën", "citroen-dark"], "citroen"),
        (["adobe-photoshop-icon", "Adobe Photoshop", "adobephotoshop"], "adobephotoshop"),
        (["Node.js", "node-js", "nodejs-icon-alt"], "nodejs"),
        (["C#", "c-sharp"], "csharp"),
        (["Line", "line-logo", "line"], "line"),  # a variant's word may be all there is
        (["1Password", "1password"], "1password"),
        (["Windows 11", "windows-8"], "windows"),
    ],
)
def test_spellings_agree(spellings: list[str], key: str) -> None:
    assert {brand_key(spelling) for spelling in spellings} == {key}


def test_a_package_may_have_beginnings_of_its_own() -> None:
    assert brand_key("square-twitter", ["square-", "cc-"]) == "twitter"
    assert brand_key("square-enix") == "squareenix"


def test_a_name_without_letters_is_refused() -> None:
    with pytest.raises(ValueError, match="no letter or digit"):
        brand_key("株式会社")


def test_every_brand_that_photos_report_on_is_reported_and_no_other() -> None:
    with PHOTO_SPLIT.open(newline="") as file:
        parts = {brand_key(row["brand"]): row["part"] for row in csv.DictReader(file)}
    assert len(parts) == 27
    assert {key for key in parts if is_reported(key)} == {
        key for key, part in parts.items() if part == "report"
    }


@pytest.mark.parametrize("key", ["googlechrome", "pepsico", "hp", "bmwm", "fedexexpress"])
def test_families_are_reported(key: str) -> None:
    assert is_reported(key)


@pytest.mark.parametrize("key", ["hpx", "fordefi", "nike", "mini"])
def test_strangers_are_not_reported(key: str) -> None:
    assert not is_reported(key)
