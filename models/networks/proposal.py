"""The motif proposer's network: a photo in, a scored box for every location of three maps out.

    (N, H, W, 3) uint8, H and W multiples of 32 ─▶ trunk ─▶ maps at strides 8, 16, 32
        ─▶ feature pyramid, 64 channels ─▶ two towers shared by the maps
        ─▶ (N, locations, 5): score, x_min, y_min, x_max, y_max in pixels of the input

Anchor-free (Tian et al., FCOS, ICCV 2019) with one score that foretells how well the box will fit
(Li et al., Generalized Focal Loss, NeurIPS 2020), so that ranking by it ranks by fit. There are no
classes: a mark nobody has registered yet must be found as well. There is no batch normalisation
either; `start_scales` sets every new layer's scale and bias so that its outputs begin with mean 0
and deviation 1 (Salimans and Kingma, NeurIPS 2016). Overlapping boxes are not removed here.
"""

from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import safe_open
from torch import Tensor, nn
from torch.nn import functional

from models.errors import WeightsMismatchError
from models.networks.trunk import (
    Depthwise,
    ScaledConv,
    Trunk,
    TrunkSpec,
    normalised,
    trunk_spec,
)
from models.networks.weights_file import save_half

STRIDES = (8, 16, 32)
SLACK = 0.5  # strides: how far a box may lie beside the location that answers for it
_FARTHEST = 5.0  # exp(5) strides: beyond any input, and far from overflow
_FIRST_GUESS = 2.0  # strides from a location to each side of its box before any training
_RARE = -4.6  # the logit of a score of 0.01: at first every location says "nothing here"


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """What the network says of every location, for the loss."""

    logits: Tensor  # (N, locations)
    boxes: Tensor  # (N, locations, 4) in pixels of the input
    locations: Tensor  # (locations, 3): x, y and stride


class SeparableConv(nn.Module):
    """A 3 x 3 convolution of each channel, then a mixing of channels and ReLU6."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.each = ScaledConv(0, channels, 3, 1, relu=False, same=True)
        self.mix = ScaledConv(channels, channels, 1, 1, relu=True, same=True)

    def forward(self, x: Tensor) -> Tensor:
        """Map `(N, channels, H, W)` to the same shape."""
        mixed: Tensor = self.mix(self.each(x))
        return mixed


class MotifProposal(nn.Module):
    """The whole network; untrained unless its weights come from `load_proposal_network`."""

    def __init__(self, spec: TrunkSpec, *, channels: int = 64, slack: float = SLACK) -> None:
        super().__init__()
        self.channels = channels
        self.slack = slack
        self.trunk = Trunk(spec, head=False)
        self.lateral = nn.ModuleList(
            ScaledConv(width, channels, 1, 1, relu=False, same=True) for width in _widths(spec)
        )
        self.smooth = nn.ModuleList(SeparableConv(channels) for _ in STRIDES)
        self.score_tower = nn.Sequential(SeparableConv(channels), SeparableConv(channels))
        self.box_tower = nn.Sequential(SeparableConv(channels), SeparableConv(channels))
        self.score = ScaledConv(channels, 1, 1, 1, relu=False, same=True)
        self.box = ScaledConv(channels, 4, 1, 1, relu=False, same=True)
        self.reach = nn.Parameter(torch.ones(len(STRIDES)))
        for layer in self.new_layers():
            nn.init.kaiming_normal_(layer.weight)
        for layer in (self.score, self.box):
            nn.init.normal_(layer.weight, std=0.01)
        nn.init.constant_(self.score.bias, _RARE)

    def new_layers(self) -> list[ScaledConv]:
        """Return every convolution that is not the trunk's."""
        parts = (self.lateral, self.smooth, self.score_tower, self.box_tower, self.score, self.box)
        return [m for part in parts for m in part.modules() if isinstance(m, ScaledConv)]

    def use_depthwise(self, depthwise: Depthwise) -> None:
        """Compute every depthwise convolution with another implementation of the same sum."""
        self.trunk.use_depthwise(depthwise)
        for layer in self.new_layers():
            if layer.depthwise is not None:
                layer.depthwise = depthwise

    def forward(self, photos: Tensor) -> Tensor:
        """Map `(N, H, W, 3)` uint8 photos to `(N, locations, 5)` scores and boxes."""
        found = self.predict(photos)
        return torch.cat([found.logits.sigmoid()[..., None], found.boxes], dim=2)

    def predict(self, photos: Tensor) -> Predictions:
        """Return logits and boxes of every location of `(N, H, W, 3)` uint8 photos."""
        maps = self._pyramid(normalised(photos, self.trunk.spec))
        logits, boxes, locations = [], [], []
        for stride, reach, x in zip(STRIDES, self.reach, maps, strict=True):
            here = _locations(x, stride)
            raw = self.box(self.box_tower(x)).flatten(2).transpose(1, 2).float()
            away = torch.exp((raw * reach).clamp(max=_FARTHEST)) * _FIRST_GUESS - self.slack
            away = away * stride
            boxes.append(torch.cat([here[:, :2] - away[..., :2], here[:, :2] + away[..., 2:]], 2))
            logits.append(self.score(self.score_tower(x)).flatten(1).float())
            locations.append(here)
        return Predictions(torch.cat(logits, 1), torch.cat(boxes, 1), torch.cat(locations))

    def _pyramid(self, pixels: Tensor) -> list[Tensor]:
        maps = self.trunk.pyramid(pixels)[-len(STRIDES) :]
        levels = [lateral(x) for lateral, x in zip(self.lateral, maps, strict=True)]
        for fine in reversed(range(len(levels) - 1)):
            coarse = functional.interpolate(levels[fine + 1], scale_factor=2.0, mode="nearest")
            levels[fine] = levels[fine] + coarse
        return [smooth(x) for smooth, x in zip(self.smooth, levels, strict=True)]


