"""Weights are used only when their hash is the card's."""

from dataclasses import replace
from pathlib import Path

import pytest

from models.cards import LITE0, WeightsFile
from models.errors import WeightsMismatchError
from models.weights_file import check_sha256, locate_weights, shipped_file, verified_weights

assert LITE0.projection is not None
PROJECTION = LITE0.projection


def test_the_shipped_files_are_the_ones_the_card_names() -> None:
    assert verified_weights(LITE0.weights).stat().st_size > 10_000_000
    assert verified_weights(PROJECTION) == shipped_file(PROJECTION.file)


@pytest.mark.parametrize("weights", [LITE0.weights, PROJECTION], ids=["in a package", "shipped"])
def test_another_hash_is_refused(weights: WeightsFile) -> None:
    with pytest.raises(WeightsMismatchError, match="expected sha256 000000000000"):
        verified_weights(replace(weights, sha256="0" * 64))


def test_one_changed_byte_is_refused(tmp_path: Path) -> None:
    copy = tmp_path / "weights"
    data = bytearray(shipped_file(PROJECTION.file).read_bytes())
    data[-1] ^= 1
    copy.write_bytes(data)
    with pytest.raises(WeightsMismatchError):
        check_sha256(copy, PROJECTION.sha256)


def test_missing_package_and_missing_file_are_named() -> None:
    with pytest.raises(WeightsMismatchError, match="no_such_package is not installed"):
        locate_weights(replace(LITE0.weights, package="no_such_package"))
    with pytest.raises(WeightsMismatchError, match=r"carries no file nothing\.pth"):
        locate_weights(replace(LITE0.weights, file="nothing.pth"))
    with pytest.raises(WeightsMismatchError, match=r"nothing\.safetensors is missing"):
        verified_weights(replace(PROJECTION, file="nothing.safetensors"))
