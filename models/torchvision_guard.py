"""The one place that imports torchvision.

PyPI's torchvision is built against CUDA. Under a CPU build of torch its compiled extension does not
load, so the operator *schemas* it would have declared are missing, and `import torchvision` fails
while it registers fake kernels for two of them. Declaring those two schemas first lets the import
through; the operators themselves stay unusable (`torchvision.ops.nms` raises, `torchvision.io` does
not work), and everything that is plain Python works: models, transforms, feature extraction.

Declared only where `torch.version.cuda is None`: a CUDA build brings the real ones.
"""

from types import ModuleType

import torch

_SCHEMA = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
_MISSING_WITHOUT_CUDA = ("torchvision::nms", "torchvision::qnms")


def import_torchvision() -> ModuleType:
    """Return the torchvision module; safe to call any number of times, in any order."""
    if torch.version.cuda is None:
        for operator in _MISSING_WITHOUT_CUDA:
            namespace, name = operator.split("::")
            if not hasattr(getattr(torch.ops, namespace), name):
                torch.library.define(operator, _SCHEMA)
    import torchvision  # noqa: PLC0415  after the schemas, or it fails

    return torchvision  # type: ignore[no-any-return]
