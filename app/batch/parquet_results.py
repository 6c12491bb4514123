"""Writes assessments as a partitioned Parquet table that any engine can query as it is.

    out.parquet/verdict=suspect/part-00000.parquet      and so for review and clear

Each row has its best match in flat columns, so that the usual questions need no unnesting, then the
claim, the reasons and the images with their matches as nested ones, and in `assessment` everything
that the contract says, as JSON. `row` is the listing's place in the
catalogue: files hold a verdict each, and this column has the order they came in. The folder
appears whole or not at all, but for the instant between two renames.
"""

import json
import shutil
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from app.batch.flat_row import best_match
from app.domain.assessment import Verdict
from app.domain.contract import Document
from app.domain.errors import ConflictError

_ROW_GROUP = 1_000
_TEXTS = pa.list_(pa.string())
_MATCH = pa.struct(
    [
        ("brand", pa.string()),
        ("motif", pa.string()),
        ("motif_id", pa.string()),
        ("reference_id", pa.string()),
        ("box", pa.list_(pa.int32())),
        ("similarity", pa.float64()),
        ("false_alarms_per_million", pa.float64()),
        ("verified", pa.bool_()),
        ("evidence", _TEXTS),
    ]
)
_PATCH = pa.struct(
    [
        ("kind", pa.string()),
        ("box", pa.list_(pa.int32())),
        ("ordinary_photos_per_million", pa.float64()),
    ]
)
_IMAGE = pa.struct(
    [
        ("image", pa.string()),
        ("sha256", pa.string()),
        ("width", pa.int32()),
        ("height", pa.int32()),
        ("error", pa.struct([("code", pa.string()), ("detail", pa.string())])),
        ("matches", pa.list_(_MATCH)),
        ("evidence_share", pa.float64()),
        ("concealed", pa.list_(_PATCH)),
    ]
)
FLAT = (
    ("row", pa.int64()),
    ("best_brand", pa.string()),
    ("best_motif", pa.string()),
    ("best_image", pa.string()),
    ("best_similarity", pa.float64()),
    ("best_false_alarms_per_million", pa.float64()),
)
NESTED = (
    ("listing_id", pa.string()),
    ("score", pa.float64()),
    (
        "claim",
        pa.struct(
            [
                ("kind", pa.string()),
                ("text", pa.string()),
                ("source", pa.string()),
                ("brands", _TEXTS),
            ]
        ),
    ),
    ("reasons", pa.list_(pa.struct([("code", pa.string()), ("detail", pa.string())]))),
    ("images", pa.list_(_IMAGE)),
    (
        "versions",
        pa.struct(
            [
                ("model", pa.string()),
                ("index", pa.string()),
                ("registry", pa.int64()),
                ("policy", pa.string()),
                ("background", pa.string()),
                ("reader", pa.string()),
                ("inspector", pa.string()),
            ]
        ),
    ),
)
SCHEMA = pa.schema([*NESTED[:2], *FLAT, *NESTED[2:], ("assessment", pa.string())])


class ParquetResults:
    """Adds assessments to a folder, a file for each verdict."""

    def __init__(self, folder: Path, files: ExitStack) -> None:
        self._folder = folder
        self._files = files
        self._writers: dict[str, pq.ParquetWriter] = {}
        self._waiting: defaultdict[str, list[Document]] = defaultdict(list)
        for verdict in Verdict:  # a verdict that nobody got still has its columns
            self._writers[verdict] = files.enter_context(self._writer(verdict))

    def write(self, row: int, document: Document) -> None:
        """Add one assessment."""
        waiting = self._waiting[document["verdict"]]
        waiting.append(_row(row, document))
        if len(waiting) == _ROW_GROUP:
            self._flush(document["verdict"])

    def flush(self) -> None:
        """Write what is waiting to make up a row group."""
        for verdict in self._writers:
            self._flush(verdict)

    def _flush(self, verdict: str) -> None:
        rows = self._waiting.pop(verdict, [])
        if rows:
            self._writers[verdict].write_table(pa.Table.from_pylist(rows, SCHEMA))

    def _writer(self, verdict: str) -> pq.ParquetWriter:
        path = self._folder / f"verdict={verdict}" / "part-00000.parquet"
        path.parent.mkdir()
        return pq.ParquetWriter(path, SCHEMA, compression="zstd")


def _row(row: int, document: Document) -> Document:
    image, match = best_match(document)
    found = {f"best_{name}": match.get(name) for name in ("brand", "motif", "similarity")}
    alarms = match.get("false_alarms_per_million")
    flat = {"row": row, "best_image": image, "best_false_alarms_per_million": alarms}
    whole = json.dumps(document, ensure_ascii=False, allow_nan=False)
    # A folder's name may hold bytes that are no UTF-8, which no column of text can.
    return {**document, **flat, **found, "assessment": whole.encode(errors="replace").decode()}


@contextmanager
def replacing_folder(target: Path) -> Iterator[ParquetResults]:
    """Give a table to fill; it takes the place of `target` when the block ends without an error.

    Raises:
        ConflictError: when `target` is there and is no such table.
    """
    require_table(target)
    scratch, old = (target.with_name(f".{target.name}.{end}") for end in ("tmp", "old"))
    for leftover in (scratch, old):
        shutil.rmtree(leftover, ignore_errors=True)
    scratch.mkdir()
    try:
        with ExitStack() as files:
            results = ParquetResults(scratch, files)
            yield results
            results.flush()
        if target.exists():
            target.rename(old)
        scratch.rename(target)
    except BaseException:
        shutil.rmtree(scratch, ignore_errors=True)
        raise
    shutil.rmtree(old, ignore_errors=True)


def require_table(target: Path) -> None:
    """Refuse to take the place of anything but an earlier table.

    Raises:
        ConflictError: when something else is there.
    """
    if not target.exists():
        return
    ours = target.is_dir() and all(path.name.startswith("verdict=") for path in target.iterdir())
    if not ours:
        raise ConflictError(
            f"{target} is there and is no earlier result; remove it or name another"
        )
