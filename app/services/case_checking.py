"""Checks a case pack that came back: is it signed, and is every file as it was exported?

    ZIP ─▶ refuse what is dangerous ─▶ manifest, signature ─▶ every file against its hash ─▶ report

Nothing is ever unpacked to disk. A pack from a stranger may be built to do harm, so names that
would leave the folder, two members of one name, links, locked members and sizes beyond reason are
refused by name before a byte of them is read; what is merely wrong is reported, each file by name.
"""

import hashlib
import stat
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from app.domain.contract import Document
from app.domain.errors import ArchiveRefusedError, InvalidInputError
from app.services.case_manifest import (
    MANIFEST_NAME,
    SIGNATURE_NAME,
    Manifest,
    read_manifest,
)
from app.services.signing import PublicKey

MOST_MEMBERS: Final = 2_000
MOST_BYTES: Final = 256 * 2**20  # of one member
MOST_TOTAL: Final = 2 * 2**30
_MOST_MANIFEST: Final = 4 * 2**20
_CHUNK: Final = 2**20


class SignatureState(StrEnum):
    """What the signature says."""

    VALID = "valid"
    INVALID = "invalid"
    OTHER_KEY = "other_key"
    MISSING = "missing"
    UNCHECKED = "unchecked"


@dataclass(frozen=True, slots=True)
class CaseCheck:
    """What was found, files by name in alphabetical order."""

    case: str
    signature: SignatureState
    signer: str | None
    files: int
    altered: tuple[str, ...]
    missing: tuple[str, ...]
    added: tuple[str, ...]

    @property
    def intact(self) -> bool:
        """Whether every file is there and as it was listed, and no other is."""
        return not (self.altered or self.missing or self.added)

    @property
    def trusted(self) -> bool:
        """Whether the pack is intact and its signature was not found wanting."""
        return self.intact and self.signature in {SignatureState.VALID, SignatureState.UNCHECKED}

    def document(self) -> Document:
        """Return the report as JSON values."""
        return {
            "case": self.case,
            "trusted": self.trusted,
            "signature": str(self.signature),
            "signer": self.signer,
            "files": self.files,
            "altered": list(self.altered),
            "missing": list(self.missing),
            "added": list(self.added),
        }


def check_case(path: Path, key: PublicKey | None) -> CaseCheck:
    """Compare a pack with its manifest, and the manifest with its signature.

    Args:
        path: The ZIP file.
        key: Whose signature is expected; `None` checks the hashes alone.

    Raises:
        ArchiveRefusedError: when the file is no ZIP or not safe to read.
        InvalidInputError: when its manifest is there and is none.
        OSError: when the file cannot be opened.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = _safe_members(archive)
            return _compared(archive, members, key)
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise ArchiveRefusedError(f"{path} is not a ZIP file that can be read: {error}") from None


def _compared(
    archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo], key: PublicKey | None
) -> CaseCheck:
    if MANIFEST_NAME not in members:
        added = tuple(sorted(members))
        return CaseCheck("", SignatureState.MISSING, None, 0, (), (MANIFEST_NAME,), added)
    data = _content(archive, members[MANIFEST_NAME], _MOST_MANIFEST)
    manifest = _manifest(data)
    state = _signature(archive, members, data or b"", manifest, key)
    if manifest is None:
        return CaseCheck("", state, None, 0, (MANIFEST_NAME,), (), ())
    listed = {file.name: file for file in manifest.files}
    around = {MANIFEST_NAME, SIGNATURE_NAME} if manifest.signer is not None else {MANIFEST_NAME}
    present = listed.keys() & members.keys()
    altered = [name for name in present if _digest(archive, members[name]) != listed[name].sha256]
    missing = (listed.keys() | around) - members.keys()
    more = members.keys() - listed.keys() - around
    return CaseCheck(
        case=manifest.case,
        signature=state,
        signer=manifest.signer,
        files=len(listed),
        altered=tuple(sorted(altered)),
        missing=tuple(sorted(missing)),
        added=tuple(sorted(more)),
    )


def _manifest(data: bytes | None) -> Manifest | None:
    """Return the manifest, or `None` where it is damaged beyond reading."""
    try:
        return None if data is None else read_manifest(data)
    except InvalidInputError:
        return None


def _signature(
    archive: zipfile.ZipFile,
    members: dict[str, zipfile.ZipInfo],
    data: bytes,
    manifest: Manifest | None,
    key: PublicKey | None,
) -> SignatureState:
    if key is None:
        return SignatureState.UNCHECKED
    if SIGNATURE_NAME not in members:
        return SignatureState.MISSING
    signature = _content(archive, members[SIGNATURE_NAME], _MOST_MANIFEST)
    if signature is not None and key.verifies(data, signature):
        return SignatureState.VALID
    if manifest is not None and manifest.signer not in {None, key.fingerprint}:
        return SignatureState.OTHER_KEY
    return SignatureState.INVALID


def _safe_members(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Return the members by name, all of them safe to read.

    Raises:
        ArchiveRefusedError: naming the first that is not.
    """
    infos = archive.infolist()
    if len(infos) > MOST_MEMBERS:
        raise ArchiveRefusedError(f"the archive has {len(infos)} members, more than {MOST_MEMBERS}")
    for info in infos:
        reason = _danger(info)
        if reason:
            raise ArchiveRefusedError(f"member {info.orig_filename!r} {reason}")
    # Compared without case, because some systems take such names for one.
    counts = Counter(info.filename.casefold() for info in infos)
    twice = next((info.filename for info in infos if counts[info.filename.casefold()] > 1), None)
    if twice is not None:
        raise ArchiveRefusedError(f"member {twice!r} is there more than once")
    total = sum(info.file_size for info in infos)
    if total > MOST_TOTAL:
        raise ArchiveRefusedError(f"the archive unpacks to {total} bytes, more than {MOST_TOTAL}")
    return {info.filename: info for info in infos}


def _danger(info: zipfile.ZipInfo) -> str:
    """Return why a member is refused, or nothing."""
    name, parts = info.orig_filename, info.orig_filename.split("/")
    packing = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
    dangers = {
        "has a name that is no plain path": not name or any(c in name for c in "\\\0:"),
        "has a name that leaves its folder": any(part in {"", ".", ".."} for part in parts),
        "is a link": stat.S_ISLNK(info.external_attr >> 16),
        "is locked with a password": bool(info.flag_bits & 0x1),
        "is packed in a way that is not read here": info.compress_type not in packing,
        f"has {info.file_size} bytes, more than {MOST_BYTES}": info.file_size > MOST_BYTES,
    }
    return next((danger for danger, there in dangers.items() if there), "")


def _digest(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> str | None:
    """Return a member's SHA-256, or `None` where its bytes are damaged."""
    digest = hashlib.sha256()
    try:
        for chunk in _chunks(archive, info):
            digest.update(chunk)
    except (zipfile.BadZipFile, zlib.error, EOFError):
        return None
    return digest.hexdigest()


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> bytes | None:
    if info.file_size > most:
        raise ArchiveRefusedError(f"member {info.filename!r} has {info.file_size} bytes")
    try:
        return b"".join(_chunks(archive, info))
    except (zipfile.BadZipFile, zlib.error, EOFError):
        return None


def _chunks(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    # The library never hands out more than the size that the directory promises, which was checked.
    with archive.open(info) as member:
        while chunk := member.read(_CHUNK):
            yield chunk
