"""The list of everything in a case pack, and the signature over it.

    files ─▶ manifest.json (name, bytes, SHA-256 of each) ─▶ manifest.sig (Ed25519, 64 bytes)

The signature covers the manifest's bytes, and the manifest covers every other file, so one check
covers the pack. Without a key the manifest says in words that nobody vouches for it.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from app.domain.errors import InvalidInputError
from app.services.signing import ALGORITHM, SigningKey

MANIFEST_NAME: Final = "manifest.json"
SIGNATURE_NAME: Final = "manifest.sig"
FORMAT: Final = "touchstone-evidence-manifest/1"
_SIGNED: Final = (
    "manifest.sig is the Ed25519 signature over the bytes of this file, which lists every other "
    "file of the pack. Check it with `touchstone evidence verify` or OpenSSL, against a public key "
    "that you got from the operator by another way."
)
_UNSIGNED: Final = (
    "NOT SIGNED. The operator had set no signing key. The hashes below tell accidental damage; "
    "they do not show who made this pack or that it is as it was exported."
)


@dataclass(frozen=True, slots=True)
class ListedFile:
    """One file of a pack."""

    name: str
    size: int
    sha256: str

    @classmethod
    def of(cls, name: str, data: bytes) -> "ListedFile":
        """Return the line of a file."""
        return cls(name, len(data), hashlib.sha256(data).hexdigest())


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a manifest says, read back."""

    case: str
    signer: str | None
    files: tuple[ListedFile, ...]


def manifest_bytes(
    header: dict[str, str], files: Sequence[ListedFile], key: SigningKey | None
) -> bytes:
    """Return the manifest; the same pack and key give the same bytes."""
    signature = None
    if key is not None:
        signature = {
            "algorithm": ALGORITHM,
            "file": SIGNATURE_NAME,
            "public_key_sha256": key.public.fingerprint,
        }
    document = {
        "format": FORMAT,
        **header,
        "signature": signature,
        "note": _UNSIGNED if key is None else _SIGNED,
        "files": [{"name": f.name, "bytes": f.size, "sha256": f.sha256} for f in files],
    }
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def read_manifest(data: bytes) -> Manifest:
    """Return what a manifest says.

    Raises:
        InvalidInputError: when it is no manifest of a form that is known here.
    """
    try:
        document: dict[str, Any] = json.loads(data)
        if document["format"] != FORMAT:
            raise InvalidInputError(f"the manifest's format is {document['format']!r}: unknown")
        signature = document["signature"]
        return Manifest(
            case=str(document["case"]),
            signer=None if signature is None else str(signature["public_key_sha256"]),
            files=tuple(_listed(each) for each in document["files"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InvalidInputError(f"{MANIFEST_NAME} is no evidence manifest") from error


def _listed(value: dict[str, Any]) -> ListedFile:
    return ListedFile(str(value["name"]), int(value["bytes"]), str(value["sha256"]))
