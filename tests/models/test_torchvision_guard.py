"""torchvision can be imported under a CPU build of torch, in a process that has not done so yet."""

import subprocess
import sys


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


def test_the_guard_lets_torchvision_in_and_can_be_called_twice() -> None:
    code = (
        "from models.torchvision_guard import import_torchvision as get\n"
        "get(); vision = get()\n"
        "import torch\n"
        "net = vision.models.mobilenet_v2().eval()\n"
        "print(tuple(net.features(torch.zeros(1, 3, 64, 64)).shape))\n"
    )
    done = run(code)
    assert done.stdout.strip() == "(1, 1280, 2, 2)", done.stderr


def test_nothing_but_the_guard_imports_torchvision() -> None:
    code = (
        "import sys, app.cli, models.networks.lite0, models.runtimes.torch_runtime\n"
        "print('torchvision' in sys.modules)\n"
    )
    assert run(code).stdout.strip() == "False"


def test_the_command_line_starts_without_torch() -> None:
    assert run("import sys, app.cli\nprint('torch' in sys.modules)\n").stdout.strip() == "False"
