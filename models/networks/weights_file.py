"""How the weights of a network are kept: float16 safetensors with one line that says whose."""

from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn


def save_half(network: nn.Module, path: Path, kind: str, described: str) -> None:
    """Write the weights as float16 safetensors whose one metadata entry is `kind: described`.

    One entry, since several would be written in any order and equal weights would differ in hash.

    Raises:
        ValueError: when a weight has no finite float16 value; nothing is written then.
    """
    half = {name: t.detach().cpu().half().contiguous() for name, t in network.state_dict().items()}
    for name, tensor in half.items():
        if not bool(torch.isfinite(tensor).all()):
            raise ValueError(f"{name} does not fit into float16")
    partial = path.with_name(path.name + ".partial")
    save_file(half, partial, {kind: described})
    partial.replace(path)
