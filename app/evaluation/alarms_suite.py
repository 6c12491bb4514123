"""Suite `false-alarms`: do the false-alarm figures hold on photos that had no part in them?

Ordinary photos of the part `report` are matched against every motif of the FlickrLogos-27 registry.
Of all (motif, photo) pairs, the share that reaches a stated chance should be that chance. The same
is asked of the whole registry, one figure per photo, which is what verdicts rest on. Every chance
is exported before anything is counted.
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.domain.errors import CalibrationError, InvalidInputError
from app.evaluation.bench import Bench, Suite, SuiteReport
from app.evaluation.contenders.service import ServiceContender
from app.evaluation.flickrlogos27 import load_flickrlogos27
from app.evaluation.line_up import gallery_folder, service_facts
from app.evaluation.measuring import Race, read_run
from app.evaluation.metrics import hit_share
from app.evaluation.registries import brand_references, distractors
from app.evaluation.splits import background_part
from app.evaluation.tables import share_text
from app.services.background import Background
from app.services.touchstone import Touchstone

NAME = "false-alarms"
_FILE = "chances.npz"
_PAIR_LEVELS = (1e-1, 1e-2, 1e-3, 1e-4, 1e-5)
_PHOTO_LEVELS = (0.1, 0.05, 0.02, 0.01, 0.001)


def export(bench: Bench, folder: Path) -> None:
    """Enrol, match the held-out photos against everything, and write every chance."""
    data = load_flickrlogos27(bench.data_set("flickrlogos27"))
    touchstone = bench.fresh_service(folder, 1)
    try:
        ours = ServiceContender(touchstone, folder)
        brands = {reference.brand for reference in data.references}
        others = distractors(brands, gallery_folder(folder), bench.every_nth_mark)
        ours.enrol(brand_references(data.references) + others)
        paths = background_part(bench.data, "report")[:: bench.every_nth_query]
        photos, _ = touchstone.calibrator.embed(paths)
        if photos is None:
            raise CalibrationError("none of the held-out photos could be read")
        chances, registry = _chances(touchstone, photos)
        Race(folder, []).write((), service_facts(ours, bench))
        np.savez(folder / _FILE, chances=chances, registry=registry)
    finally:
        touchstone.close()


def score(folder: Path) -> SuiteReport:
    """Compute the figures of what was exported."""
    facts = read_run(folder)
    try:
        with np.load(folder / _FILE, allow_pickle=False) as kept:
            document = _figures(kept["chances"], kept["registry"]) | {"run": facts}
    except (OSError, KeyError, ValueError) as error:
        raise InvalidInputError(f"{folder / _FILE} does not hold predictions") from error
    return SuiteReport(document, _markdown(document))


SUITE = Suite(NAME, export, score)


def _chances(
    touchstone: Touchstone, photos: Background
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return `(motifs, photos)` chances and `(photos,)` registry chances."""
    nulls = touchstone.gallery.current().gallery.nulls
    if nulls is None:
        raise CalibrationError("no background fits this model")
    best = touchstone.gallery.maxima_over(photos)
    chances = np.stack(
        [nulls.chances(np.full(photos.photos, row), values) for row, values in enumerate(best)]
    )
    smallest = chances.min(axis=0)
    return chances, np.array([nulls.registry_chance(float(chance)) for chance in smallest])


def _figures(chances: NDArray[np.float64], registry: NDArray[np.float64]) -> dict[str, Any]:
    return {
        "motifs": chances.shape[0],
        "photos": chances.shape[1],
        "motif_and_photo": {
            f"{level:g}": float((chances <= level).mean()) for level in _PAIR_LEVELS
        },
        "photo_and_registry": {
            f"{level:g}": hit_share(registry <= level).document() for level in _PHOTO_LEVELS
        },
    }


def _markdown(document: dict[str, Any]) -> str:
    lines = ["| chance stated | motif and photo, seen | photo and whole registry, seen |"]
    lines.append("| --- | --- | --- |")
    pairs, photos = document["motif_and_photo"], document["photo_and_registry"]
    for level in sorted({*pairs, *photos}, key=float, reverse=True):
        pair = f"{pairs[level]:.2g}" if level in pairs else ""
        photo = share_text(photos[level]) if level in photos else ""
        lines.append(f"| {level} | {pair} | {photo} |")
    lines += ["", f"{document['motifs']} motifs, {document['photos']} photos."]
    return "\n".join(lines)
