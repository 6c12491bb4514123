"""`touchstone score`, `calibrate` and `evaluate`: commands that look at photos."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from app.cli.ablation import variants_of
from app.cli.catalog import score_quietly
from app.cli.printing import print_assessment, print_json
from app.cli.progress import counted
from app.cli.session import explained, opened, read_settings, service_at
from app.domain.contract import assessment_document
from app.domain.errors import InvalidInputError
from app.domain.listing import Listing
from app.evaluation.bench import Bench, load_rival
from app.evaluation.suites import check_drawable, draw_suite, run_suite, suite_names
from app.logs import log_to_stderr
from app.services.sources import FileSource

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
PHOTO_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".png", ".webp", ".avif", ".heic", ".heif", ".gif", ".bmp"}
)


def score(
    images: Annotated[list[Path], typer.Argument(metavar="IMAGE...", help="The photos.")],
    title: Annotated[str, typer.Option(help="The listing's title.")] = "",
    description: Annotated[str, typer.Option(help="The listing's description.")] = "",
    brand_field: Annotated[str, typer.Option(help="The listing's brand field.")] = "",
    seller: Annotated[str, typer.Option(help="The seller's id.")] = "",
    territory: Annotated[
        str, typer.Option(help="The marketplace's country, by its code of two letters.")
    ] = "",
    listing_id: Annotated[str, typer.Option(help="The listing's id.")] = "local",
    as_json: AsJson = False,
) -> None:
    """Assess one listing from image files; nothing is kept."""
    with explained(), opened() as touchstone:
        if not any(path.is_file() for path in images):
            raise InvalidInputError(f"there is no file {images[0]}")
        listing = Listing(
            listing_id,
            images=tuple(str(path) for path in images),
            seller_id=seller,
            title=title,
            description=description,
            brand_field=brand_field,
            territory=territory,
        )
        sources = [FileSource(path.name, path) for path in images]
        assessment = touchstone.assessor.assess(listing, sources)
    if as_json:
        print_json(assessment_document(assessment))
    else:
        print_assessment(assessment)


def calibrate(
    photos: Annotated[
        list[Path], typer.Argument(metavar="PHOTOS...", help="Photos, or folders of photos.")
    ],
    as_json: AsJson = False,
) -> None:
    """Count false alarms on your own ordinary photos from now on."""
    with explained(), opened() as touchstone:
        paths = _expanded(photos)
        with counted("photos", len(paths)) as advance:
            report = touchstone.calibrator.run(paths, advance=advance)
    document = {
        "photos": report.background.photos,
        "regions": len(report.background.rows),
        "background": report.background.version,
        "refused": [{"image": name, "detail": detail} for name, detail in report.refused],
    }
    if as_json:
        print_json(document)
        return
    for name, detail in report.refused:
        typer.echo(f"{name}: {detail}", err=True)
    typer.echo(f"calibrated on {report.background.photos} photos, {len(report.refused)} refused")


def _expanded(paths: list[Path]) -> list[Path]:
    """Return files as they are and, for folders, the photos below them, sorted."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            below = sorted(p for p in path.rglob("*") if p.suffix.lower() in PHOTO_SUFFIXES)
            found += [photo for photo in below if photo.is_file()]
        else:
            found.append(path)
    if not found:
        raise InvalidInputError("there is no photo among the paths given")
    return found


def evaluate(
    suite: Annotated[str, typer.Argument(metavar="SUITE", help=", ".join(suite_names()))],
    *,
    data: Annotated[Path, typer.Option(help="Folder of the labelled data sets.")] = Path(
        "../shared/data"
    ),
    out: Annotated[Path, typer.Option(help="Where predictions and figures are written.")] = Path(
        "var/evaluation"
    ),
    marks: Annotated[
        Path | None, typer.Option(help="Folder of prepared marks, for suites of composites.")
    ] = None,
    rivals: Annotated[bool, typer.Option(help="Let other methods answer too.")] = True,
    every_nth: Annotated[
        int, typer.Option(min=1, help="Take each Nth query and distractor: a look, no figure.")
    ] = 1,
    rescore: Annotated[
        bool, typer.Option("--rescore", help="Score the predictions of an earlier run again.")
    ] = False,
    heat_map: Annotated[
        Path | None, typer.Option(help="PNG to draw the evasion grid into.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure quality on a labelled data set: predictions first, figures from them."""
    with explained():
        settings = read_settings()
        log_to_stderr(settings.log_format)
        bench = Bench(
            data,
            out,
            # Labelled references all take part, twins and smudges too: figures are of the matching.
            service_at(settings.model_copy(update={"lint": "off"})),
            score_quietly,
            every_nth_mark=every_nth,
            every_nth_query=every_nth,
            marks=marks,
            rivals=rivals,
            load_rival=partial(load_rival, settings.model_cache),
            variants=variants_of(settings.model_copy(update={"lint": "off"})),
        )
        if heat_map is not None:
            check_drawable(suite)
        report = run_suite(suite, bench, rescore=rescore)
        if heat_map is not None:
            draw_suite(report, heat_map)
    if as_json:
        print_json(report.document)
    else:
        typer.echo(report.markdown)
