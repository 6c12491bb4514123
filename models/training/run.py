"""A training run on disk: its configuration, log and checkpoints. It can be killed at any time.

    run.json                                 the configuration, written once; another is refused
    log.jsonl                                figures by step, cut back to the checkpoint on resume
    checkpoint-<step>-<digest>.safetensors   the last two; the digest proves the content

A checkpoint is written beside its final name, flushed to the disk and renamed, so that a run killed
in the middle leaves the earlier one untouched. Nothing is pickled: the state of an optimiser is
flattened to named tensors. Two processes in one folder are not guarded against.
"""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from models.errors import ModelError
from models.training.storage import write_durably

JSON: TypeAlias = bool | int | float | str | Sequence["JSON"] | Mapping[str, "JSON"] | None
Figure = bool | int | float | str

_CHECKPOINTS = "checkpoint-*.safetensors"
_KEPT = 2


class AnotherRunError(ModelError):
    """The folder holds a run with another configuration; the message names the differing keys."""


class Run:
    """A run in a folder: a new one, or the one that was begun there with the same configuration."""

    def __init__(self, folder: Path, config: Mapping[str, JSON]) -> None:
        """Create the folder or go on in it.

        Raises:
            AnotherRunError: when the run there was begun with another configuration.
        """
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        for leftover in folder.glob("*.partial"):
            leftover.unlink()
        wanted = json.dumps(config, indent=2, sort_keys=True, default=str)
        kept = folder / "run.json"
        if kept.exists():
            _refuse_differences(json.loads(kept.read_text()), json.loads(wanted), folder)
        else:
            write_durably(kept, wanted.encode())

    @property
    def log_file(self) -> Path:
        """Where `log` appends."""
        return self.folder / "log.jsonl"

    def log(self, step: int, **figures: Figure) -> None:
        """Append one line `{"step": …, "at": …, **figures}`; what is not finite becomes null."""
        shown = {name: _finite(value) for name, value in figures.items()}
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        with self.log_file.open("a") as lines:
            lines.write(json.dumps({"step": step, "at": at, **shown}) + "\n")

    def save(self, step: int, tensors: Mapping[str, Tensor]) -> Path:
        """Keep the tensors as the state after `step` steps; the last two checkpoints stay."""
        content = save({name: t.detach().cpu().contiguous() for name, t in tensors.items()})
        path = self.folder / f"checkpoint-{step:08d}-{_digest(content)}.safetensors"
        write_durably(path, content)
        for old in sorted(self.folder.glob(_CHECKPOINTS))[:-_KEPT]:
            old.unlink()
        return path

    def load(self) -> tuple[int, dict[str, Tensor]] | None:
        """Return the step and the tensors of the newest sound checkpoint, or None without one.

        A damaged file is removed and the one before it taken. The log is cut back to the
        step returned, so that the steps done again are logged once.
        """
        for path in sorted(self.folder.glob(_CHECKPOINTS), reverse=True):
            _, step, digest = path.stem.split("-")
            tensors = _read(path, digest)
            if tensors is not None:
                self._cut_log(int(step))
                return int(step), tensors
            path.unlink()
        self._cut_log(0)
        return None

    def _cut_log(self, step: int) -> None:
        if not self.log_file.exists():
            return
        kept = [
            line
            for line in self.log_file.read_text().splitlines(keepends=True)
            if line.endswith("}\n") and json.loads(line)["step"] <= step
        ]
        write_durably(self.log_file, "".join(kept).encode())


def optimiser_tensors(optimiser: torch.optim.Optimizer) -> dict[str, Tensor]:
    """Flatten the state of an optimiser to `{"optimiser.<parameter>.<name>": tensor}`.

    Parameters are numbered as they lie in the groups; their hyper-parameters are not kept, since
    the configuration gives them.
    """
    return {
        f"optimiser.{number}.{name}": torch.as_tensor(value)
        for number, parameter in enumerate(_parameters(optimiser))
        for name, value in optimiser.state.get(parameter, {}).items()
    }


def restore_optimiser(optimiser: torch.optim.Optimizer, tensors: Mapping[str, Tensor]) -> None:
    """Give the optimiser the state that `optimiser_tensors` flattened; other names are ignored."""
    parameters = _parameters(optimiser)
    for key, value in tensors.items():
        head, _, rest = key.partition(".")
        if head == "optimiser":
            number, _, name = rest.partition(".")
            parameter = parameters[int(number)]
            # The memory layout must be the parameter's: fused steps walk both as flat arrays.
            same = value.shape == parameter.shape
            kept = torch.empty_like(parameter).copy_(value) if same else value.clone()
            optimiser.state[parameter][name] = kept.detach()


def _parameters(optimiser: torch.optim.Optimizer) -> list[Tensor]:
    return [parameter for group in optimiser.param_groups for parameter in group["params"]]


def _refuse_differences(kept: dict[str, JSON], wanted: dict[str, JSON], folder: Path) -> None:
    names = sorted(
        name for name in kept.keys() | wanted.keys() if kept.get(name, ...) != wanted.get(name, ...)
    )
    if names:
        told = "; ".join(
            f"{name}: {kept.get(name, 'absent')} there, {wanted.get(name, 'absent')} asked for"
            for name in names
        )
        raise AnotherRunError(f"{folder} holds a run with another configuration: {told}")


def _finite(value: Figure) -> Figure | None:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def _read(path: Path, digest: str) -> dict[str, Tensor] | None:
    content = path.read_bytes()
    if _digest(content) != digest:
        return None
    try:
        return load(content)
    except SafetensorError:
        return None
