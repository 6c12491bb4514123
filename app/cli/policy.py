"""`touchstone policy`: which similarities follow from a budget, before it is put in force."""

from typing import Annotated, Any

import typer

from app.cli.printing import print_json, print_rows
from app.cli.session import explained, opened
from app.domain.contract import significant
from app.domain.errors import CalibrationError, InvalidInputError
from app.domain.registry import IdPrefix, public_id
from app.domain.thresholds import Thresholds, thresholds
from app.services.gallery import MotifGallery


def policy(
    suspect_per_million: Annotated[
        float | None, typer.Option(help="Ordinary listings in a million called suspect.")
    ] = None,
    review_per_million: Annotated[
        float | None, typer.Option(help="Ordinary listings in a million sent to review.")
    ] = None,
    reviews_per_day: Annotated[
        float | None, typer.Option(help="Reviews a day instead; needs --volume.")
    ] = None,
    volume: Annotated[float | None, typer.Option(help="Listings a day.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say which similarity each motif needs under a budget, and which settings ask for it."""
    with explained(), opened() as touchstone:
        now = touchstone.assessor.policy
        review = _review_budget(review_per_million, reviews_per_day, volume)
        budgets = {
            "suspect": now.suspect_per_million
            if suspect_per_million is None
            else suspect_per_million,
            "review": now.review_per_million if review is None else review,
        }
        if not 0 < budgets["suspect"] <= budgets["review"] < 300_000:
            raise InvalidInputError("budgets must satisfy 0 < suspect <= review < 300000")
        gallery = touchstone.gallery.current().gallery
        if gallery.nulls is None:
            raise CalibrationError("no motif is enrolled, or no background fits this model")
        found = {name: thresholds(gallery.nulls, each) for name, each in budgets.items()}
    document = _document(budgets, found, gallery)
    if as_json:
        print_json(document)
        return
    columns = ("motif_id", "brand", "motif", "review", "suspect")
    rows = [tuple(str(each[column]) for column in columns) for each in document["motifs"]]
    print_rows(f"similarity needed, on {gallery.background}", columns, rows)
    for name, value in document["settings"].items():
        typer.echo(f"{name}={value}")


def _review_budget(
    per_million: float | None, per_day: float | None, volume: float | None
) -> float | None:
    if per_day is None and volume is None:
        return per_million
    if per_million is not None:
        raise InvalidInputError("give either --review-per-million or --reviews-per-day")
    if per_day is None or volume is None or volume <= 0:
        raise InvalidInputError("--reviews-per-day and a --volume above 0 belong together")
    return 1e6 * per_day / volume


def _document(
    budgets: dict[str, float], found: dict[str, Thresholds], gallery: MotifGallery
) -> dict[str, Any]:
    return {
        "settings": {
            f"TOUCHSTONE_{name.upper()}_PER_MILLION": significant(value, 6)
            for name, value in budgets.items()
        },
        "background": gallery.background,
        "chances": {
            name: {
                "per_million": significant(1e6 * each.chance),
                "interval": None
                if each.interval is None
                else [significant(bound) for bound in each.interval],
            }
            for name, each in found.items()
        },
        "motifs": [
            {
                "motif_id": public_id(IdPrefix.MOTIF, motif.id),
                "brand": motif.brand.name,
                "motif": motif.name,
                **{name: round(float(each.similarities[row]), 3) for name, each in found.items()},
            }
            for row, motif in enumerate(gallery.motifs)
        ],
    }
