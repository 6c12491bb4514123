"""Trains the motif embedder on a crop pool, on a CUDA device if there is one, else on the CPU.

    batch ─▶ trunk in bfloat16 ─▶ head and loss in float32 ─▶ clip ─▶ AdamW ─▶ moving average
      ▲                                                                            │
      └── what the marks look like now          validation, checkpoint, weights ◀──┘

Weights that ship are the moving average. The run can be killed at any point; begun again with the
same configuration it goes on from its last checkpoint, on one machine to the same weights. It does
not make the pool, and it chooses nothing by the validation figures: it logs them.
"""

import copy
import hashlib
import signal
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import torch
from rich.progress import Progress
from torch import Tensor, nn
from torch.nn import functional

from models.errors import ModelError
from models.networks.embedding import (
    MotifEmbedding,
    load_embedding_network,
    row_length,
    save_embedding,
)
from models.networks.trunk import ScaledConv, normalised, trunk_spec
from models.training.depthwise import fast_depthwise
from models.training.embedding.batches import Batch, BatchSource
from models.training.embedding.config import EmbeddingConfig, build_loss
from models.training.embedding.losses import crowding
from models.training.embedding.validation import ValidationSet, read_validation, recall, recall_on
from models.training.machine import half_precision, prepare_machine
from models.training.pretrained import load_pretrained, pretrained_source
from models.training.run import Run, optimiser_tensors, restore_optimiser

WEIGHTS = "embedding.safetensors"
_LOG_EVERY = 20


class TrainingStoppedError(ModelError):
    """The run was asked to stop; its state is kept and the same call goes on with it."""


def train_embedding(
    pool: Path,
    run_folder: Path,
    config: EmbeddingConfig,
    *,
    validation: Path | None = None,
    initial_weights: Path | None = None,
    threads: int | None = None,
    progress: bool = True,
) -> Path:
    """Train, or go on training, and return the weights file.

    Args:
        pool: crop pool to train on; it may grow meanwhile.
        run_folder: where the run is kept.
        config: what decides the result.
        validation: crop pool of held-out marks for the recall in the log.
        initial_weights: an embedding's weights to start from instead of the trunk's ImageNet ones.
        threads: as for `prepare_machine`.
        progress: whether to draw a bar.

    Raises:
        AnotherRunError: when the folder holds a run with another configuration.
        TrainingStoppedError: after SIGTERM or an interrupt from the keyboard.
        WeightsMismatchError: when the weights to start from are not there, or for another network.
    """
    device = prepare_machine(threads)
    run = Run(run_folder, {**config.recorded(), "initial_weights": _digest(initial_weights)})
    training = _Training(config, initial_weights, device)
    source = BatchSource(pool, config)
    state = run.load()
    if state is not None:
        training.restore(state[1])
        source.restore(state[1])
    held_out = (
        None
        if validation is None
        else read_validation(validation, config.validation_blocks, config.size)
    )
    loop = _Loop(run, training, source, held_out)
    with _stop_requests() as stop:
        loop.go(0 if state is None else state[0], stop, progress=progress)
    path = run_folder / WEIGHTS
    save_embedding(training.average, path)
    return path


class _Training:
    """The network and everything that changes with it from step to step."""

    def __init__(self, config: EmbeddingConfig, initial: Path | None, device: torch.device) -> None:
        torch.manual_seed(config.seed)
        self.config = config
        self.device = device
        self.network = _channels_last(_network(config, initial).to(device))
        if device.type == "cpu":
            self.network.trunk.use_depthwise(fast_depthwise)
        _freeze(self.network, config.frozen_blocks)
        self.average = copy.deepcopy(self.network).requires_grad_(requires_grad=False)
        self.loss = build_loss(config).to(device)
        self.groups = _parameter_groups(self.network, self.loss, config)
        self.optimiser = torch.optim.AdamW(self.groups, fused=True)
        self.base_rates = [float(group["lr"]) for group in self.optimiser.param_groups]
        self.parameters = [p for g in self.optimiser.param_groups for p in g["params"]]

    def step(self, step: int, batch: Batch) -> tuple[Tensor, Tensor]:
        """Take one step; return the loss and the `(B, dim)` unit rows of the batch."""
        for group, rate in zip(self.optimiser.param_groups, self.base_rates, strict=True):
            group["lr"] = rate * self.config.rate(step)
        rows = self.embed(self.network, batch.crops)
        identity, of_group = batch.identity.to(self.device), batch.group.to(self.device)
        loss: Tensor = self.loss(rows, identity, of_group)
        if self.config.spread:
            loss = loss + self.config.spread * crowding(rows, of_group)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.parameters, self.config.clip)
        self.optimiser.step()
        self._follow(step)
        return loss.detach(), rows.detach()

    def embed(self, network: MotifEmbedding, crops: Tensor) -> Tensor:
        """Return unit rows, computing no gradient for frozen blocks."""
        frozen = self.config.frozen_blocks
        pixels = normalised(crops.to(self.device), network.spec)
        with half_precision(self.device):
            if frozen:
                with torch.no_grad():
                    pixels = network.trunk.early(pixels, frozen)
                maps = network.trunk.late(pixels, frozen)
            else:
                maps = network.trunk(pixels)
        return functional.normalize(network.head(maps), dim=1)

    @torch.no_grad()
    def embed_averaged(self, crops: Tensor) -> Tensor:
        """Return unit rows of the averaged network."""
        return self.embed(self.average, crops)

    @torch.no_grad()
    def _follow(self, step: int) -> None:
        # Early on the average would be mostly of the start; it follows faster then.
        decay = min(self.config.ema, (1 + step) / (10 + step))
        targets: list[Tensor] = list(self.average.parameters())
        towards: list[Tensor] = list(self.network.parameters())
        torch._foreach_lerp_(targets, towards, 1.0 - decay)

    def tensors(self) -> dict[str, Tensor]:
        """Return the state."""
        kept = dict(optimiser_tensors(self.optimiser))
        for name, module in self._modules():
            kept |= {f"{name}.{key}": value for key, value in module.state_dict().items()}
        return kept

    def restore(self, tensors: Mapping[str, Tensor]) -> None:
        """Go on where `tensors` was taken."""
        for name, module in self._modules():
            start = f"{name}."
            module.load_state_dict(
                {k.removeprefix(start): v for k, v in tensors.items() if k.startswith(start)}
            )
        restore_optimiser(self.optimiser, tensors)

    def _modules(self) -> tuple[tuple[str, nn.Module], ...]:
        return ("network", self.network), ("average", self.average), ("loss", self.loss)


