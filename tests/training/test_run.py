"""A run keeps its last two checkpoints, refuses another configuration and survives damage."""

import json
from pathlib import Path

import pytest
import torch
from torch import nn

from models.training.run import JSON, AnotherRunError, Run, optimiser_tensors, restore_optimiser

CONFIG: dict[str, JSON] = {"steps": 10, "sizes": [1, 2], "start": None}


def checkpoints(folder: Path) -> list[Path]:
    return sorted(folder.glob("checkpoint-*"))


def test_a_new_run_has_no_state(tmp_path: Path) -> None:
    run = Run(tmp_path / "deep" / "run", CONFIG)
    assert run.load() is None
    assert json.loads((run.folder / "run.json").read_text()) == CONFIG


def test_the_newest_of_two_is_loaded(tmp_path: Path) -> None:
    run = Run(tmp_path, CONFIG)
    for step in (5, 10, 1000):
        run.save(step, {"a": torch.full((2,), float(step)), "half": torch.ones(1).bfloat16()})
    assert len(checkpoints(tmp_path)) == 2
    loaded = Run(tmp_path, CONFIG).load()
    assert loaded is not None
    step, tensors = loaded
    assert step == 1000
    assert tensors["a"].tolist() == [1000, 1000]
    assert tensors["half"].dtype == torch.bfloat16


@pytest.mark.parametrize("place", [0, 20, -1])
def test_a_changed_byte_falls_back(tmp_path: Path, place: int) -> None:
    run = Run(tmp_path, CONFIG)
    for step in (1, 2):
        run.save(step, {"a": torch.full((4,), float(step))})
    newest = checkpoints(tmp_path)[-1]
    content = bytearray(newest.read_bytes())
    content[place] ^= 1
    newest.write_bytes(content)
    loaded = run.load()
    assert loaded is not None
    assert (loaded[0], loaded[1]["a"].tolist()) == (1, [1.0] * 4)


def test_a_cut_file_falls_back_and_two_damaged_ones_begin_anew(tmp_path: Path) -> None:
    run = Run(tmp_path, CONFIG)
    for step in (1, 2):
        run.save(step, {"a": torch.zeros(4)})
    old, new = checkpoints(tmp_path)
    new.write_bytes(new.read_bytes()[:-3])
    old.write_bytes(b"")
    assert run.load() is None


def test_what_a_killed_writer_left_is_swept(tmp_path: Path) -> None:
    Run(tmp_path, CONFIG)
    leftover = tmp_path / "checkpoint-00000003-0123.safetensors.partial"
    leftover.write_bytes(b"half")
    assert Run(tmp_path, CONFIG).load() is None
    assert not leftover.exists()


def test_another_configuration_is_refused_by_name(tmp_path: Path) -> None:
    Run(tmp_path, CONFIG)
    Run(tmp_path, {**CONFIG, "sizes": (1, 2)})  # JSON knows no tuples
    with pytest.raises(AnotherRunError) as told:
        Run(tmp_path, {"steps": 11, "sizes": [1, 2], "loss": None})
    message = str(told.value)
    assert "steps: 10 there, 11 asked for" in message
    assert "loss: absent there, None asked for" in message
    assert "start: None there, absent asked for" in message
    assert "sizes" not in message


def test_the_log_is_cut_back_to_the_checkpoint(tmp_path: Path) -> None:
    run = Run(tmp_path, CONFIG)
    run.log(1, loss=2.0, note="begun")
    run.save(1, {"a": torch.zeros(1)})
    run.log(2, loss=float("nan"))
    assert json.loads(run.log_file.read_text().splitlines()[1])["loss"] is None
    with run.log_file.open("a") as torn:
        torn.write('{"step": 1, "lo')
    run.load()
    (line,) = run.log_file.read_text().splitlines()
    kept = json.loads(line)
    assert (kept["step"], kept["loss"], kept["note"]) == (1, 2.0, "begun")


def stepped(network: nn.Module, optimiser: torch.optim.Optimizer) -> None:
    optimiser.zero_grad()
    network(torch.ones(2, 3, 8, 8)).square().sum().backward()
    optimiser.step()


def test_an_optimiser_goes_on_exactly() -> None:
    torch.manual_seed(0)
    network = nn.Conv2d(3, 4, 3)
    network.weight.data = network.weight.data.contiguous(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(network.parameters(), fused=True)
    stepped(network, optimiser)
    kept = {name: t.clone().contiguous() for name, t in optimiser_tensors(optimiser).items()}
    other = nn.Conv2d(3, 4, 3)
    other.weight.data = network.weight.data.clone()
    other.bias.data.copy_(network.bias.data)  # type: ignore[union-attr]
    resumed = torch.optim.AdamW(other.parameters(), fused=True)
    restore_optimiser(resumed, {**kept, "network.weight": torch.zeros(1)})
    for net, steps in ((network, optimiser), (other, resumed)):
        stepped(net, steps)
    assert torch.equal(network.weight, other.weight)
