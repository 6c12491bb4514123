"""A network so small that its arithmetic can be done by hand."""

from torch import Tensor, nn

from models.costs.network_work import NetworkWork

TINY_SIDE, TINY_DIM = 9, 5

# 4 x 4 places of 4 channels with 27 taps each, then 4 numbers to 5.
CROP_WORK = NetworkWork(
    multiply_adds=16 * 4 * 27 + 4 * 5,
    weights=4 * 27 + 4 * 5,
    maps=(9 * 9 * 3 + 16 * 4) + (4 + 5),
)


class TinyNetwork(nn.Module):
    """Crops of 9 x 9 pixels to rows of 5 numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(3, 4, kernel_size=3, stride=2)
        self.linear = nn.Linear(4, TINY_DIM)

    def forward(self, crops: Tensor) -> Tensor:
        """Map `(N, 9, 9, 3)` uint8 to `(N, 5)`."""
        maps = self.convolution(crops.permute(0, 3, 1, 2).float())
        rows: Tensor = self.linear(maps.mean(dim=(2, 3)))
        return rows
