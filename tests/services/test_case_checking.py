"""Packs that came back: what was altered, is missing or was added, and what is refused unread."""

import io
import stat
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.bootstrap import build
from app.domain.errors import ArchiveRefusedError
from app.domain.listing import Listing
from app.domain.ports import StoredAssessment
from app.services.case_checking import MOST_BYTES, SignatureState, check_case
from app.services.case_manifest import MANIFEST_NAME, SIGNATURE_NAME
from app.services.signing import PublicKey, make_key
from app.services.sources import BytesSource
from app.services.touchstone import Touchstone
from tests.fakes import enrol, make_settings, photo_with

Files = dict[str, bytes]


@dataclass(frozen=True)
class Exported:
    """A signed pack, its files, and the key that checks it."""

    path: Path
    files: Files
    key: PublicKey
    touchstone: Touchstone
    stored: StoredAssessment


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exported]:
    folder = tmp_path_factory.mktemp("case")
    key = make_key(folder / "k.pem", folder / "k.pub")
    touchstone = build(make_settings(folder, signing_key=folder / "k.pem"))
    enrol(touchstone, 0)
    source = BytesSource("1.png", photo_with(0))
    listing = Listing("B09X", ("1.png",), brand_field="Unbranded")
    stored = touchstone.desk.assess(listing, [source])
    path = folder / "case.zip"
    with path.open("wb") as file:
        touchstone.evidence.write_zip(stored, file)
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    yield Exported(path, files, key.public, touchstone, stored)
    touchstone.close()


@pytest.fixture
def packed(tmp_path: Path) -> Callable[[Files], Path]:
    def pack(files: Files) -> Path:
        path = tmp_path / "changed.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in files.items():
                archive.writestr(name, data)
        return path

    return pack


def test_a_pack_is_as_it_was_exported(exported: Exported) -> None:
    report = check_case(exported.path, exported.key)
    assert report.trusted
    assert report.signature is SignatureState.VALID
    assert report.case == "asm_1"
    assert report.files == len(exported.files) - 2
    assert report.signer == exported.key.fingerprint
    assert "comparisons/1-1.png" in exported.files


def test_the_same_case_and_key_are_the_same_bytes(exported: Exported) -> None:
    again = io.BytesIO()
    exported.touchstone.evidence.write_zip(exported.stored, again)
    assert again.getvalue() == exported.path.read_bytes()


def test_every_file_is_covered(exported: Exported, packed: Callable[[Files], Path]) -> None:
    for name, data in exported.files.items():
        changed = check_case(
            packed({**exported.files, name: data[:-1] + bytes([data[-1] ^ 1])}), exported.key
        )
        gone = check_case(
            packed({k: v for k, v in exported.files.items() if k != name}), exported.key
        )
        assert not changed.trusted, name
        assert not gone.trusted, name
        if name not in {MANIFEST_NAME, SIGNATURE_NAME}:
            assert (changed.altered, changed.missing, changed.added) == ((name,), (), ())
            assert changed.signature is SignatureState.VALID
        assert gone.missing == (name,)


def test_an_added_file_is_named(exported: Exported, packed: Callable[[Files], Path]) -> None:
    report = check_case(packed({**exported.files, "photos/9.png": b"x"}), exported.key)
    assert (report.altered, report.missing, report.added) == ((), (), ("photos/9.png",))
    assert not report.trusted


def test_a_mended_manifest_does_not_fit_its_signature(
    exported: Exported, packed: Callable[[Files], Path]
) -> None:
    manifest = exported.files[MANIFEST_NAME].replace(b'"case": "asm_1"', b'"case": "asm_2"')
    report = check_case(packed({**exported.files, MANIFEST_NAME: manifest}), exported.key)
    assert report.intact
    assert report.signature is SignatureState.INVALID
    assert not report.trusted


def test_another_key_and_no_key(exported: Exported, tmp_path: Path) -> None:
    other = make_key(tmp_path / "o.pem", tmp_path / "o.pub").public
    report = check_case(exported.path, other)
    assert (report.signature, report.trusted) == (SignatureState.OTHER_KEY, False)
    unchecked = check_case(exported.path, None)
    assert (unchecked.signature, unchecked.trusted) == (SignatureState.UNCHECKED, True)


def test_a_manifest_that_is_none(exported: Exported, packed: Callable[[Files], Path]) -> None:
    for junk in (b"", b"[]", b"{", b'{"format": "other"}', b"\xff", b"[" * 100_000):
        report = check_case(packed({**exported.files, MANIFEST_NAME: junk}), exported.key)
        assert report.altered == (MANIFEST_NAME,)
        assert not report.trusted


@pytest.mark.parametrize(
    "name", ["../evil", "/etc/passwd", "a/../../b", "a\\b", "C:evil", "a//b", "folder/", "./a"]
)
def test_names_that_leave_their_folder_are_refused(
    exported: Exported, packed: Callable[[Files], Path], name: str
) -> None:
    with pytest.raises(ArchiveRefusedError, match="name") as refused:
        check_case(packed({**exported.files, name: b""}), exported.key)
    assert repr(name) in refused.value.message


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", ["case.pdf", "CASE.PDF"])
def test_a_name_that_is_there_twice_is_refused(
    exported: Exported, packed: Callable[[Files], Path], name: str
) -> None:
    path = packed(exported.files)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, b"another")
    with pytest.raises(ArchiveRefusedError, match="more than once"):
        check_case(path, exported.key)


def test_links_and_huge_members_are_refused(tmp_path: Path, exported: Exported) -> None:
    path = tmp_path / "bad.zip"
    link = zipfile.ZipInfo("photos/1.png")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(ArchiveRefusedError, match="is a link"):
        check_case(path, exported.key)
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("photos/1.png", "w") as member,
    ):
        for _ in range(MOST_BYTES // 2**22 + 1):
            member.write(bytes(2**22))
    with pytest.raises(ArchiveRefusedError, match=r"'photos/1.png' has \d+ bytes"):
        check_case(path, exported.key)


def test_other_packings_and_too_many_members_are_refused(
    tmp_path: Path, exported: Exported
) -> None:
    path = tmp_path / "bad.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a", b"a")
    with pytest.raises(ArchiveRefusedError, match="packed in a way"):
        check_case(path, exported.key)
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(2_001):
            archive.writestr(str(number), b"")
    with pytest.raises(ArchiveRefusedError, match="2001 members"):
        check_case(path, exported.key)


def test_a_file_that_is_no_archive_is_refused(tmp_path: Path, exported: Exported) -> None:
    for data in (b"", b"junk", exported.path.read_bytes()[:-40]):
        (tmp_path / "x.zip").write_bytes(data)
        with pytest.raises(ArchiveRefusedError, match="not a ZIP file"):
            check_case(tmp_path / "x.zip", exported.key)
    with pytest.raises(FileNotFoundError):
        check_case(tmp_path / "absent.zip", exported.key)


def test_damaged_bytes_count_as_altered(exported: Exported, tmp_path: Path) -> None:
    data = bytearray(exported.path.read_bytes())
    photo = exported.files["photos/1.png"]
    data[data.index(photo) + 100] ^= 0xFF  # stored unpacked, so the checksum alone notices
    (tmp_path / "x.zip").write_bytes(data)
    assert check_case(tmp_path / "x.zip", exported.key).altered == ("photos/1.png",)
