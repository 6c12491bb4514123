"""Make the background of text that ships: what ordinary photos carry, as the reader reads it.

    python -m scripts.make_text_background --data ../shared/data

Half a second a photo on two cores. Photos of the part `calibrate` alone are read.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

from app.evaluation.contenders.roles import read_photo
from app.evaluation.splits import background_part
from app.media.limits import DecodeLimits
from app.services.ordinary_words import Vocabulary
from app.services.text_backgrounds import gather
from models.reading.lines import TextLine
from models.reading.pp_ocr import PpOcrReader

_TARGET = Path(__file__).parents[1] / "app" / "domain" / "data" / "text_background.json"


def main() -> None:
    """Parse the arguments, read the photos, write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the labelled photos")
    parser.add_argument("--every-nth", type=int, default=2, help="photos to take (default 2)")
    parser.add_argument("--out", type=Path, default=_TARGET, help="file to write")
    arguments = parser.parse_args()
    paths = background_part(arguments.data, "calibrate")[:: arguments.every_nth]
    reader = PpOcrReader()
    background = gather(reader.name, _lines(reader, paths), Vocabulary.load())
    text = json.dumps(background.document(), ensure_ascii=False, indent=1)
    arguments.out.write_text(text + "\n", encoding="utf-8")
    print(f"{arguments.out}: {background.photos} photos, {background.words:.2f} words in each")


def _lines(reader: PpOcrReader, paths: list[Path]) -> Iterator[tuple[TextLine, ...]]:
    limits = DecodeLimits()
    for path in paths:
        yield reader.read(read_photo(path, limits))


if __name__ == "__main__":
    main()
