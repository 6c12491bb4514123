"""Square matrix products, which show how fast a machine multiplies when nothing holds it up.

    matrix_products("bf16", 4096) ─▶ {"torch": run, "OpenVINO": run}

Several libraries are tried because the fastest one is the machine's rate: a slow library would
make every network look close to its limit. All use as many threads as they choose.
"""

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray

Precision = Literal["f32", "bf16"]
Product = Callable[[], object]


def matrix_products(precision: Precision, side: int) -> dict[str, Product]:
    """Return, by library, calls that each multiply two `(side, side)` matrices.

    One call is `side ** 3` multiply-adds. OpenVINO is left out where it is not installed or does
    not multiply in that precision.
    """
    rng = np.random.default_rng(0)
    left, right = rng.standard_normal((2, side, side), np.float32)
    products = {"torch": _in_torch(left, right, precision)}
    if precision == "f32":
        target = np.empty_like(left)
        products["numpy"] = lambda: np.matmul(left, right, out=target)
    if find_spec("openvino") is not None:
        products |= _in_openvino(left, right, precision)
    return products


def _in_torch(
    left: NDArray[np.float32], right: NDArray[np.float32], precision: Precision
) -> Product:
    kind = torch.bfloat16 if precision == "bf16" else torch.float32
    a, b = (torch.from_numpy(matrix).to(kind) for matrix in (left, right))
    target = torch.empty_like(a)

    def run() -> object:
        with torch.inference_mode():
            return torch.mm(a, b, out=target)

    return run


def _in_openvino(
    left: NDArray[np.float32], right: NDArray[np.float32], precision: Precision
) -> dict[str, Product]:
    import openvino as ov  # noqa: PLC0415  not on every machine
    from openvino import opset13  # noqa: PLC0415

    given = opset13.parameter(list(left.shape), np.float32)
    product = opset13.matmul(given, opset13.constant(right), False, False)
    options: dict[str, Any] = {
        "INFERENCE_PRECISION_HINT": precision,
        "PERFORMANCE_HINT": "LATENCY",
    }
    compiled = ov.Core().compile_model(ov.Model([product], [given]), "CPU", options)
    if compiled.get_property("INFERENCE_PRECISION_HINT").get_type_name() != precision:
        return {}
    request = compiled.create_infer_request()
    return {"OpenVINO": lambda: request.infer([left], share_inputs=True, share_outputs=True)}
