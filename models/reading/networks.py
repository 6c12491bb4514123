"""Starts PP-OCR's two networks through rapidocr; the one file that imports it.

rapidocr's own pre- and post-processing is used as it is. Its OpenVINO session is not: that holds
one request whose output the next call overwrites, so it is replaced by a pool. Paths are always
given, because rapidocr downloads whatever it is not given.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.errors import RuntimeUnavailableError
from models.regions import Photo

Floats = NDArray[np.float32]
_LARGEST = 8192  # the detector's own limit is not to shrink what was fitted already


@dataclass(frozen=True, slots=True, eq=False)
class Networks:
    """A started detector and recogniser; safe to share between threads."""

    detector: Any
    recogniser: Any
    task: Any

    def detect(self, bgr: Photo) -> Floats:
        """Return `(lines, 4, 2)` corners in pixels of a picture, none where there is no text."""
        boxes = self.detector(np.ascontiguousarray(bgr)).boxes
        return np.zeros((0, 4, 2), np.float32) if boxes is None else np.asarray(boxes, np.float32)

    def recognise(self, pieces: Sequence[Photo]) -> list[tuple[str, float]]:
        """Return text and confidence of levelled BGR pictures of one line each."""
        contiguous = [np.ascontiguousarray(piece) for piece in pieces]
        answer = self.recogniser(self.task(img=contiguous))
        return list(zip(answer.txts, answer.scores, strict=True))


def start_networks(detector: Path, recogniser: Path, *, threads: int) -> Networks:
    """Compile both networks.

    Raises:
        RuntimeUnavailableError: when there is neither OpenVINO nor ONNX Runtime.
    """
    from rapidocr.ch_ppocr_det import TextDetector  # noqa: PLC0415  a second, and only if we read
    from rapidocr.ch_ppocr_rec import TextRecInput, TextRecognizer  # noqa: PLC0415
    from rapidocr.utils.log import logger  # noqa: PLC0415

    logger.setLevel("ERROR")  # it has a handler of its own and would tell every path
    settings = _settings(detector, recogniser, threads)
    looks, reads = TextDetector(settings.Det), TextRecognizer(settings.Rec)
    for network in (looks, reads):
        if hasattr(network.session, "get_rt_info_framework"):  # OpenVINO's
            network.session = _PooledSession(network.session.session.get_compiled_model())
    return Networks(looks, reads, TextRecInput)


def _settings(detector: Path, recogniser: Path, threads: int) -> Any:
    import rapidocr  # noqa: PLC0415
    from rapidocr.utils.parse_parameters import ParseParams  # noqa: PLC0415

    engine = _engine()
    values = {
        "Det.engine_type": engine,
        "Rec.engine_type": engine,
        "Det.model_path": str(detector),
        "Rec.model_path": str(recogniser),
        "Det.limit_type": "max",
        "Det.limit_side_len": _LARGEST,
    }
    if threads:
        values["EngineConfig.openvino.inference_num_threads"] = threads
        values["EngineConfig.onnxruntime.intra_op_num_threads"] = threads
    folder = Path(str(rapidocr.__file__)).parent
    settings = ParseParams.update_batch(ParseParams.load(folder / "config.yaml"), values)
    for part in (settings.Det, settings.Rec):
        part.engine_cfg = settings.EngineConfig[engine.value]
        part.model_root_dir = str(folder / "models")
    settings.Rec.font_path = None
    return settings


def _engine() -> Any:
    from rapidocr import EngineType  # noqa: PLC0415

    for engine in (EngineType.OPENVINO, EngineType.ONNXRUNTIME):
        if find_spec(engine.value) is not None:
            return engine
    raise RuntimeUnavailableError("reading needs openvino or onnxruntime; neither is installed")


class _PooledSession:
    """Runs a compiled network for any number of threads, each on a request of its own."""

    def __init__(self, compiled: Any) -> None:
        self._compiled = compiled
        self._free: SimpleQueue[Any] = SimpleQueue()

    def __call__(self, batch: Floats) -> Floats:
        """Return the network's first output."""
        try:
            request = self._free.get_nowait()
        except Empty:
            request = self._compiled.create_infer_request()
        try:
            return np.array(request.infer([batch])[0], np.float32)  # a copy: memory is reused
        finally:
            self._free.put(request)
