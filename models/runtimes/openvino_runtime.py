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


BATCH = 9  # crops of the fast profile; a full photo's 34 fill four batches but for two places


class OpenVinoRuntime:
    """A network compiled for batches of fixed sizes; requests are pooled, threads run side by side.

    Kernels made for one batch size take a quarter less time than those for any. So crops go
    through in batches of `BATCH`, and what remains one by one where that is less work than filling
    a batch. A network whose own batch size is fixed keeps it.
    """

    def __init__(self, path: Path, *, threads: int = 0, precision: str = "auto") -> None:
        properties: dict[str, Any] = {"PERFORMANCE_HINT": "LATENCY"}
        if threads > 0:
            properties["INFERENCE_NUM_THREADS"] = threads
        if precision == "f32":
            properties["INFERENCE_PRECISION_HINT"] = "f32"
        core = ov.Core()
        model = core.read_model(str(path))
        shape = model.input(0).partial_shape
        sizes = [shape[0].get_length()] if shape[0].is_static else [BATCH, 1]
        self._pools: dict[int, _Requests] = {}
        for size in sizes:
            shape[0] = size
            model.reshape(shape)
            self._pools[size] = _Requests(core.compile_model(model, "CPU", properties))
        kind = self._pools[sizes[0]].compiled.get_property("INFERENCE_PRECISION_HINT")
        self._name = f"openvino-cpu-{kind.get_type_name()}"

    @property
    def name(self) -> str:
        """`openvino-cpu-bf16` or the like: what the processor was really given."""
        return self._name

    def run(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Map `(N, size, size, 3)` RGB crops to `(N, dim)` unit rows."""
        parts = [
            self._pools[size].infer(crops[first : first + size])
            for first, size in batches(len(crops), tuple(self._pools))
        ]
        return np.concatenate(parts)


def batches(count: int, sizes: tuple[int, ...]) -> list[tuple[int, int]]:
    """Return the first place and the batch size of each run over `count` crops.

    Args:
        count: how many crops there are, at least 1.
        sizes: the batch sizes there are, the largest first.

    >>> batches(20, (9, 1))
    [(0, 9), (9, 9), (18, 1), (19, 1)]
    >>> batches(17, (9, 1))  # eight alone would take longer than nine together
    [(0, 9), (9, 9)]
    """
    large, small = sizes[0], sizes[-1]
    whole, rest = divmod(count, large)
    runs = [(place * large, large) for place in range(whole)]
    first = whole * large
    if rest > small * large // 3:
        return [*runs, (first, large)]
    return [*runs, *((place, small) for place in range(first, count, small))]


class _Requests:
    """The free requests of one compiled network."""

    def __init__(self, compiled: Any) -> None:
        self.compiled = compiled
        self._size = compiled.input(0).shape[0]
        self._free: SimpleQueue[Any] = SimpleQueue()

    def infer(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Run at most a batch of crops, the rest of it left blank."""
        try:
            request = self._free.get_nowait()
        except Empty:
            request = self.compiled.create_infer_request()
        try:
            blank = [(0, self._size - len(crops)), (0, 0), (0, 0), (0, 0)]
            output = request.infer([np.pad(crops, blank)])[0]
            # A copy: the request's memory is reused.
            return np.array(output[: len(crops)], dtype=np.float32)
        finally:
            self._free.put(request)


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
