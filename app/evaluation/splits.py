"""The committed splits: which photo and which brand may be used for what.

`background.csv` cuts the ordinary photos into `fit` (the projection), `calibrate` (the background
that ships), `compose` (kept for training composites) and `report` (touched by nothing that is
reported on). `flickrlogos27.csv` cuts the brands into `tune`, looked at while methods were chosen,
and `report`, not looked at.
"""

import csv
from importlib.resources import files
from pathlib import Path


def background_part(data: Path, part: str) -> list[Path]:
    """Return the photos of one part, in the file's order, below the folder `data`."""
    return [
        data / row["data_set"] / row["path"]
        for row in _rows("background.csv")
        if row["part"] == part
    ]


def brand_parts() -> dict[str, str]:
    """Return `tune` or `report` for each brand of FlickrLogos-27."""
    return {row["brand"]: row["part"] for row in _rows("flickrlogos27.csv")}


def _rows(name: str) -> list[dict[str, str]]:
    text = (files("app.evaluation") / "split_files" / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
