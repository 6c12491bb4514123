"""What the machine can do: matrix products and copies as contestants, and how to name it."""

import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from app.evaluation.speed.floors import Rates
from app.evaluation.speed.rounds import Contestant, Figures, paced
from models.costs.matrix_product import Precision, matrix_products

_PRODUCT, COPY = "product", "copy"
_LIBRARIES = ("torch", "openvino", "numpy", "opencv-python-headless", "faiss-cpu", "pillow")


@dataclass(frozen=True, slots=True)
class MachineSizes:
    """How large the measured matrices and the copied block are."""

    matrix_side: int = 4096
    copy_bytes: int = 512 * 2**20


def machine_contestants(
    precisions: Iterable[Precision], sizes: MachineSizes
) -> dict[str, Contestant]:
    """Return a contestant for every library that multiplies, and one that copies."""
    found: dict[str, Contestant] = {}
    for precision in precisions:
        for library, run in matrix_products(precision, sizes.matrix_side).items():
            found[f"{_PRODUCT} {precision} {library}"] = paced(run, sizes.matrix_side**3)
    found[COPY] = _copying(sizes.copy_bytes)
    return found


def rates_of(laps: Mapping[str, Sequence[Figures]]) -> Rates:
    """Return the rates: of each precision that of its fastest library, medians over the rounds."""
    fastest: dict[str, float] = {}
    for name, figures in laps.items():
        kind, *rest = name.split(" ")
        if kind == _PRODUCT:
            rate = median(lap["rate"] for lap in figures)
            fastest[rest[0]] = max(rate, fastest.get(rest[0], 0.0))
    return Rates(fastest, median(lap["rate"] for lap in laps[COPY]))


def rate_rows(laps: Mapping[str, Sequence[Figures]]) -> dict[str, dict[str, float]]:
    """Return, for each product and the copy, the median and the best rate a second."""
    rows = {}
    for name, figures in laps.items():
        if name == COPY or name.startswith(f"{_PRODUCT} "):
            rates = [lap["rate"] for lap in figures]
            rows[name] = {"median": median(rates), "best": max(rates)}
    return rows


def describe_machine() -> dict[str, Any]:
    """Return the processor, its cores, how busy it is, and the libraries' versions."""
    busy = [round(load, 2) for load in os.getloadavg()] if hasattr(os, "getloadavg") else []
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load_average": busy,
        "python": platform.python_version(),
        "libraries": {name: found for name in _LIBRARIES if (found := _version(name))},
    }


def _copying(size: int) -> Contestant:
    """Copy a block with every core; each byte is read once and written once."""
    cores = os.cpu_count() or 1
    source, target = np.ones(size, np.uint8), np.zeros(size, np.uint8)
    parts = list(zip(np.array_split(source, cores), np.array_split(target, cores), strict=True))
    pool = ThreadPoolExecutor(cores)
    return paced(partial(_copy_parts, pool, parts), 2 * size)


def _copy_parts(pool: ThreadPoolExecutor, parts: Sequence[tuple[Any, Any]]) -> None:
    list(pool.map(lambda part: np.copyto(part[1], part[0]), parts))


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or platform.machine())


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return ""