class _Loop:
    """Step after step, with what is due between them."""

    def __init__(
        self, run: Run, training: _Training, source: BatchSource, held_out: ValidationSet | None
    ) -> None:
        self._run = run
        self._training = training
        self._source = source
        self._held_out = held_out
        self._since = (0, time.monotonic())
        self._losses: list[Tensor] = []  # since the last line of the log

    def go(self, done: int, stop: threading.Event, *, progress: bool) -> None:
        steps = self._training.config.steps
        self._since = (done, time.monotonic())
        with closing(self._source.batches(done)) as batches, Progress(disable=not progress) as bar:
            task = bar.add_task("embedder", total=steps, completed=done)
            for step in range(done, steps):
                batch = next(batches)
                loss, rows = self._training.step(step, batch)
                self._source.observe(batch, rows)
                self._losses.append(loss)
                self._after(step + 1, batch, rows)
                bar.update(task, completed=step + 1)
                if stop.is_set():
                    self._keep(step + 1)
                    raise TrainingStoppedError(f"stopped after {step + 1} of {steps} steps")

    def _after(self, done: int, batch: Batch, rows: Tensor) -> None:
        config = self._training.config
        last = done == config.steps
        if done % _LOG_EVERY == 0 or last:
            self._log(done, batch, rows)
        if self._held_out is not None and (done % config.validate_every == 0 or last):
            self._validate(done, self._held_out)
        if done % config.checkpoint_every == 0 or last:
            self._keep(done)

    def _log(self, done: int, batch: Batch, rows: Tensor) -> None:
        clean = torch.arange(len(rows)) % batch.views == 0
        seen = recall(rows.cpu(), batch.identity, batch.group, clean)
        before, then = self._since
        self._since = (done, time.monotonic())
        speed = (done - before) * len(rows) / (self._since[1] - then)
        self._run.log(
            done,
            loss=float(torch.stack(self._losses).mean()),
            lr=float(self._training.optimiser.param_groups[0]["lr"]),
            crops_per_second=round(speed, 1),
            batch_recall_at_1=seen.at_1,
        )
        self._losses.clear()

    def _validate(self, done: int, held_out: ValidationSet) -> None:
        began = time.monotonic()
        seen = recall_on(held_out, self._training.embed_averaged)
        self._run.log(done, recall_at_1=seen.at_1, recall_at_5=seen.at_5, queries=seen.queries)
        self._since = (self._since[0], self._since[1] + time.monotonic() - began)

    def _keep(self, done: int) -> None:
        self._run.save(done, {**self._training.tensors(), **self._source.tensors()})


def _network(config: EmbeddingConfig, initial: Path | None) -> MotifEmbedding:
    spec = trunk_spec(config.trunk)
    if initial is not None:
        return load_embedding_network(initial, spec, row_length(config.dim, config.colour)).train()
    network = MotifEmbedding(spec, config.dim, colour=config.colour)
    network.trunk.load_state_dict(load_pretrained(pretrained_source(config.trunk)).state_dict())
    return network


def _channels_last(network: MotifEmbedding) -> MotifEmbedding:
    for parameter in network.parameters():
        if parameter.ndim == 4:
            parameter.data = parameter.data.contiguous(memory_format=torch.channels_last)
    return network


def _freeze(network: MotifEmbedding, blocks: int) -> None:
    if blocks:
        for module in (network.trunk.stem, *list(network.trunk.blocks)[:blocks]):
            module.requires_grad_(requires_grad=False)


def _parameter_groups(
    network: MotifEmbedding, loss: nn.Module, config: EmbeddingConfig
) -> list[dict[str, object]]:
    """Return the groups of the optimiser; scales and biases are not decayed towards zero."""
    convolutions = [m for m in network.trunk.modules() if isinstance(m, ScaledConv)]
    free = [m for m in convolutions if m.weight.requires_grad]
    decay = config.weight_decay
    head = network.projection
    groups: list[dict[str, object]] = [
        {"params": [m.weight for m in free], "lr": config.lr_trunk, "weight_decay": decay},
        {
            "params": [p for m in free for p in (m.scale, m.bias)],
            "lr": config.lr_trunk,
            "weight_decay": 0.0,
        },
        {"params": [head.weight], "lr": config.lr_head, "weight_decay": decay},
        {"params": [head.bias, network.pool.power], "lr": config.lr_head, "weight_decay": 0.0},
    ]
    learned = list(loss.parameters())
    if learned:
        groups.append({"params": learned, "lr": config.lr_proxies, "weight_decay": 0.0})
    return groups


def _digest(path: Path | None) -> str | None:
    return None if path is None else hashlib.sha256(path.read_bytes()).hexdigest()[:16]


@contextmanager
def _stop_requests() -> Iterator[threading.Event]:
    """Turn SIGTERM and an interrupt into an event, so that a step is never cut in two."""
    stop = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    wanted = (signal.SIGTERM, signal.SIGINT)
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in wanted}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
