"""The ledger of a run: what its results are of, and which shards of the catalogue are finished.

    {"touchstone_run": 1, "catalog": "…", "shard_rows": 500, "versions": {…}}    first
    {"shard": 0, "rows": 500, "sha256": "…"}                                     then, one by one

A line is added when its shard's file has its name, so a shard counts as finished only when it is
there whole; the checksum tells one that was damaged afterwards. A later line for the same shard
takes the place of an earlier one.
"""

from dataclasses import asdict, dataclass
from pathlib import Path

from app.batch.durable import replacing, writing
from app.batch.entries import json_line, parsed_line
from app.domain.contract import Document
from app.domain.errors import ConflictError

_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Origin:
    """What results depend on: the catalogue, how it is cut, and every version of a verdict."""

    catalog: str
    versions: Document
    shard_rows: int

    def to_line(self) -> bytes:
        """Return the ledger's first line."""
        return json_line({"touchstone_run": _FORMAT, **asdict(self)})

    def require(self, found: "Origin", name: str) -> None:
        """Compare with the origin of an earlier run.

        Raises:
            OtherVersionsError: when its results would not be this run's; the message says why.
        """
        differences = _differences(found.versions, self.versions)
        if found.shard_rows != self.shard_rows:
            differences.insert(0, f"{found.shard_rows} rows a shard, now {self.shard_rows}")
        if found.catalog != self.catalog:
            differences.insert(0, f"catalogue {found.catalog}, now {self.catalog}")
        if differences:
            raise OtherVersionsError(
                f"{name} cannot be resumed, it was made with {'; '.join(differences)}; "
                "start again without resuming"
            )


@dataclass(frozen=True, slots=True)
class FinishedShard:
    """A shard whose results are in a file with this checksum."""

    shard: int
    rows: int
    sha256: str


class OtherVersionsError(ConflictError):
    """What an earlier run left is of another kind than what this one would add."""


class Ledger:
    """The ledger's file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def begin(self, origin: Origin) -> None:
        """Drop everything and begin anew.

        Raises:
            StorageError: when it cannot be written.
        """
        with writing(self._path), replacing(self._path) as file:
            file.write(origin.to_line())

    def origin(self) -> Origin | None:
        """Return what the results are of; `None` where no ledger was begun.

        Raises:
            ConflictError: when the file is something else.
        """
        if not self._path.exists():
            return None
        first = parsed_line(self._lines()[0]) if self._lines() else None
        try:
            if first and first["touchstone_run"] == _FORMAT:
                return Origin(first["catalog"], dict(first["versions"]), first["shard_rows"])
        except (KeyError, TypeError, ValueError):
            pass
        name = f"{self._path.parent.name}/{self._path.name}"
        raise ConflictError(f"{name} is no ledger of this version; remove {self._path.parent.name}")

    def finished(self) -> dict[int, FinishedShard]:
        """Return the finished shards by number; a torn last line is none."""
        found: dict[int, FinishedShard] = {}
        for line in self._lines()[1:]:
            entry = parsed_line(line)
            if entry is None or entry.keys() != {"shard", "rows", "sha256"}:
                break
            found[entry["shard"]] = FinishedShard(**entry)
        return found

    def add(self, shard: FinishedShard) -> None:
        """Say that a shard is finished.

        Raises:
            StorageError: when it cannot be written.
        """
        with writing(self._path), self._path.open("r+b") as file:
            # A line that a killed run tore is overwritten, or it would spoil this one.
            whole = file.read().rfind(b"\n") + 1
            file.seek(whole)
            file.truncate()
            file.write(json_line(asdict(shard)))

    def _lines(self) -> list[bytes]:
        with writing(self._path):
            return self._path.read_bytes().splitlines(keepends=True)


def _differences(then: Document, now: Document) -> list[str]:
    return [
        f"{name} {then.get(name)}, now {now.get(name)}"
        for name in sorted({*then, *now})
        if then.get(name) != now.get(name)
    ]
