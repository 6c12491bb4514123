"""Looks at a catalogue before it is taken in: is it one, and is there a listing in it?

Only the first rows are parsed. A catalogue with some bad rows among them is taken, and the run
names each by its line; one in which every row is bad is refused with the first of them.
"""

from itertools import islice
from pathlib import Path
from typing import Final

from app.batch.catalog_files import FORMATS, catalog_files, is_remote
from app.batch.compression import split_extensions
from app.batch.formats import Catalog
from app.batch.rows import BadRow, CatalogRow
from app.domain.errors import InvalidCatalogError, NotFoundError, UnsupportedFileError

FIRST_ROWS: Final = 100
SHOWN: Final = 20


class CatalogInspector:
    """Implements `app.services.catalogs.CatalogCheck`."""

    def file_name(self, name: str) -> str:
        """Return the name under which an upload is kept; only its extension is the caller's."""
        kind, compression = split_extensions(name)
        if kind not in FORMATS or (compression and kind == ".parquet"):
            raise UnsupportedFileError(
                f"the catalogue's file name must end in one of: {', '.join(FORMATS)}"
                " (.gz, .zst, .bz2 or .xz behind it, but for .parquet)"
            )
        return f"catalog{kind}{compression}"

    def check(self, source: str, *, encoding: str, inside: tuple[Path, ...]) -> None:
        """Refuse a catalogue that cannot be used; see `CatalogCheck.check`."""
        bad: list[BadRow] = []
        for row in islice(Catalog(source, encoding=encoding, inside=inside).rows(), FIRST_ROWS):
            if isinstance(row, CatalogRow):
                return
            bad.append(row)
        if not bad:
            raise InvalidCatalogError("the catalogue has no rows")
        raise InvalidCatalogError(
            f"none of the first {len(bad)} rows is a listing; {_where(bad[0])}: {bad[0].reason}",
            tuple((_where(row), row.reason) for row in bad[:SHOWN]),
        )

    def find(self, path: str, inside: tuple[Path, ...]) -> str:
        """Return the whole path of a catalogue below one of the folders."""
        if "\0" not in path and path.strip() and not is_remote(path):
            for folder in inside:
                found = _found(folder / path, folder)
                if found is not None:
                    return found
        raise NotFoundError(f"the allowed folders have no catalogue {path!r}")


def _found(path: Path, folder: Path) -> str | None:
    """Return the path if every file of it lies in the folder, links followed."""
    root = folder.resolve()
    # Before anything outside is as much as looked at: `..` and links are gone after this.
    if not path.resolve().is_relative_to(root):
        return None
    try:
        files = catalog_files(path, (root,))
    except UnsupportedFileError:
        if path.exists():
            raise
        return None
    inside = all(Path(file.path).resolve().is_relative_to(root) for file in files)
    return str(path.resolve()) if inside else None


def _where(row: BadRow) -> str:
    """Return where a row stands, by line where its format has lines."""
    if row.place.line is None:
        return f"row {row.place.number}"
    return f"line {row.place.line}"
