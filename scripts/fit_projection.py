"""Fits the projection of `efficientnet-lite0-imagenet` and writes it under `models/weights/`.

Photos are those of the part `fit` of `app/evaluation/split_files/background.csv`; marks are those
of the `simpleicons` package. No photo of another part takes part, nor any labelled brand photo.

    python -m scripts.fit_projection ../shared/data

The printed SHA-256 belongs into `models/cards.py`.
"""

import argparse
import hashlib
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from simpleicons.all import icons

from app.evaluation.splits import background_part
from app.media.decoding import decode_image
from app.media.limits import DecodeLimits
from app.media.marks import render_mark
from models.cards import LITE0, WeightsFile
from models.cropping import crop_regions
from models.networks.lite0 import load_lite0
from models.projection import fit_projection
from models.proposers.grid import GridProposer
from models.regions import Embeddings, Regions
from models.runtimes.torch_runtime import TorchRuntime
from models.weights_file import locate_weights, shipped_file

_PROJECTION = LITE0.projection or WeightsFile("", "")


def main(data: Path) -> str:
    """Fit, write, and return the SHA-256 of the file."""
    runtime = TorchRuntime(load_lite0(locate_weights(LITE0.weights), None))
    rows = [_embed(runtime, photo) for photo in _photos(data)]
    rows += [_embed(runtime, mark) for mark in _marks()]
    projection = fit_projection(np.concatenate(rows), LITE0.dim)
    target = shipped_file(_PROJECTION.file)
    save_file({"projection": projection}, target)
    return hashlib.sha256(target.read_bytes()).hexdigest()


def _photos(data: Path) -> list[Regions]:
    proposer = GridProposer()
    paths = background_part(data, "fit")
    frames = [decode_image(path.read_bytes(), DecodeLimits()).frames[0] for path in paths]
    return [proposer.propose(frame) for frame in frames]


def _marks() -> list[Regions]:
    marks = [
        render_mark(icon.svg, side=160, colour=f"#{icon.hex}", background="#ffffff")
        for icon in icons.values()
    ]
    return [Regions.of(np.asarray(mark), [(0, 0, 160, 160)]) for mark in marks]


def _embed(runtime: TorchRuntime, regions: Regions) -> Embeddings:
    return runtime.run(crop_regions(regions, LITE0.input_size))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder that holds clothing/ and grocery/")
    print(main(parser.parse_args().data))
