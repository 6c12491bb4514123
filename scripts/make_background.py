"""Makes the background that ships with a model, from the part `calibrate` of the ordinary photos.

    python -m scripts.make_background ../shared/data
    python -m scripts.make_background ../shared/data --speed fast

It goes through the same decoder, proposer and embedder as `touchstone calibrate`, with OpenVINO or
torch in float32, and is written to `models/weights/<model>.<speed>.background.safetensors`.
"""

import argparse
from pathlib import Path

from app.bootstrap import build
from app.domain.errors import CalibrationError
from app.evaluation.splits import background_part
from app.settings import Settings
from models.weights_file import shipped_file


def main(data: Path, settings: Settings) -> str:
    """Embed, write, and return what was made."""
    touchstone = build(settings)
    try:
        background, refused = touchstone.calibrator.embed(background_part(data, "calibrate"))
    finally:
        touchstone.close()
    if background is None or refused:
        raise CalibrationError(f"photos that could not be read: {refused}")
    target = shipped_file(f"{settings.model}.{settings.speed}.background.safetensors")
    target.write_bytes(background.to_bytes())
    return f"{background.photos} photos, {len(background.rows)} regions, {background.model}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder that holds clothing/ and grocery/")
    parser.add_argument("--speed", choices=("full", "fast"), default="full")
    parser.add_argument("--work", type=Path, default=Path("var/make-background"))
    arguments = parser.parse_args()
    chosen = Settings(data_dir=arguments.work, precision="f32", speed=arguments.speed)
    print(main(arguments.data, chosen))
