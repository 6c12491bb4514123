"""Makes a catalogue and a manifest of all that is in the folder of data sets.

    python -m scripts.make_catalog --data ../shared/data --out FOLDER

Listings of up to three photos of one folder, in the order of their names, by fifty sellers; every
other one says that it is unbranded, the rest say nothing. The manifest has five crops of each of
the 27 brands of FlickrLogos-27; the photos they were cut from, and near-duplicates of those, are in
no listing. Nothing is copied: paths lead to where the photos are.
"""

import argparse
import csv
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from app.evaluation.flickrlogos27 import FlickrLogos27, load_flickrlogos27

_PHOTOS, _SELLERS = 3, 50
_FOLDERS = ("clothing/images", "flickrlogos27/images", "grocery/iconic", "grocery/photos")


def write_manifest(logos: FlickrLogos27, path: Path) -> None:
    """Write the brands' references."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["brand", "motif", "kind", "path", "x_min", "y_min", "x_max", "y_max"])
        for crop in logos.references:
            where = crop.path.absolute()
            rows.writerow([crop.brand, "logo", "logo", where, *crop.box.as_tuple()])


def listings(data: Path, left_out: set[Path]) -> Iterator[dict[str, object]]:
    """Yield the catalogue's rows."""
    number = 0
    for folder in _FOLDERS:
        photos = sorted(path for path in (data / folder).rglob("*") if path.is_file())
        kept = [path for path in photos if path not in left_out]
        for start in range(0, len(kept), _PHOTOS):
            images = kept[start : start + _PHOTOS]
            yield {
                "listing_id": f"L{number}",
                "seller_id": f"S{number % _SELLERS}",
                "title": "Classic item, new",
                "category": folder.partition("/")[0],
                "brand_field": "Unbranded" if number % 2 else "",
                "images": [str(path.absolute()) for path in images],
            }
            number += 1


def main(words: list[str] | None = None) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder of the data sets")
    parser.add_argument("--out", type=Path, required=True, help="where both files go")
    options = parser.parse_args(words)
    options.out.mkdir(parents=True, exist_ok=True)
    logos = load_flickrlogos27(options.data / "flickrlogos27")
    left_out = {crop.path for crop in logos.references} | set(logos.dropped)
    write_manifest(logos, options.out / "manifest.csv")
    with (options.out / "in.jsonl").open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in listings(options.data, left_out))
    return 0


if __name__ == "__main__":
    sys.exit(main())
