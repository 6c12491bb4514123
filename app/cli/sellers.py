"""`touchstone sellers …`: who may sell a brand's goods. Needs the database alone."""

from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.printing import print_json, print_rows
from app.cli.progress import counted
from app.cli.session import explained, fail, opened_sellers
from app.domain.registry import IdPrefix, parse_id, public_id
from app.domain.sellers import NewSeller, Seller, SellerKind
from app.services.selling import SellerDesk, parse_day

commands = typer.Typer(
    help="Say who may sell a brand's goods: authorised sellers and licensed resellers.",
    no_args_is_help=True,
)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@commands.command("add")
def add(
    brand: Annotated[str, typer.Argument(metavar="BRAND", help="A brand's name or id.")],
    seller: Annotated[
        str, typer.Argument(metavar="SELLER", help="The seller's id, as listings have it.")
    ],
    territory: Annotated[
        list[str] | None,
        typer.Option(help="A country such as DE, EU or EEA; may be given again. Else everywhere."),
    ] = None,
    kind: Annotated[
        SellerKind, typer.Option(help="What the seller is to the brand.")
    ] = SellerKind.AUTHORISED,
    valid_from: Annotated[str, typer.Option(help="The first day, such as 2026-01-01.")] = "",
    valid_until: Annotated[str, typer.Option(help="The last day.")] = "",
    note: Annotated[str, typer.Option(help="For people.")] = "",
    as_json: AsJson = False,
) -> None:
    """Authorise a seller of a brand, or change what is kept of one."""
    with explained(), opened_sellers() as desk:
        days = parse_day(valid_from), parse_day(valid_until)
        new = NewSeller(seller, kind, "", *days, note)
        owner = desk.brand(brand)
        stored = desk.authorise(owner, new, territory or ())
    documents = [seller_document(each, owner.name) for each, _ in stored]
    if as_json:
        print_json({"sellers": documents})
        return
    for document in documents:
        typer.echo(f"{document['authorisation_id']}: {_sentence(document)}")


@commands.command("list")
def list_sellers(
    brand: Annotated[str, typer.Option(help="Only of this brand, by name or id.")] = "",
    seller: Annotated[str, typer.Option(help="Only this seller.")] = "",
    as_json: AsJson = False,
) -> None:
    """List who may sell what, expired authorisations included."""
    with explained(), opened_sellers() as desk:
        number = desk.brand(brand).id if brand else None
        documents = list(_documents(desk, number, seller or None))
    if as_json:
        print_json({"sellers": documents})
        return
    columns = ("id", "seller", "may sell", "from", "until", "note")
    rows: list[tuple[str, ...]] = [
        (
            each["authorisation_id"],
            each["seller_id"],
            f"{each['brand']}, {each['territory'] or 'everywhere'} ({each['kind']})",
            each["valid_from"] or "",
            each["valid_until"] or "",
            each["note"],
        )
        for each in documents
    ]
    print_rows("sellers", columns, rows)


@commands.command("remove")
def remove(
    authorisation: Annotated[
        str, typer.Argument(metavar="ID", help="An authorisation's id, such as slr_5.")
    ],
) -> None:
    """Withdraw an authorisation."""
    with explained(), opened_sellers() as desk:
        desk.registry.remove_seller(parse_id(IdPrefix.SELLER, authorisation))
    typer.echo(f"removed {authorisation}")


@commands.command("import")
def import_sellers(
    table: Annotated[
        Path, typer.Argument(metavar="CSV", help="Columns brand and seller, and optional ones.")
    ],
    as_json: AsJson = False,
) -> None:
    """Import authorised sellers from a CSV; a bad row is reported and skipped."""
    with explained(), opened_sellers() as desk, counted("rows", None) as advance:
        report = desk.run(table, advance=advance)
    if as_json:
        errors = [{"row": error.row, "detail": error.message} for error in report.errors]
        counts = {"rows": report.rows, "added": report.added, "known": report.known}
        print_json({**counts, "ignored_columns": [*report.ignored_columns], "errors": errors})
    else:
        for name in report.ignored_columns:
            typer.echo(f"column {name!r} is ignored", err=True)
        for error in report.errors:
            typer.echo(error.message, err=True)
        typer.echo(
            f"{report.added} sellers added, {report.known} known, {len(report.errors)} rows refused"
        )
    if report.errors and not report.added + report.known:
        fail(f"none of the {report.rows} rows of {table} could be used")


def _documents(desk: SellerDesk, brand: int | None, named: str | None) -> list[dict[str, Any]]:
    names: dict[int, str] = {}
    documents: list[dict[str, Any]] = []
    after = 0
    while page := desk.registry.sellers(brand_id=brand, named=named, after=after):
        for each in page:
            names[each.brand_id] = (
                names.get(each.brand_id) or desk.registry.brand(each.brand_id).name
            )
            documents.append(seller_document(each, names[each.brand_id]))
        after = page[-1].id
    return documents


def seller_document(seller: Seller, brand: str) -> dict[str, Any]:
    """Return an authorisation as JSON values."""
    return {
        "authorisation_id": public_id(IdPrefix.SELLER, seller.id),
        "brand_id": public_id(IdPrefix.BRAND, seller.brand_id),
        "brand": brand,
        "seller_id": seller.seller_id,
        "kind": str(seller.kind),
        "territory": seller.territory,
        "valid_from": seller.valid_from and seller.valid_from.isoformat(),
        "valid_until": seller.valid_until and seller.valid_until.isoformat(),
        "note": seller.note,
    }


def _sentence(document: dict[str, Any]) -> str:
    where = document["territory"] or "everywhere"
    until = f" until {document['valid_until']}" if document["valid_until"] else ""
    return f"{document['seller_id']} is {document['kind']} for {document['brand']}, {where}{until}"
