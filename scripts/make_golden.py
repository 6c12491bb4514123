"""Writes the golden vectors that both runtimes are tested against.

    python -m scripts.make_golden

Run it only when a model is replaced on purpose, and say so in the commit.
"""

import json

from models.cards import model_names
from models.catalogue import RuntimeOptions, load_embedder
from tests.models.test_embedders import GOLDEN, golden_regions


def main() -> None:
    """Embed the golden regions with every model, by torch in float32, and write the rows."""
    for name in model_names():
        embedder = load_embedder(name, RuntimeOptions("torch"))
        rows = embedder.embed(golden_regions())
        document = {
            "model": embedder.name,
            "weights_sha256": embedder.weights_sha256,
            "rows": [[round(float(value), 6) for value in row] for row in rows],
        }
        (GOLDEN / f"{name}.json").write_text(json.dumps(document) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
