"""Where a catalogue's files are found, how they are unpacked, and what is refused."""

import bz2
import gzip
import io
import json
import lzma
from collections.abc import Callable, Iterator
from pathlib import Path

import fsspec
import pytest

from app.batch.catalog_files import catalog_files
from app.batch.compression import compressing, split_extensions
from app.batch.formats import Catalog
from app.batch.image_folders import RemoteFolder, UrlSource
from app.batch.rows import CatalogRow
from app.domain.errors import ImageTooLargeError, MissingImageError, UnsupportedFileError
from app.media.limits import DecodeLimits
from tests.batch.samples import csv_text, listing_values

LINES = b"".join(json.dumps(listing_values(number)).encode() + b"\n" for number in range(50))


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
}


def _packed(data: bytes, compression: str) -> bytes:
    if compression in PACKERS:
        return PACKERS[compression](data)
    file = io.BytesIO()
    with compressing(file, compression) as stream:
        stream.write(data)
    return file.getvalue()


def _ids(source: str | Path) -> list[str]:
    rows = list(Catalog(source).rows())
    assert [row.place.number for row in rows] == list(range(1, len(rows) + 1))
    return [row.listing.listing_id for row in rows if isinstance(row, CatalogRow)]


@pytest.mark.parametrize("compression", ["", ".gz", ".bz2", ".xz", ".zst"])
@pytest.mark.parametrize("kind", ["jsonl", "csv"])
def test_compressed_files_are_read(tmp_path: Path, compression: str, kind: str) -> None:
    values = [listing_values(number) for number in range(50)]
    data = LINES if kind == "jsonl" else csv_text(values).encode("utf-16")
    path = tmp_path / f"in.{kind}{compression}"
    path.write_bytes(_packed(data, compression))
    assert _ids(path) == [f"L{number}" for number in range(50)]
    assert Catalog(path).count() == 50


@pytest.mark.parametrize("compression", [".gz", ".bz2", ".xz", ".zst"])
@pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
def test_a_truncated_or_foreign_file_is_refused(
    tmp_path: Path, compression: str, share: float
) -> None:
    path = tmp_path / f"in.jsonl{compression}"
    data = _packed(LINES, compression)
    path.write_bytes(data[: int(len(data) * share)] or b"no such thing, but quite long enough")
    with pytest.raises(UnsupportedFileError, match=f"cannot read in.jsonl{compression}: "):
        Catalog(path).count()


def test_what_is_compressed_twice_has_the_same_bytes() -> None:
    for compression in (".gz", ".bz2", ".xz", ".zst"):
        assert _packed(LINES, compression) == _packed(LINES, compression)


def test_a_folder_is_its_files_in_the_order_of_their_names(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "2.csv").write_text("listing_id,images\nC,x.jpg\n")
    (tmp_path / "a.jsonl").write_text('{"listing_id": "A", "images": []}\n')
    (tmp_path / "b" / "1.jsonl.gz").write_bytes(
        gzip.compress(b'{"listing_id": "B", "images": []}\n')
    )
    for other in (".hidden.csv", "_SUCCESS", "readme.txt", "a.rejects.jsonl"):
        (tmp_path / other).write_text("nothing to read\n")
    catalog = Catalog(tmp_path)
    rows = list(catalog.rows())
    assert [(row.place.number, row.place.file) for row in rows] == [
        (1, "a.jsonl"),
        (2, "1.jsonl.gz"),
        (3, "2.csv"),
    ]
    assert _ids(str(tmp_path / "b" / "*")) == ["B", "C"]
    row = rows[2]
    assert isinstance(row, CatalogRow)
    assert row.sources[0] == catalog.files[2].images.source("x.jpg")


def test_a_name_with_signs_of_a_pattern_is_a_name_when_it_is_there(tmp_path: Path) -> None:
    (tmp_path / "in[1].jsonl").write_bytes(LINES)
    assert len(_ids(tmp_path / "in[1].jsonl")) == 50


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("gone.jsonl", "there is no catalogue file"),
        ("*.csv", "no file matches"),
        ("empty", "holds no catalogue file: .jsonl"),
        ("notes.txt", "notes.txt is not one of: .jsonl"),
        ("notes.*", "notes.txt is not one of: .jsonl"),
        ("in.parquet.gz", "unpack the file first"),
        ("warp://there/in.csv", "cannot open warp://there/in.csv: Protocol not known"),
        ("memory://gone/in.csv", "there is no catalogue file"),
    ],
)
def test_a_place_without_a_catalogue_says_so(tmp_path: Path, source: str, complaint: str) -> None:
    (tmp_path / "empty").mkdir()
    for name in ("notes.txt", "in.parquet.gz"):
        (tmp_path / name).touch()
    with pytest.raises(UnsupportedFileError, match=complaint):
        catalog_files(source if "://" in source else tmp_path / source)


@pytest.fixture
def store() -> Iterator[str]:
    """A file system that is not this machine's."""
    fs = fsspec.filesystem("memory")
    fs.pipe({"/shop/in.jsonl": LINES, "/shop/photos/0.jpg": b"picture", "/shop/photos/1.jpg": b""})
    yield "memory://shop"
    fs.rm("/shop", recursive=True)


def test_a_catalogue_behind_a_url_has_its_photos_beside_it(store: str) -> None:
    (row, *_) = Catalog(f"{store}/*.jsonl").rows()
    assert isinstance(row, CatalogRow)
    assert row.sources[0].read(DecodeLimits()) == b"picture"
    assert row.sources[1].read(DecodeLimits()) == b""
    assert len(_ids(store)) == 50


def test_photos_on_another_file_system_are_refused_by_name(store: str) -> None:
    folder = catalog_files(f"{store}/in.jsonl")[0].images
    assert isinstance(folder, RemoteFolder)
    assert isinstance(folder.source("s3://other/0.jpg"), UrlSource)
    with pytest.raises(MissingImageError, match=r"gone.jpg cannot be read"):
        folder.source("gone.jpg").read(DecodeLimits())
    with pytest.raises(ImageTooLargeError):
        folder.source("photos/0.jpg").read(DecodeLimits(max_bytes=6))


@pytest.mark.parametrize(
    ("name", "parts"),
    [("a.JSONL.ZST", (".jsonl", ".zst")), ("a.csv", (".csv", "")), ("a", ("", ""))],
)
def test_extensions(name: str, parts: tuple[str, str]) -> None:
    assert split_extensions(name) == parts
