"""Trains the proposer: pools of scenes in, a weights file out. Killed at any point, it goes on.

    batch ─▶ network ─▶ targets ─▶ losses ─▶ AdamW ─▶ running average of the weights
    every so often: a checkpoint; recall of the average on held-out scenes, into log.jsonl

What ships is the running average. Equal configuration, pools and machine give equal weights.
"""

import copy
import math
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from rich.progress import Progress, TextColumn
from torch import Tensor, nn

from models.networks.proposal import (
    SLACK,
    MotifProposal,
    load_proposal_network,
    save_proposal,
    start_scales,
)
from models.networks.trunk import trunk_spec
from models.proposers.learned import LearnedProposer, LearnedSettings, ProposalRuntime
from models.training.depthwise import fast_depthwise
from models.training.machine import half_precision, prepare_machine
from models.training.pretrained import load_pretrained, pretrained_source
from models.training.proposals.batches import Batch, batches_from, make_batch
from models.training.proposals.config import ProposalConfig
from models.training.proposals.losses import BOX_WEIGHT, ProposalLoss, proposal_loss
from models.training.proposals.pool import ScenePool
from models.training.proposals.recall import RecallBySize, proposal_recall
from models.training.proposals.targets import assigned
from models.training.run import Run, optimiser_tensors, restore_optimiser

_CLIP = 10.0


def train_proposal(
    pools: Sequence[Path],
    run_folder: Path,
    config: ProposalConfig,
    *,
    validation: Path | None = None,
    progress: bool = True,
) -> Path:
    """Train or go on training, and return the path of the weights.

    Args:
        pools: folders made by `make_scene_pool`.
        run_folder: where log, checkpoints and weights go; may hold the same run, stopped.
        config: every number of the run.
        validation: a pool of held-out scenes for the recall in the log.
        progress: whether to show a bar.

    Raises:
        AnotherRunError: when the folder holds a run of another configuration.
        PoolRefusedError: when a folder holds no finished pool.
    """
    device = prepare_machine(config.threads)
    scenes = [ScenePool(pool) for pool in pools]
    held_out = None if validation is None else ScenePool(validation)
    sizes = [[pool.name, len(pool_scenes)] for pool, pool_scenes in zip(pools, scenes, strict=True)]
    told = {**asdict(config), "pools": sizes}
    training = _Training(Run(run_folder, told), config, scenes, device)
    columns = (*Progress.get_default_columns(), TextColumn("{task.fields[told]}"))
    with Progress(*columns, disable=not progress) as bar:
        task = bar.add_task("proposer", total=config.steps, completed=training.step, told="")
        for number, batch in batches_from(scenes, config, training.step):
            loss = training.take(batch.to(device))
            done = number + 1
            last = done == config.steps
            if done % config.log_every == 0 or last:
                bar.update(task, completed=done, told=training.log(loss))
            if held_out is not None and (done % config.validate_every == 0 or last):
                training.validate(held_out)
            if done % config.checkpoint_every == 0 or last:
                training.save()
    return training.export()


