"""`touchstone prices …`: what brands' goods are known to cost. Needs the database alone."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from app.cli.printing import print_json, print_rows
from app.cli.session import explained, opened_sellers
from app.domain.errors import NotFoundError
from app.domain.prices import PriceRange
from app.domain.registry import Brand, IdPrefix, public_id

commands = typer.Typer(help="Say what brands' goods are known to cost.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
BrandName = Annotated[str, typer.Argument(metavar="BRAND", help="A brand's name or id.")]
Currency = Annotated[str, typer.Argument(metavar="CURRENCY", help="A code such as EUR.")]
Category = Annotated[str, typer.Option(help="Only in this category; else in all others.")]


@commands.command("set")
def set_price(
    brand: BrandName,
    currency: Currency,
    lowest: Annotated[float, typer.Argument(metavar="LOWEST", help="The lowest known price.")],
    typical: Annotated[
        float | None, typer.Option(help="The typical price, for people to read.")
    ] = None,
    category: Category = "",
    as_json: AsJson = False,
) -> None:
    """Keep what a brand's goods cost in a currency and a category, in place of what was known."""
    with explained(), opened_sellers() as desk:
        new = PriceRange(currency, lowest, typical, category)
        owner = desk.brand(brand)
        kept = [each for each in owner.prices if each.key != new.key]
        changed = desk.registry.change_brand(owner.id, prices=[*kept, new])
    if as_json:
        print_json(prices_document(changed))
    else:
        typer.echo(f"goods of {changed.name} cost {new.spoken}")


@commands.command("list")
def list_prices(as_json: AsJson = False) -> None:
    """List all known prices."""
    with explained(), opened_sellers() as desk:
        brands: list[Brand] = []
        while page := desk.registry.brands(after=brands[-1].id if brands else 0):
            brands += page
    priced = [brand for brand in brands if brand.prices]
    if as_json:
        print_json({"brands": [prices_document(brand) for brand in priced]})
        return
    rows: list[tuple[str, ...]] = [
        (brand.name, each.currency, f"{each.lowest:g}", f"{each.typical or 0:g}", each.category)
        for brand in priced
        for each in brand.prices
    ]
    print_rows("known prices", ("brand", "currency", "lowest", "typical", "category"), rows)


@commands.command("remove")
def remove(brand: BrandName, currency: Currency, category: Category = "") -> None:
    """Forget what a brand's goods cost in a currency and a category."""
    with explained(), opened_sellers() as desk:
        owner = desk.brand(brand)
        gone = PriceRange(currency, 1.0, None, category).key
        kept = [each for each in owner.prices if each.key != gone]
        if len(kept) == len(owner.prices):
            raise NotFoundError(f"nothing is known of such a price of {owner.name}")
        desk.registry.change_brand(owner.id, prices=kept)
    typer.echo(f"forgot a price of {owner.name}")


def prices_document(brand: Brand) -> dict[str, Any]:
    """Return a brand's known prices as JSON values."""
    return {
        "brand_id": public_id(IdPrefix.BRAND, brand.id),
        "brand": brand.name,
        "prices": [asdict(each) for each in brand.prices],
    }
