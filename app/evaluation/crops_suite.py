"""Suite `flickrlogos27-crops`: the labelled boxes themselves, among thousands of marks.

It leaves finding the region out and asks the matcher alone: given the box of a mark, is its brand
the best match, and is it among the best ten?
"""

from collections import defaultdict
from typing import Any

import numpy as np

from app.evaluation.bench import Bench, SuiteReport
from app.evaluation.flickrlogos27 import LabelledBox, load_flickrlogos27
from app.evaluation.metrics import hit_share
from app.evaluation.photos_suite import share_text
from app.evaluation.registries import enrol_suite
from app.evaluation.splits import brand_parts
from app.media.decoding import decode_image
from app.services.touchstone import Touchstone
from models.regions import Regions

_DEPTH = 10
_SIZES = ((0, 32), (32, 64), (64, 128), (128, 100_000))


def run_crops(bench: Bench) -> SuiteReport:
    """Enrol, match every labelled crop, and measure."""
    data = load_flickrlogos27(bench.data_set("flickrlogos27"))
    folder = bench.out / "flickrlogos27-crops"
    touchstone = bench.fresh_service(folder, _DEPTH)
    try:
        enrol_suite(touchstone, data, folder, bench.every_nth_mark)
        ranks = _ranks(touchstone, data.crops)
        references = len(touchstone.gallery.current().gallery.references)
    finally:
        touchstone.close()
    document = _figures(data.crops, ranks) | {"references": references}
    return SuiteReport(document, _markdown(document))


def _ranks(touchstone: Touchstone, crops: tuple[LabelledBox, ...]) -> list[int]:
    """Return the rank of each crop's brand from 1, `_DEPTH + 1` where it is not among the best."""
    by_photo: dict[Any, list[int]] = defaultdict(list)
    for place, crop in enumerate(crops):
        by_photo[crop.path].append(place)
    ranks = [_DEPTH + 1] * len(crops)
    for path, places in by_photo.items():
        photo = decode_image(path.read_bytes(), touchstone.limits).frames[0]
        for place in places:
            region = Regions.of(photo, [crops[place].box.as_tuple()])
            ranks[place] = _rank(touchstone, region, crops[place].brand)
    return ranks


def _rank(touchstone: Touchstone, region: Regions, brand: str) -> int:
    embedding = touchstone.eyes.embedder.embed(region)
    matches = touchstone.gallery.current().match(region.boxes, embedding, _DEPTH)
    brands = [match.brand for match in matches]
    return brands.index(brand) + 1 if brand in brands else _DEPTH + 1


def _figures(crops: tuple[LabelledBox, ...], ranks: list[int]) -> dict[str, Any]:
    parts = brand_parts()
    order = np.array(ranks)
    part = np.array([parts[crop.brand] for crop in crops])
    side = np.array([max(crop.box.width, crop.box.height) for crop in crops])
    groups = {
        "all 27 brands": np.ones(len(crops), bool),
        "brands looked at while choosing methods": part == "tune",
        "brands not looked at": part == "report",
    }
    for low, high in _SIZES:
        label = f"longer side {low} to {high} px" if high < 100_000 else f"longer side {low} px up"
        groups[label] = (side >= low) & (side < high)
    return {
        "groups": {
            name: {
                "crops": int(mask.sum()),
                "recall at rank 1": hit_share(order[mask] == 1).document(),
                "recall at rank 10": hit_share(order[mask] <= _DEPTH).document(),
            }
            for name, mask in groups.items()
            if mask.any()
        }
    }


def _markdown(document: dict[str, Any]) -> str:
    lines = [
        "| | crops | recall at rank 1 | recall at rank 10 |",
        "| --- | --- | --- | --- |",
    ]
    for group, figures in document["groups"].items():
        first, tenth = figures["recall at rank 1"], figures["recall at rank 10"]
        lines.append(
            f"| {group} | {figures['crops']} | {share_text(first)} | {share_text(tenth)} |"
        )
    lines += ["", f"{document['references']} references."]
    return "\n".join(lines)
