"""`touchstone catalog replay OUT`: which past verdicts would flip, before anything is switched."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from heapq import nlargest
from pathlib import Path
from typing import Annotated, Any

import typer

from app.batch.executor import DEFAULT_WORKERS
from app.batch.looking_back import (
    Comparison,
    Judge,
    KeptMatches,
    Tally,
    assessment_changes,
    by_photos,
    by_regions,
    by_the_rule,
    differing,
    look_back,
)
from app.batch.report.reading import FinishedRun
from app.batch.stage import AssessStage
from app.bootstrap import build
from app.cli.catalog_rematch import sentence
from app.cli.printing import print_json, print_rows
from app.cli.session import explained, read_settings
from app.domain.errors import InvalidInputError
from app.logs import log_to_stderr
from app.services.touchstone import Touchstone
from app.settings import Settings


def replay(
    target: Annotated[
        Path, typer.Argument(metavar="OUT", help="What `catalog score` wrote, its run beside it.")
    ],
    *,
    model: Annotated[str, typer.Option(help="Another model; needs the photos.")] = "",
    registry: Annotated[
        Path | None, typer.Option(help="Data folder of a service with another registry.")
    ] = None,
    suspect_per_million: Annotated[
        float | None, typer.Option(help="Another budget of suspects.")
    ] = None,
    review_per_million: Annotated[
        float | None, typer.Option(help="Another budget of reviews.")
    ] = None,
    motif_prior: Annotated[float | None, typer.Option(help="Another prior.")] = None,
    photos: Annotated[
        bool, typer.Option("--photos", help="Look at the photos again, whatever is kept.")
    ] = False,
    workers: Annotated[int, typer.Option(min=1, help="Listings at a time.")] = DEFAULT_WORKERS,
    limit: Annotated[int, typer.Option(min=0, help="Flipped listings shown.")] = 100,
    encoding: Annotated[str, typer.Option(help="Encoding of CSV files, as for the run.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show which verdicts of a finished run would flip under another model, registry or policy."""
    budgets = {
        "suspect_per_million": suspect_per_million,
        "review_per_million": review_per_million,
        "motif_prior": motif_prior,
    }
    with explained(), ExitStack() as stack:
        run = FinishedRun(target, encoding=encoding)
        settings = _changed(read_settings(), model, registry, budgets)
        log_to_stderr(settings.log_format)
        touchstone = build(settings)
        stack.callback(touchstone.close)
        now = AssessStage(touchstone.assessor).versions()
        judge, by = _judge(run, touchstone, now, stack, photos=photos)
        tally = Tally()
        pairs = look_back(run, judge, tally, workers=workers)
        flipped = nlargest(limit, _flipped(pairs), key=lambda pair: abs(_step(pair)))
    document = {
        "by": by,
        "then": run.versions,
        "now": now,
        **tally.to_document(),
        "changes": [assessment_changes(pair) for pair in flipped],
    }
    if as_json:
        print_json(document)
    else:
        _print(document)


def _changed(
    settings: Settings, model: str, registry: Path | None, budgets: dict[str, float | None]
) -> Settings:
    changes: dict[str, Any] = {name: value for name, value in budgets.items() if value is not None}
    if model:
        changes["model"] = model
    if registry is not None:
        if not (registry / "touchstone.db").is_file():
            raise InvalidInputError(f"{registry} is no data folder: it has no touchstone.db")
        changes |= {"data_dir": registry, "database_url": "", "blob_url": ""}
    try:
        return Settings(**(settings.model_dump() | changes))
    except ValueError as error:
        raise InvalidInputError(f"these settings do not go together: {error}") from error


def _judge(
    run: FinishedRun,
    touchstone: Touchstone,
    now: dict[str, Any],
    stack: ExitStack,
    *,
    photos: bool,
) -> tuple[Judge, str]:
    """Return the judge that needs the least, and what it judges by."""
    assessor, changes = touchstone.assessor, differing(run.versions, now)
    if photos or changes & {"model", "reader"}:
        return by_photos(assessor, touchstone.collector), "photos"
    if changes <= {"policy"}:
        return by_the_rule(assessor.reassess), "matches"
    matches = stack.enter_context(closing(KeptMatches(run.path, assessor.rematch)))
    if not matches.photos:
        return by_photos(assessor, touchstone.collector), "photos"
    same = "background" not in changes
    return by_regions(matches, assessor.reassess, same_background=same), "embeddings"


def _flipped(pairs: Iterator[Comparison]) -> Iterator[Comparison]:
    return (pair for pair in pairs if pair.flipped)


def _step(pair: Comparison) -> float:
    return pair.now.score - pair.then.score


def _print(document: dict[str, Any]) -> None:
    changed = differing(document["then"], document["now"])
    for name in sorted(changed):
        typer.echo(f"{name}: {document['then'].get(name)} then, {document['now'][name]} now")
    columns = ("listing", "then", "score", "now", "score", "reasons")
    rows: list[tuple[str, ...]] = [
        (
            one["listing_id"],
            one["then"]["verdict"],
            f"{one['then']['score']:.3f}",
            one["now"]["verdict"],
            f"{one['now']['score']:.3f}",
            ", ".join(reason["code"] for reason in one["now"]["reasons"]),
        )
        for one in document["changes"]
    ]
    print_rows(f"verdicts that flip, judged by {document['by']}", columns, rows)
    typer.echo(sentence(document))
