"""What is timed as a matrix product is one."""

import numpy as np
import pytest
import torch

from models.costs.matrix_product import Precision, matrix_products

SIDE = 32


def numbers(product: object) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """The numbers in any library's answer."""
    if isinstance(product, torch.Tensor):
        return product.float().numpy()
    return np.array(product if isinstance(product, np.ndarray) else product[0])  # type: ignore[index]


@pytest.mark.parametrize(("precision", "tolerance"), [("f32", 1e-4), ("bf16", 0.3)])
def test_every_library_multiplies_the_same_matrices(precision: Precision, tolerance: float) -> None:
    rng = np.random.default_rng(0)
    left, right = rng.standard_normal((2, SIDE, SIDE), np.float32)
    products = matrix_products(precision, SIDE)
    assert "torch" in products
    for library, run in products.items():
        assert np.allclose(numbers(run()), left @ right, atol=tolerance), library


def test_numpy_has_no_bfloat16() -> None:
    assert "numpy" in matrix_products("f32", SIDE)
    assert "numpy" not in matrix_products("bf16", SIDE)
