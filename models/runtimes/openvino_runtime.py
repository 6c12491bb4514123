"""Runs a network with OpenVINO: five to ten times faster than torch on x86.

The network is converted from torch once and kept as OpenVINO's own format under a cache folder,
named by the weights' hash and the library's version, with a checksum beside it. A cache file that
does not match its checksum is thrown away and made again. Later starts never import torch, which
saves two seconds of every command.

bf16 is taken where the processor has it; `precision="f32"` forbids that.
"""

import hashlib
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

import numpy as np
import openvino as ov
from numpy.typing import NDArray

if TYPE_CHECKING:
    from torch import nn


class OpenVinoRuntime:
    """A compiled network; requests are pooled, so threads run side by side."""

    def __init__(self, path: Path, *, threads: int = 0, precision: str = "auto") -> None:
        properties: dict[str, Any] = {"PERFORMANCE_HINT": "LATENCY"}
        if threads > 0:
            properties["INFERENCE_NUM_THREADS"] = threads
        if precision == "f32":
            properties["INFERENCE_PRECISION_HINT"] = "f32"
        self._compiled = ov.Core().compile_model(str(path), "CPU", properties)
        kind = self._compiled.get_property("INFERENCE_PRECISION_HINT").get_type_name()
        self._name = f"openvino-cpu-{kind}"
        self._requests: SimpleQueue[Any] = SimpleQueue()

    @property
    def name(self) -> str:
        """`openvino-cpu-bf16` or the like: what the processor was really given."""
        return self._name

    def run(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Map `(N, size, size, 3)` RGB crops to `(N, dim)` unit rows."""
        try:
            request = self._requests.get_nowait()
        except Empty:
            request = self._compiled.create_infer_request()
        try:
            output = request.infer([crops])[0]
            return np.array(output, dtype=np.float32)  # a copy: the request's memory is reused
        finally:
            self._requests.put(request)


def converted_network(
    key: str, load: Callable[[], "nn.Module"], shape: tuple[int, int, int, int], cache: Path
) -> Path:
    """Return the path of the converted network, converting it when the cache has none.

    `key` names the network and its weights; `shape` is that of its uint8 input, -1 for any number.

    Two processes that convert at once both succeed: each writes its own files and renames them.
    """
    version = ov.get_version().split("-")[0]
    path = cache / f"{key}-ov{version}.xml"
    if _checksum_fits(path):
        return path
    import torch  # noqa: PLC0415  two seconds that a warm start must not pay

    example = torch.zeros((abs(shape[0]) * 2, *shape[1:]), dtype=torch.uint8)
    with warnings.catch_warnings():
        # The converter traces with torch.jit, which torch has deprecated: its affair, not ours.
        warnings.simplefilter("ignore")
        model = ov.convert_model(load(), example_input=example)
    model.reshape(list(shape))
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as scratch:
        made = Path(scratch) / path.name
        ov.save_model(model, made, compress_to_fp16=False)
        made.with_suffix(".sha256").write_text(_checksum(made))
        for suffix in (".bin", ".sha256", ".xml"):
            made.with_suffix(suffix).replace(path.with_suffix(suffix))
    return path


def _checksum(path: Path) -> str:
    digest = hashlib.sha256()
    for suffix in (".xml", ".bin"):
        digest.update(path.with_suffix(suffix).read_bytes())
    return digest.hexdigest()


def _checksum_fits(path: Path) -> bool:
    try:
        return path.with_suffix(".sha256").read_text() == _checksum(path)
    except (OSError, UnicodeDecodeError):
        return False
