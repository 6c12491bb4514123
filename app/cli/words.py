"""`touchstone words CATALOG`: counts how common words are in your own ordinary titles."""

from collections.abc import Iterator
from typing import Annotated

import typer

from app.batch.formats import Catalog
from app.batch.rows import CatalogRow
from app.cli.printing import print_json
from app.cli.session import explained, read_settings
from app.services.title_words import count_titles


def words(
    catalog: Annotated[
        str, typer.Argument(metavar="CATALOG", help="Catalogue: a file, folder, pattern or URL.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Count how common words are in your own ordinary titles.

    Residue words of motifs are weighed with these counts from the next start of a service on. At
    least 1,000 titles have to be there; rows that cannot be read are left out.
    """
    with explained():
        settings = read_settings()
        counts = count_titles(_titles(Catalog(catalog)), settings.title_words)
    if as_json:
        print_json({"titles": counts.titles, "words": len(counts.words)})
        return
    typer.echo(f"{counts.titles} titles with {len(counts.words)} words that recur")


def _titles(catalog: Catalog) -> Iterator[tuple[str, str]]:
    for row in catalog.rows():
        if isinstance(row, CatalogRow):
            yield row.listing.title, row.listing.category
