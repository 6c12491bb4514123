"""`touchstone explain`: why a motif was not raised in a photo."""

from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.printing import print_json, print_rows
from app.cli.session import explained, opened
from app.domain.box import Box
from app.domain.contract import alarms_text
from app.domain.errors import InvalidBoxError
from app.domain.explanation_contract import explanation_document
from app.domain.listing import Listing
from app.domain.registry import IdPrefix, parse_id
from app.services.sources import FileSource

_COLUMNS = ("what", "reference", "box", "similarity", "false alarms per million", "short of review")


def explain(
    image: Annotated[Path, typer.Argument(metavar="IMAGE", help="The photo.")],
    motif: Annotated[str, typer.Option(help="The motif's id, such as mot_12.")],
    box: Annotated[
        str, typer.Option(help="Where you see it: x_min,y_min,x_max,y_max in pixels.")
    ] = "",
    title: Annotated[str, typer.Option(help="The listing's title.")] = "",
    description: Annotated[str, typer.Option(help="The listing's description.")] = "",
    brand_field: Annotated[str, typer.Option(help="The listing's brand field.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say why a motif was not raised in a photo; nothing is kept."""
    with explained():
        number, drawn = parse_id(IdPrefix.MOTIF, motif), _box(box)
        listing = Listing(
            "local",
            images=(str(image),),
            title=title,
            description=description,
            brand_field=brand_field,
        )
        with opened() as touchstone:
            source = FileSource(image.name, image)
            found = touchstone.explainer.explain(listing, source, number, drawn)
    document = explanation_document(found)
    if as_json:
        print_json(document)
    else:
        _print(document)


def _box(text: str) -> Box | None:
    if not text:
        return None
    edges = text.split(",")
    try:
        x_min, y_min, x_max, y_max = (int(edge) for edge in edges)
    except ValueError as error:
        raise InvalidBoxError(f"a box is x_min,y_min,x_max,y_max, not {text!r}") from error
    return Box(x_min, y_min, x_max, y_max)


def _print(document: dict[str, Any]) -> None:
    name = f"{document['brand']} / {document['motif']}"
    typer.echo(f"{document['image']}: {document['verdict']}; {name} ({document['motif_id']})")
    for why in document["why"]:
        typer.echo(f"  {why['code']}: {why['detail']}")
    needed = document["needed"]
    typer.echo(
        f"  needed of a listing that denies the brand by {needed['brand_denied']:.2f}: "
        f"review {_figure(needed['review'])}, suspect {_figure(needed['suspect'])}"
    )
    print_rows("compared", _COLUMNS, [_row(what, each) for what, each in _compared(document)])
    if document["box"] is not None:
        _print_as_reference(document["box"])


def _compared(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    boxed = document["box"]
    compared = [
        ("nearest region", document["nearest"]),
        ("counted", document["counted"]),
        *(("in quarantine", each["nearest"]) for each in document["quarantined"]),
        ("your box", None if boxed is None else boxed["crop"]),
        ("your box as reference", None if boxed is None else boxed["as_reference"]),
    ]
    return [(what, each) for what, each in compared if each is not None]


def _row(what: str, compared: dict[str, Any]) -> tuple[str, ...]:
    return (
        what,
        compared.get("reference_id") or "",
        " ".join(str(edge) for edge in compared["box"]),
        _figure(compared["similarity"]),
        alarms_text(compared["false_alarms_per_million"]),
        _figure(compared["short_of_review"]) if "short_of_review" in compared else "",
    )


def _print_as_reference(boxed: dict[str, Any]) -> None:
    supposed = boxed["as_reference"]
    typer.echo(f"the box: overlap {boxed['overlap']:.2f} with the nearest proposed region")
    part = "would take part" if supposed["enrolled"] else "would not take part"
    typer.echo(f"as a reference it {part} and bring this photo to {supposed['verdict']}")
    for finding in supposed["findings"]:
        typer.echo(f"  {finding['code']}: {finding['detail']}")


def _figure(value: float | None) -> str:
    return "none" if value is None else f"{value:.3f}"
