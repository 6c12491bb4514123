"""Finds a card's weights on disk and proves that they are the ones the card names.

The upstream package carries a `.pth` file, which is a pickle. Pickles of weights are read only
after their SHA-256 has matched, through torch's restricted unpickler (`weights_only=True`), which
admits tensors and containers and no code. What Touchstone trains itself is safetensors.
"""

import hashlib
from importlib.util import find_spec
from pathlib import Path

from models.cards import WeightsFile
from models.errors import WeightsMismatchError


def locate_weights(weights: WeightsFile) -> Path:
    """Return the path of the file without importing the package that carries it.

    Raises:
        WeightsMismatchError: when the package or the file is not there.
    """
    if not weights.package:
        return shipped_file(weights.file)
    spec = find_spec(weights.package)
    if spec is None or spec.origin is None:
        raise WeightsMismatchError(f"the package {weights.package} is not installed")
    path = Path(spec.origin).parent / weights.file
    if not path.is_file():
        raise WeightsMismatchError(f"{weights.package} carries no file {weights.file}")
    return path


def shipped_file(name: str) -> Path:
    """Return the path of a file under `models/weights/`, whether or not it exists."""
    return Path(__file__).parent / "weights" / name


def verified_weights(weights: WeightsFile) -> Path:
    """Return the path of the file once its hash has matched.

    Raises:
        WeightsMismatchError: naming the file and both hashes.
    """
    path = locate_weights(weights)
    check_sha256(path, weights.sha256)
    return path


def check_sha256(path: Path, expected: str) -> None:
    """Refuse a file whose content is not what was promised.

    Raises:
        WeightsMismatchError: when the file is missing or its hash differs.
    """
    if not path.is_file():
        raise WeightsMismatchError(f"{path.name} is missing")
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != expected:
        raise WeightsMismatchError(
            f"{path.name}: expected sha256 {expected[:12]}…, found {found[:12]}…"
        )
