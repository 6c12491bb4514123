"""ImageNet weights start a trunk only if their file is the one that was checked."""

import shutil
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest
import torch

from models.errors import WeightsMismatchError
from models.networks.trunk import TRUNKS, ScaledConv
from models.training.pretrained import SOURCES, Pretrained, load_pretrained, pretrained_source

LITE0 = pretrained_source("efficientnet-lite0")


def _present(source: Pretrained) -> bool:
    return find_spec(source.package) is not None


def _copied(folder: Path, package: str) -> Path:
    """Copy the weights of Lite0 into a package of another name."""
    spec = find_spec(LITE0.package)
    assert spec is not None
    assert spec.origin is not None
    target = folder / package / LITE0.file
    target.parent.mkdir(parents=True)
    (folder / package / "__init__.py").touch()
    shutil.copy(Path(spec.origin).parent / LITE0.file, target)
    return target


def test_every_trunk_has_its_weights() -> None:
    assert [source.trunk for source in SOURCES] == [spec.name for spec in TRUNKS]
    for source in SOURCES:
        assert len(source.sha256) == 64
        assert source.licence
    with pytest.raises(ValueError, match="no trunk named"):
        pretrained_source("resnet-50")


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.trunk)
def test_every_tensor_of_a_trunk_is_filled(source: Pretrained) -> None:
    if not _present(source):
        pytest.skip(f"{source.package} is not installed")
    for module in load_pretrained(source).modules():
        if isinstance(module, ScaledConv):
            assert float(module.weight.detach().std()) > 0
            assert float(module.bias.detach().abs().max()) > 0
            assert not torch.equal(module.scale.detach(), torch.ones_like(module.scale))


def test_without_the_head_its_tensors_are_left_out() -> None:
    whole, headless = load_pretrained(LITE0), load_pretrained(LITE0, head=False)
    assert headless.head is None
    kept = headless.state_dict()
    assert all(torch.equal(kept[name], whole.state_dict()[name]) for name in kept)
    assert {name for name in whole.state_dict() if name not in kept} == {
        "head.weight",
        "head.scale",
        "head.bias",
    }


def test_a_changed_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    path = _copied(tmp_path, "made_up_weights")
    source = replace(LITE0, package="made_up_weights")
    assert load_pretrained(source).spec.name == "efficientnet-lite0"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(WeightsMismatchError, match="expected sha256"):
        load_pretrained(source)
    path.unlink()
    with pytest.raises(WeightsMismatchError, match="missing"):
        load_pretrained(source)


def test_a_missing_package_is_named() -> None:
    with pytest.raises(WeightsMismatchError, match="no_such_package is not installed"):
        load_pretrained(replace(LITE0, package="no_such_package"))


def test_the_file_of_another_trunk_is_refused() -> None:
    with pytest.raises(WeightsMismatchError, match="unexpected tensor"):
        load_pretrained(replace(LITE0, trunk="efficientnet-lite2"))
