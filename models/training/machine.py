"""Makes the machine ready for training and says which device to train on.

On a CPU two settings matter beyond the number of threads. glibc hands every tensor above a few MiB
its own fresh pages and gives them back at once, so that a third of a step goes into page faults:
here it is told to keep the memory. And a CUDA device, where there is one, may multiply in TF32.
Nothing here changes a result beyond the rounding of TF32.

What cannot be set from here: torch's threads wait for each other by spinning, which costs half the
speed where other work shares the cores. `OMP_WAIT_POLICY=PASSIVE` in the environment of the command
ends that.
"""

import ctypes
import sys
from contextlib import AbstractContextManager

import cv2
import torch

# Parameters of mallopt(3): glibc's malloc.h numbers them so.
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_MAX = -1, -2, -4


def prepare_machine(threads: int | None = None) -> torch.device:
    """Return the CUDA device if there is one, else the CPU, set up for training.

    Args:
        threads: how many threads torch may use on the CPU; as many as it chooses when None.
    """
    if threads is not None:
        torch.set_num_threads(threads)
    if torch.cuda.is_available():
        torch.backends.cuda.matmul.allow_tf32 = True
        torch.backends.cudnn.allow_tf32 = True
        return torch.device("cuda")
    _keep_freed_memory()
    cv2.setNumThreads(1)  # the crops are small, and torch wants the cores
    return torch.device("cpu")


def half_precision(device: torch.device) -> AbstractContextManager[object]:
    """Return the context in which matrix products run in bfloat16."""
    return torch.autocast(device.type, torch.bfloat16)


def _keep_freed_memory() -> None:
    if not sys.platform.startswith("linux"):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # musl has none
    if mallopt is not None:
        mallopt(_MMAP_MAX, 0)
        mallopt(_TRIM_THRESHOLD, 2**31 - 1)
        mallopt(_TOP_PAD, 512 * 2**20)
