"""Keeps the lists of who may sell a brand's goods, one by one or from a CSV.

Columns of the CSV: `brand,seller`, and optionally `territory,kind,valid_from,valid_until,note`.
Several territories in one cell are separated by `;`, and make an authorisation each. Importing the
same file again changes nothing; a row with other dates changes them. A brand has to be registered:
one that is not is a misspelt name more often than a new brand, and its row is reported.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from app.domain.errors import (
    InvalidInputError,
    InvalidRowError,
    NotFoundError,
    TouchstoneError,
    UnsupportedFileError,
)
from app.domain.ports import RegistryStore
from app.domain.registry import Brand, IdPrefix, parse_id
from app.domain.sellers import NewSeller, Seller, SellerKind
from app.services.csv_table import CsvTable, Row

REQUIRED = ("brand", "seller")
OPTIONAL = ("territory", "kind", "valid_from", "valid_until", "note")
_AT_ONCE = 500  # rows in one transaction; other writers wait meanwhile


@dataclass(slots=True)
class SellerReport:
    """What an import did; `errors` are in the rows' order."""

    rows: int = 0
    added: int = 0
    known: int = 0
    ignored_columns: tuple[str, ...] = ()
    errors: list[InvalidRowError] = field(default_factory=list)


class SellerDesk:
    """Where authorisations are kept; safe to share between threads."""

    def __init__(self, registry: RegistryStore) -> None:
        self._registry = registry

    @property
    def registry(self) -> RegistryStore:
        """Where they are kept."""
        return self._registry

    def brand(self, text: str) -> Brand:
        """Return the brand of an id or a name; `NotFoundError`."""
        try:
            return self._registry.brand(parse_id(IdPrefix.BRAND, text))
        except NotFoundError:
            return self._registry.brand_named(text)

    def authorise(
        self, brand: Brand, new: NewSeller, territories: Sequence[str] = ()
    ) -> list[tuple[Seller, bool]]:
        """Keep an authorisation in each of the territories, everywhere without any."""
        return [self._registry.ensure_seller(brand.id, each) for each in _spread(new, territories)]

    def run(self, path: Path, *, advance: Callable[[], None] = lambda: None) -> SellerReport:
        """Import every usable row of a CSV, calling `advance` after each.

        Raises:
            UnsupportedFileError: when the file cannot be read or lacks a required column.
        """
        report = SellerReport()
        table = CsvTable(path, REQUIRED, OPTIONAL)
        brands: dict[str, Brand] = {}
        waiting: list[tuple[int, Brand, NewSeller]] = []
        for number, row in enumerate(table.rows(), start=1):
            report.rows = number
            try:
                table.check(row)
                name = row["brand"].strip()
                brands[name] = brands.get(name) or self.brand(name)
                waiting += [(number, brands[name], new) for new in _read(row)]
            except TouchstoneError as error:
                report.errors.append(InvalidRowError(number, error.message))
            if len(waiting) >= _AT_ONCE:
                self._keep(waiting, report)
                waiting.clear()
            advance()
        self._keep(waiting, report)
        report.ignored_columns = table.ignored
        report.errors.sort(key=lambda error: error.row)
        return report

    def _keep(self, rows: Sequence[tuple[int, Brand, NewSeller]], report: SellerReport) -> None:
        try:
            with self._registry.batch():
                stored = [self._registry.ensure_seller(brand.id, new) for _, brand, new in rows]
        except (InvalidInputError, NotFoundError) as error:
            if len(rows) == 1:
                report.errors.append(InvalidRowError(rows[0][0], error.message))
                return
            for row in rows:  # one of them is to blame; the others are not
                self._keep([row], report)
            return
        report.added += sum(is_new for _, is_new in stored)
        report.known += sum(not is_new for _, is_new in stored)


def parse_kind(text: str) -> SellerKind:
    """Return a kind, `authorised` for none; `UnsupportedFileError`."""
    try:
        return SellerKind(text.strip().lower() or SellerKind.AUTHORISED)
    except ValueError:
        valid = ", ".join(SellerKind)
        raise UnsupportedFileError(f"kind {text!r} is not one of: {valid}") from None


def parse_day(text: str) -> date | None:
    """Return a day, `None` for none; `UnsupportedFileError`."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise UnsupportedFileError(f"{text!r} is not a day such as 2026-12-31") from None


def _read(row: Row) -> Iterable[NewSeller]:
    new = NewSeller(
        row["seller"],
        parse_kind(row["kind"]),
        valid_from=parse_day(row["valid_from"]),
        valid_until=parse_day(row["valid_until"]),
        note=row["note"].strip(),
    )
    return _spread(new, [part for part in row["territory"].split(";") if part.strip()])


def _spread(new: NewSeller, territories: Sequence[str]) -> list[NewSeller]:
    """Return the authorisation once for each territory."""
    return [
        NewSeller(new.seller_id, new.kind, each, new.valid_from, new.valid_until, new.note)
        for each in territories or [new.territory]
    ]
