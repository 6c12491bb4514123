"""Runs a network with torch, on the CPU or on a CUDA device, in float32.

It is the reference that the other runtime is measured against, and the one for machines without
OpenVINO.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from models.errors import RuntimeUnavailableError


class TorchRuntime:
    """A network on one torch device."""

    def __init__(self, network: nn.Module, device: str = "cpu") -> None:
        if device.startswith("cuda") and not torch.cuda.is_available():
            raise RuntimeUnavailableError("this torch sees no CUDA device; use runtime 'torch'")
        self._device = torch.device(device)
        self._network = network.to(self._device).eval()

    @property
    def name(self) -> str:
        """`torch-cpu-f32` or the like."""
        return f"torch-{self._device.type}-f32"

    def run(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Map `(N, size, size, 3)` RGB crops to `(N, dim)` unit rows."""
        with torch.inference_mode():
            output = self._network(torch.from_numpy(crops).to(self._device))
        return np.asarray(output.cpu().numpy(), dtype=np.float32)
