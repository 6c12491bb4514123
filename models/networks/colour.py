"""Which colours a crop has, as a short row beside what the trained network says of its shape.

    (N, size, size, 3) uint8 ─▶ 32 x 32 ─▶ share of each of 12 hues, middle first ─▶ √ ─▶ (N, 12)

A network trained to know a recoloured mark again forgets colour altogether, and takes a blue and
white roundel for any black one. The hues bring it back at a weight that a recoloured mark survives.
Black, grey and white have no word: a mark printed in one ink has no colour of its own to agree
with. The square root makes the dot product of two rows the Bhattacharyya coefficient of their
histograms (as Arandjelovic and Zisserman, CVPR 2012, take it for SIFT).
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

COLOUR_WORDS = 12

_SIDE = 32
_SHARPNESS = 12.0  # of the choice between two neighbouring hues
_GREY_BELOW, _GREY_SOFTNESS = 0.14, 0.04  # chroma, of at most 0.82
_REACH = 0.39  # of the window around the crop's middle, one standard deviation in crop sides


class ColourWords(nn.Module):
    """Maps `(N, size, size, 3)` uint8 crops to `(N, 12)` rows, at most 1 long."""

    def forward(self, crops: Tensor) -> Tensor:
        """Return the square roots of the shares of the hues; what has no colour is in none."""
        pixels = _shrunk(crops.permute(0, 3, 1, 2).float()) / 255.0  # (N, 3, 32, 32)
        red, green, blue = pixels.unbind(1)  # (N, 32, 32) each
        across = (red - green) / math.sqrt(2.0)
        along = (red + green - 2.0 * blue) / math.sqrt(6.0)
        chroma = (across.square() + along.square() + 1e-8).sqrt()
        centres = torch.arange(COLOUR_WORDS, device=crops.device) * (2.0 * math.pi / COLOUR_WORDS)
        cosines, sines = centres.cos()[:, None, None], centres.sin()[:, None, None]
        alike = (across / chroma)[:, None] * cosines + (along / chroma)[:, None] * sines
        hues = (alike * _SHARPNESS).softmax(1)  # (N, 12, 32, 32): words first, as runtimes like it
        coloured = torch.sigmoid((chroma - _GREY_BELOW) / _GREY_SOFTNESS) * _window(crops.device)
        shares = (hues * coloured[:, None]).sum(dim=(2, 3))
        return shares.clamp(min=1e-8).sqrt()


def _shrunk(pixels: Tensor) -> Tensor:
    """Return `(N, 3, 32, 32)` means; a runtime averages whole squares faster than any other."""
    side, other = pixels.shape[2:]
    if side == other and side % _SIDE == 0:
        return functional.avg_pool2d(pixels, side // _SIDE)
    return functional.adaptive_avg_pool2d(pixels, _SIDE)


def _window(device: torch.device) -> Tensor:
    """Return `(32, 32)` weights that sum to 1, the largest in the middle."""
    place = (torch.arange(_SIDE, device=device) + 0.5) / _SIDE - 0.5
    bell = torch.exp(-(place / _REACH).square())
    window = bell[:, None] * bell[None]
    return window / window.sum()
