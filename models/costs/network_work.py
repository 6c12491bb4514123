"""Counts what a network does, from the operations that torch is really asked for.

    count_work(lambda: embedder.embed(regions)) ─▶ NetworkWork

Counting happens while the call runs, through torch's dispatcher, with the formulas of
`torch.utils.flop_counter`, so it is exact for the shapes at hand and needs no description of the
network. Convolutions and matrix products are counted; additions, activations and pooling, a few
per mille of a convolutional network, are not. Taps that fall on padding count like any other, as
is usual.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry


@dataclass(frozen=True, slots=True)
class NetworkWork:
    """The work of one call, in numbers; how many bytes a number takes is the runtime's affair.

    `weights` are read once by each layer that uses them. `maps` are the inputs that layers read
    and the outputs that they write, so a map between two layers counts twice.
    """

    multiply_adds: int = 0
    weights: int = 0
    maps: int = 0

    def __post_init__(self) -> None:
        if min(self.multiply_adds, self.weights, self.maps) < 0:
            raise ValueError("work is never negative")


def count_work(call: Callable[[], object]) -> NetworkWork:
    """Return the work of everything that torch does in this thread while `call` runs.

    A call that never reaches torch has none.

    >>> import torch
    >>> layer = torch.nn.Conv2d(3, 8, kernel_size=3, bias=False)
    >>> count_work(lambda: layer(torch.zeros(1, 3, 6, 6)))  # 4 x 4 places, 8 outputs, 27 taps
    NetworkWork(multiply_adds=3456, weights=216, maps=236)
    """
    with _Counter() as counter:
        call()
    return NetworkWork(counter.multiply_adds, counter.weights, counter.maps)


class _Counter(TorchDispatchMode):  # type: ignore[no-untyped-call]
    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.multiply_adds = self.weights = self.maps = 0

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        named = kwargs or {}
        formula = flop_registry.get(func.overloadpacket)
        if formula is None:
            # In inference mode `linear` and `conv2d` arrive whole; their parts are what is known.
            with self:
                done = func.decompose(*args, **named)
            return func(*args, **named) if done is NotImplemented else done
        out = func(*args, **named)
        self.multiply_adds += formula(*args, **named, out_val=out) // 2
        tensors = [arg for arg in args if isinstance(arg, Tensor) and arg.ndim > 1]
        self.weights += tensors[1].numel()  # (input, weight), a bias has one dimension
        self.maps += tensors[0].numel() + out.numel()
        return out
