"""Works out what a photo asks of each stage, by running it once where operations can be counted.

    the service's own regions ─▶ the same networks on torch, counted ─▶ `Work` by stage

Networks run elsewhere in production, but multiply the same numbers: only the bytes of a number
differ, which the runtime's name tells.
"""

from collections.abc import Mapping, Sequence

from app.evaluation.speed.floors import Work, mean_work
from app.media.decoding import decode_image
from app.media.limits import DecodeLimits
from app.services.assessment import Eyes
from models.costs.network_work import NetworkWork, count_work

_FLOAT = 4
_BYTES = {"f32": _FLOAT, "bf16": 2}


def precision_of(runtime: str) -> str:
    """Return the precision that a runtime's name ends with, f32 where it says none.

    >>> precision_of("openvino-cpu-bf16"), precision_of("numpy")
    ('bf16', 'f32')
    """
    last = runtime.rpartition("-")[2]
    return last if last in _BYTES else "f32"


def stage_work(
    photos: Sequence[bytes], eyes: Eyes, plain: Eyes, references: int
) -> tuple[dict[str, Work], float]:
    """Return the mean work of the stages that have any to count, and the mean number of regions.

    Args:
        photos: image files.
        eyes: the service's.
        plain: the same on torch, where operations can be counted.
        references: vectors in the registry.
    """
    seen = [_of_photo(data, eyes, plain, references) for data in photos]
    stages = seen[0][0]
    works = {stage: mean_work([work[stage] for work, _ in seen]) for stage in stages}
    return works, sum(regions for _, regions in seen) / len(seen)


def _of_photo(
    data: bytes, eyes: Eyes, plain: Eyes, references: int
) -> tuple[Mapping[str, Work], int]:
    frame = decode_image(data, DecodeLimits()).frames[0]
    regions = eyes.proposer.propose(frame)
    proposing = count_work(lambda: plain.proposer.propose(frame))
    embedding = count_work(lambda: plain.embedder.embed(regions))
    dim, precision = eyes.embedder.dim, precision_of(getattr(eyes.embedder, "runtime", ""))
    rows = _FLOAT * dim * len(regions)
    works = {
        "decode": Work(0, len(data) + frame.nbytes),
        "embed": _work(embedding, frame.nbytes + rows, precision),
        "search": Work(references * len(regions) * dim, _FLOAT * dim * references + rows),
    }
    if proposing.multiply_adds:  # a grid is drawn without a look at the photo
        works["propose"] = _work(proposing, frame.nbytes, precision)  # one runtime's, for both
    return works, len(regions)


def _work(network: NetworkWork, outside: int, precision: str) -> Work:
    """Return a network's work; `outside` are the bytes of the photo and of the result."""
    each = _BYTES[precision]
    weights = each * network.weights
    layered = outside + weights + each * network.maps if network.multiply_adds else 0
    return Work(network.multiply_adds, outside + weights, layered, precision)
