"""Finds a card's weights on disk and proves that they are the ones the card names.

The upstream package carries a `.pth` file, which is a pickle. It is the only pickle Touchstone ever
reads, and it is read only after its SHA-256 has matched the card, through torch's restricted
unpickler (`weights_only=True`), which admits tensors and containers and no code.
"""

import hashlib
from importlib.util import find_spec
from pathlib import Path

from models.cards import ModelCard
from models.errors import WeightsMismatchError


def locate_weights(card: ModelCard) -> Path:
    """Return the path of the card's weights without importing the package that carries them.

    Raises:
        WeightsMismatchError: when the package or the file is not there.
    """
    spec = find_spec(card.weights_package)
    if spec is None or spec.origin is None:
        raise WeightsMismatchError(f"the package {card.weights_package} is not installed")
    path = Path(spec.origin).parent / card.weights_file
    if not path.is_file():
        raise WeightsMismatchError(f"{card.weights_package} carries no file {card.weights_file}")
    return path


def shipped_file(name: str) -> Path:
    """Return the path of a file under `models/weights/`, whether or not it exists."""
    return Path(__file__).parent / "weights" / name


def verified_weights(card: ModelCard) -> tuple[Path, Path]:
    """Return the paths of the card's weights and projection once their hashes have matched.

    Raises:
        WeightsMismatchError: naming the file and both hashes.
    """
    weights, projection = locate_weights(card), shipped_file(card.projection_file)
    check_sha256(weights, card.weights_sha256)
    check_sha256(projection, card.projection_sha256)
    return weights, projection


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
