"""What a snapshot says of itself: `manifest.json`, sealed.

The manifest names the model whose vectors these are, because two models of the same dimension
give vectors that compare without complaint and mean nothing. Reading is strict: a manifest has to
be, byte for byte, what this module would write for the same values, and its seal (a checksum over
them) has to fit. That refuses unknown, repeated and altered fields without a rule for each.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, Self

from index.errors import SnapshotRefusedError
from index.options import INDEX_KINDS, IndexKind, IndexOptions

FORMAT: Final = 1
METRIC: Final = "cosine"
MANIFEST_FILE: Final = "manifest.json"


@dataclass(frozen=True, slots=True)
class SnapshotFile:
    """One file of a snapshot, by its plain name."""

    name: str
    sha256: str
    bytes: int

    @classmethod
    def of(cls, path: Path) -> Self:
        """Measures a file, reading it once in blocks."""
        with path.open("rb") as file:
            return cls(path.name, hashlib.file_digest(file, "sha256").hexdigest(), file.tell())


@dataclass(frozen=True, kw_only=True, slots=True)
class SnapshotManifest:
    """Where the vectors of a snapshot come from, and what its files must be.

    Attributes:
        version: The snapshot's own name, which is also that of its folder.
        model: Name of the embedder.
        weights_sha256: Fingerprint of the embedder's weights.
        dim: Components per vector.
        kind: What the index is.
        options: What was asked for when it was built.
        count: Entries.
        registry_version: State of the registry it was built from.
        created_at: In UTC.
        files: All files but the manifest, by name.
        format: Of the snapshot, `FORMAT` for those written here.
        metric: How vectors are compared, `METRIC` for those written here.

    Raises:
        SnapshotRefusedError: With the reason "manifest", if a value is impossible.
    """

    version: str
    model: str
    weights_sha256: str
    dim: int
    kind: IndexKind
    options: IndexOptions
    count: int
    registry_version: int
    created_at: datetime
    files: tuple[SnapshotFile, ...]
    format: int = FORMAT
    metric: str = METRIC

    def __post_init__(self) -> None:
        for name in ("version", "model", "weights_sha256", "metric"):
            value = getattr(self, name)
            _require(isinstance(value, str) and value != "", f"{name} must be a text")
        for name, least in (("format", 1), ("dim", 1), ("count", 0), ("registry_version", 0)):
            value = getattr(self, name)
            _require(type(value) is int and value >= least, f"{name} must be a number from {least}")
        _require(self.kind in INDEX_KINDS, f"kind must be one of {', '.join(INDEX_KINDS)}")
        _require(self.created_at.utcoffset() == timedelta(0), "created_at must be in UTC")
        # A name with a path in it would have files outside the folder measured and trusted.
        names = [file.name for file in self.files]
        _require(names == sorted(set(names)), "files must be in order of name")
        _require(all(Path(name).name == name for name in names), "files must be plain names")

    def to_json(self) -> str:
        """The manifest as the text of its file, its seal last."""
        fields = asdict(self)
        fields["created_at"] = self.created_at.astimezone(UTC).isoformat()
        fields["files"] = {f.name: {"sha256": f.sha256, "bytes": f.bytes} for f in self.files}
        # Without it a flipped digit in, say, the registry version would read as a sound manifest.
        seal = hashlib.sha256(json.dumps(fields).encode()).hexdigest()
        return json.dumps({**fields, "seal": seal}, indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Reads the text of a manifest.

        Raises:
            SnapshotRefusedError: "format" for another format of snapshot, "manifest" for anything
                that is not exactly what `to_json` gives.
        """
        try:
            fields = json.loads(text)
            found = fields["format"]
            # Of another format only its number can be understood, so it is looked at first.
            manifest = cls._from_fields(fields) if found == FORMAT else None
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise SnapshotRefusedError("manifest", f"the manifest is unusable: {error}") from error
        if manifest is None:
            raise SnapshotRefusedError("format", f"snapshot format {found!r}, expected {FORMAT}")
        _require(manifest.to_json() == text, "the manifest was altered after it was written")
        return manifest

    @classmethod
    def _from_fields(cls, fields: Mapping[str, Any]) -> Self:
        converted = {
            "options": IndexOptions(**fields["options"]),
            "created_at": datetime.fromisoformat(fields["created_at"]),
            "files": tuple(SnapshotFile(name, **file) for name, file in fields["files"].items()),
        }
        return cls(**{k: v for k, v in fields.items() if k != "seal"} | converted)


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise SnapshotRefusedError("manifest", message)
