"""Weights are used only when their hash is the card's."""

from dataclasses import replace
from pathlib import Path

import pytest

from models.cards import LITE0, ModelCard
from models.errors import WeightsMismatchError
from models.weights_file import check_sha256, locate_weights, shipped_file, verified_weights


def test_the_shipped_files_are_the_ones_the_card_names() -> None:
    weights, projection = verified_weights(LITE0)
    assert weights.stat().st_size > 10_000_000
    assert projection == shipped_file(LITE0.projection_file)


@pytest.mark.parametrize(
    "card",
    [replace(LITE0, weights_sha256="0" * 64), replace(LITE0, projection_sha256="0" * 64)],
    ids=["weights", "projection"],
)
def test_another_hash_is_refused(card: ModelCard) -> None:
    with pytest.raises(WeightsMismatchError, match="expected sha256 000000000000"):
        verified_weights(card)


def test_one_changed_byte_is_refused(tmp_path: Path) -> None:
    copy = tmp_path / "weights"
    data = bytearray(shipped_file(LITE0.projection_file).read_bytes())
    data[-1] ^= 1
    copy.write_bytes(data)
    with pytest.raises(WeightsMismatchError):
        check_sha256(copy, LITE0.projection_sha256)


def test_missing_package_and_missing_file_are_named() -> None:
    with pytest.raises(WeightsMismatchError, match="no_such_package is not installed"):
        locate_weights(replace(LITE0, weights_package="no_such_package"))
    with pytest.raises(WeightsMismatchError, match=r"carries no file nothing\.pth"):
        locate_weights(replace(LITE0, weights_file="nothing.pth"))
    with pytest.raises(WeightsMismatchError, match=r"nothing\.safetensors is missing"):
        verified_weights(replace(LITE0, projection_file="nothing.safetensors"))