def start_scales(network: MotifProposal, photos: Tensor) -> None:
    """Set scale and bias of the new layers so that on these photos their outputs start even."""
    outputs = (network.score, network.box)
    waiting = {layer for layer in network.new_layers() if layer not in outputs}

    def start(layer: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        if not isinstance(layer, ScaledConv) or layer not in waiting:
            return
        waiting.remove(layer)  # the towers run once per map; the first map decides
        relu, layer.relu = layer.relu, False
        y = layer.forward(inputs[0]).float()
        layer.relu = relu
        spread = y.std((0, 2, 3)).clamp(min=1e-3)
        layer.scale.div_(spread)
        layer.bias.copy_(-y.mean((0, 2, 3)) / spread)

    hooks = [layer.register_forward_pre_hook(start) for layer in waiting]
    with torch.no_grad():
        network.predict(photos)
    for hook in hooks:
        hook.remove()


def save_proposal(network: MotifProposal, path: Path) -> None:
    """Write the weights as float16 safetensors that name their trunk, width and slack.

    Raises:
        ValueError: when a weight has no finite float16 value; nothing is written then.
    """
    described = f"{network.trunk.spec.name}/{network.channels}/{network.slack}"
    save_half(network, path, "proposal", described)


def load_proposal_network(path: Path) -> MotifProposal:
    """Return the network of a file that `save_proposal` wrote, in float32 and evaluation mode.

    Raises:
        WeightsMismatchError: when the file holds the weights of something else.
    """
    with safe_open(path, framework="pt") as file:
        named = file.metadata() or {}
        tensors = {name: file.get_tensor(name).float() for name in file.keys()}  # noqa: SIM118
    try:
        # Older files have entries of their own, and no slack: their boxes hold what answers.
        older = f"{named.get('trunk')}/{named.get('channels')}/0"
        trunk, channels, slack = named.get("proposal", older).split("/")
        network = MotifProposal(trunk_spec(trunk), channels=int(channels), slack=float(slack))
        network.load_state_dict(tensors)
    except (KeyError, RuntimeError, ValueError) as error:
        raise WeightsMismatchError(f"{path.name} holds no motif proposer: {error}") from error
    return network.eval()


def _widths(spec: TrunkSpec) -> list[int]:
    """Return the channels of the trunk's maps at the strides used here."""
    last_of_stride = [
        stage.channels
        for stage, after in zip(spec.stages, spec.stages[1:], strict=False)
        if after.stride == 2
    ]
    return [*last_of_stride, spec.stages[-1].channels][-len(STRIDES) :]


def _locations(x: Tensor, stride: int) -> Tensor:
    """Return the centres of a map's cells in pixels, row by row, with the stride beside them."""
    height, width = x.shape[-2:]
    ys = (torch.arange(height, device=x.device, dtype=torch.float32) + 0.5) * stride
    xs = (torch.arange(width, device=x.device, dtype=torch.float32) + 0.5) * stride
    grid_y, grid_x = torch.meshgrid(ys, xs, indexing="ij")
    columns = (grid_x.flatten(), grid_y.flatten(), torch.full_like(grid_x.flatten(), stride))
    return torch.stack(columns, dim=1)