class _Training:
    """Everything that changes from step to step; restores itself from the run's checkpoint."""

    def __init__(
        self, run: Run, config: ProposalConfig, pools: list[ScenePool], device: torch.device
    ) -> None:
        self.run, self.config, self.device = run, config, device
        torch.manual_seed(config.seed)
        self.network = _started(config, pools).to(device)
        self.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.average = copy.deepcopy(self.network).requires_grad_(requires_grad=False).eval()
        self.network.use_depthwise(fast_depthwise)
        self.optimiser = _optimiser(self.network, config, device)
        self.step = 0
        kept = run.load()
        if kept is not None:
            self.step, tensors = kept
            self.network.load_state_dict(_part(tensors, "network."))
            self.average.load_state_dict(_part(tensors, "average."))
            restore_optimiser(self.optimiser, tensors)

    def take(self, batch: Batch) -> ProposalLoss:
        """Take one step."""
        share = _rate_share(self.step, self.config)
        for group in self.optimiser.param_groups:
            group["lr"] = group["peak"] * share
        self.network.train()
        with half_precision(self.device):
            found = self.network.predict(batch.pixels)
        loss = proposal_loss(
            found, assigned(batch.boxes, batch.kinds, found.locations), batch.trust
        )
        self.optimiser.zero_grad(set_to_none=True)
        loss.total.backward()  # type: ignore[no-untyped-call]
        if torch.isfinite(nn.utils.clip_grad_norm_(self.network.parameters(), _CLIP)):
            self.optimiser.step()  # one overflow must not spoil every weight
        self.step += 1
        self._follow()
        return loss

    def log(self, loss: ProposalLoss) -> str:
        """Log the loss of the step just taken and return it in words."""
        score, box, fit = (float(t.detach()) for t in (loss.score, loss.box, loss.fit))
        rate = self.optimiser.param_groups[-1]["lr"]
        self.run.log(
            self.step, loss=score + BOX_WEIGHT * box, score=score, box=box, fit=fit, rate=rate
        )
        return f"score {score:.3f} box {box:.3f} fit {fit:.3f}"

    def validate(self, held_out: ScenePool) -> RecallBySize:
        """Log the average's recall at 24 boxes on held-out scenes."""
        settings = LearnedSettings(side=self.config.validation_side)
        proposer = LearnedProposer(torch_proposals(self.average, self.device), "", settings)
        recall = proposal_recall(proposer, ((s.photo, s.boxes) for s in held_out))
        figures = {f"recall@{settings.count} {k}": v for k, v in recall.by_size().items()}
        self.run.log(self.step, recall=recall.overall, **figures)
        return recall

    def save(self) -> None:
        """Keep a checkpoint."""
        tensors = {f"network.{name}": t for name, t in self.network.state_dict().items()}
        tensors |= {f"average.{name}": t for name, t in self.average.state_dict().items()}
        self.run.save(self.step, tensors | optimiser_tensors(self.optimiser))

    def export(self) -> Path:
        """Write the averaged weights and return their path."""
        path = self.run.folder / "proposal.safetensors"
        save_proposal(self.average, path)
        return path

    @torch.no_grad()
    def _follow(self) -> None:
        # Early on the average must not cling to the start.
        keep = min(self.config.ema, self.step / (self.step + 10))
        theirs = list(self.network.state_dict().values())
        torch._foreach_lerp_(list(self.average.state_dict().values()), theirs, 1 - keep)


def torch_proposals(network: MotifProposal, device: torch.device) -> ProposalRuntime:
    """Return a runtime for `LearnedProposer` that runs the network in torch, in bfloat16."""

    @torch.inference_mode()
    def run(photos: NDArray[np.uint8]) -> NDArray[np.float32]:
        with half_precision(device):
            found: Tensor = network(torch.from_numpy(photos).to(device))
        return np.asarray(found.float().cpu().numpy(), np.float32)

    return run


def _started(config: ProposalConfig, pools: list[ScenePool]) -> MotifProposal:
    """Return the network a run starts from, on the CPU."""
    if config.initial_weights:
        network = load_proposal_network(Path(config.initial_weights))
        network.slack = SLACK
    else:
        network = MotifProposal(trunk_spec(config.trunk), channels=config.channels)
        trunk = load_pretrained(pretrained_source(config.trunk), head=False)
        network.trunk.load_state_dict(trunk.state_dict())
        start_scales(network, make_batch(pools, config, 0).pixels[:16])
    frozen = [network.trunk.stem, *list(network.trunk.blocks)[: config.frozen_blocks]]
    for part in frozen if config.frozen_blocks else []:
        part.requires_grad_(requires_grad=False)
    return network


def _optimiser(
    network: MotifProposal, config: ProposalConfig, device: torch.device
) -> torch.optim.Optimizer:
    """Return AdamW over four groups: trunk and new layers, with and without decay."""
    groups = []
    for trunk, peak in ((True, config.trunk_rate), (False, config.rate)):
        for decays in (True, False):
            chosen = [
                p
                for name, p in network.named_parameters()
                if p.requires_grad and name.startswith("trunk.") == trunk and (p.ndim > 1) == decays
            ]
            decay = config.decay if decays else 0.0
            groups.append({"params": chosen, "weight_decay": decay, "lr": peak, "peak": peak})
    return torch.optim.AdamW(groups, fused=device.type in {"cpu", "cuda"})


def _rate_share(step: int, config: ProposalConfig) -> float:
    """Return the share of the peak rate: a linear rise, then a cosine down to one hundredth."""
    rise = min(1.0, (step + 1) / max(1, config.warmup))
    gone = step / config.steps
    return rise * (0.01 + 0.99 * (1 + math.cos(math.pi * gone)) / 2)


def _part(tensors: dict[str, Tensor], head: str) -> dict[str, Tensor]:
    return {name[len(head) :]: t for name, t in tensors.items() if name.startswith(head)}
