"""How many crops a second a converted network embeds, by batch size and by number of streams.

What a queue in front of the network could gain by putting the crops of several photos together is
read off these figures, and nothing else: every size is compiled for itself, so a larger batch is
given its best chance.
"""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import openvino as ov


@dataclass(frozen=True, slots=True)
class BatchSpeed:
    """Crops a second of one batch size; `callers` threads on `streams` streams."""

    size: int
    streams: int
    callers: int
    rate: float


def batch_speeds(
    network: Path, sizes: Sequence[int], *, threads: int, seconds: float
) -> list[BatchSpeed]:
    """Measure one stream with one caller and with two, and two streams that share the threads.

    Args:
        network: a converted network, as `converted_network` leaves it.
        sizes: batch sizes.
        threads: of the processor, shared out between the streams.
        seconds: that each figure is measured for.
    """
    return [
        BatchSpeed(size, streams, callers, _rate(network, size, streams, callers, threads, seconds))
        for size in sizes
        for streams, callers in ((1, 1), (1, 2), (2, 2))
    ]


def _rate(
    network: Path, size: int, streams: int, callers: int, threads: int, seconds: float
) -> float:
    core = ov.Core()
    model = core.read_model(str(network))
    shape = model.input(0).partial_shape
    shape[0] = size
    model.reshape(shape)
    properties = {"NUM_STREAMS": str(streams), "INFERENCE_NUM_THREADS": threads}
    compiled = core.compile_model(model, "CPU", properties)
    crops = np.random.default_rng(0).integers(0, 255, tuple(compiled.input(0).shape), np.uint8)
    requests = [compiled.create_infer_request() for _ in range(callers)]
    for request in requests:
        request.infer([crops])  # the first one is slower
    began = time.perf_counter()
    done = [0] * callers

    def call(caller: int) -> None:
        while time.perf_counter() < began + seconds:
            requests[caller].infer([crops])
            done[caller] += size

    running = [threading.Thread(target=call, args=(caller,)) for caller in range(callers)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return sum(done) / (time.perf_counter() - began)
