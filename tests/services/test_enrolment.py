"""Enrolment and manifests: what is kept, what is refused, and that twice is the same as once."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.bootstrap import build
from app.domain.box import Box
from app.domain.errors import (
    CalibrationError,
    InvalidBoxError,
    NotFoundError,
    TruncatedImageError,
    UnsupportedFileError,
)
from app.domain.expected_place import ExpectedPlace
from app.domain.registry import MotifKind, Polarity
from app.services.touchstone import Touchstone
from tests.fakes import enrol, make_settings, motif_file, plain_photo, write_photos

HEADER = "brand,motif,kind,path,polarity,words,registration,x_min,y_min,x_max,y_max"


@pytest.fixture
def touchstone(tmp_path: Path) -> Iterator[Touchstone]:
    service = build(make_settings(tmp_path))
    yield service
    service.close()


def write_manifest(folder: Path, *rows: str, header: str = HEADER) -> Path:
    (folder / "pictures").mkdir(exist_ok=True)
    for seed in range(4):
        (folder / "pictures" / f"{seed}.png").write_bytes(motif_file(seed))
    manifest = folder / "manifest.csv"
    manifest.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return manifest


def test_a_manifest_fills_the_registry(touchstone: Touchstone, tmp_path: Path) -> None:
    manifest = write_manifest(
        tmp_path,
        "Cartier,LOVE screw,trade_dress,pictures/0.png,,screw;love,EUIPO 018;USPTO 7,,,,",
        "cartier,Love  Screw,trade_dress,pictures/1.png,negative,,,10,10,100,100",
        '"Brand, with comma",mark,logo,pictures/2.png,,,,,,,',
    )
    report = touchstone.importer.run(manifest)
    assert (report.rows, report.motifs_added, report.references_added) == (3, 2, 3)
    assert report.errors == []
    state = touchstone.registry.state()
    love = next(motif for motif in state.motifs if motif.name == "LOVE screw")
    assert love.kind is MotifKind.TRADE_DRESS
    assert love.words == ("screw", "love")
    assert [mark.office for mark in love.registrations] == ["EUIPO", "USPTO"]
    assert love.expected_place is None
    negative = touchstone.registry.references(love.id)[1]
    assert negative.polarity is Polarity.NEGATIVE
    assert negative.region == Box(10, 10, 100, 100)


def test_importing_again_changes_nothing(touchstone: Touchstone, tmp_path: Path) -> None:
    manifest = write_manifest(tmp_path, "B,m,logo,pictures/0.png,,,,,,,")
    touchstone.importer.run(manifest)
    version = touchstone.registry.version()
    again = touchstone.importer.run(manifest)
    assert (again.references_added, again.references_unchanged) == (0, 1)
    assert touchstone.registry.version() == version


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (",m,logo,pictures/0.png,,,,,,,", "'brand' is empty"),
        ("B,m,emblem,pictures/0.png,,,,,,,", "logo, wordmark, pattern, trade_dress"),
        ("B,m,logo,pictures/none.png,,,,,,,", "none.png"),
        ("B,m,logo,pictures/0.png,maybe,,,,,,", "positive, negative"),
        ("B,m,logo,pictures/0.png,,,,1,2,3,", "not four numbers"),
        ("B,m,logo,pictures/0.png,,,,0,0,999,50", "outside a photo"),
        ("B,m,logo,pictures/0.png,,,,0,0,5,5", "too small"),
        ("B,m,logo,pictures/0.png,,,018,,,,", "office and a number"),
        ("B,m,logo,pictures/0.png,,,,,,,,surplus,cells", "more cells"),
        ("B,m,logo,pictures,,,,,,,", "pictures"),
        ("B,m,logo,broken.png,,,,,,,", "broken.png|ends before|end"),
    ],
)
def test_a_bad_row_is_reported_by_number_and_stops_nothing(
    touchstone: Touchstone, tmp_path: Path, row: str, told: str
) -> None:
    (tmp_path / "broken.png").write_bytes(motif_file(0)[:100])
    good = "Good,m,logo,pictures/1.png,,,,,,,"
    report = touchstone.importer.run(write_manifest(tmp_path, good, row, good.replace("1", "2")))
    assert [error.row for error in report.errors] == [2]
    assert re.search(f"^row 2: .*({told})", report.errors[0].message)
    assert report.references_added == 2
    assert {motif.brand.name for motif in touchstone.registry.state().motifs} == {"Good"}


def test_a_cell_that_is_not_utf8_is_a_bad_row(touchstone: Touchstone, tmp_path: Path) -> None:
    manifest = write_manifest(tmp_path, "B,m,logo,pictures/0.png,,,,,,,")
    manifest.write_bytes(manifest.read_bytes() + b"\xff\xfe,m,logo,pictures/1.png,,,,,,,\n")
    report = touchstone.importer.run(manifest)
    assert (report.references_added, [error.row for error in report.errors]) == (1, [2])


def test_a_cell_that_the_parser_gives_up_on_is_a_bad_row(
    touchstone: Touchstone, tmp_path: Path
) -> None:
    endless = "x" * 140_000 + ",m,logo,pictures/0.png,,,,,,,"
    good = "B,m,logo,pictures/1.png,,,,,,,"
    report = touchstone.importer.run(write_manifest(tmp_path, endless, good))
    assert [error.row for error in report.errors] == [1]
    assert report.references_added == 1


def test_a_manifest_that_is_none_is_refused(touchstone: Touchstone, tmp_path: Path) -> None:
    with pytest.raises(UnsupportedFileError, match="lacks the column 'kind'"):
        touchstone.importer.run(write_manifest(tmp_path, header="brand,motif,path"))
    with pytest.raises(UnsupportedFileError, match="cannot read"):
        touchstone.importer.run(tmp_path / "absent.csv")


def test_unknown_columns_are_named_and_ignored(touchstone: Touchstone, tmp_path: Path) -> None:
    manifest = write_manifest(
        tmp_path, "B,m,logo,pictures/0.png,blue", header="brand,motif,kind,path,colour"
    )
    report = touchstone.importer.run(manifest)
    assert (report.ignored_columns, report.references_added) == (("colour",), 1)


def test_a_reference_that_cannot_be_read_leaves_nothing(touchstone: Touchstone) -> None:
    motif, _ = enrol(touchstone, 0)
    version = touchstone.registry.version()
    with pytest.raises(TruncatedImageError):
        touchstone.enroller.add(motif.id, motif_file(1)[:-40])
    with pytest.raises(InvalidBoxError):
        touchstone.enroller.add(motif.id, motif_file(1), box=Box(0, 0, 500, 20))
    with pytest.raises(NotFoundError):
        touchstone.enroller.add(999, motif_file(1))
    assert touchstone.registry.version() == version


def test_calibration_names_what_it_could_not_read(touchstone: Touchstone, tmp_path: Path) -> None:
    good = list(write_photos(tmp_path / "good", 110))
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(plain_photo()[:300])
    report = touchstone.calibrator.run([*good, broken, tmp_path / "absent.jpg"])
    assert report.background.photos == 110
    assert [Path(name).name for name, _ in report.refused] == ["broken.jpg", "absent.jpg"]


def test_too_few_photos_replace_nothing(touchstone: Touchstone, tmp_path: Path) -> None:
    first = touchstone.calibrator.run(write_photos(tmp_path / "good", 110)).background
    with pytest.raises(CalibrationError, match="3 readable photos are too few"):
        touchstone.calibrator.run(write_photos(tmp_path / "few", 3))
    with pytest.raises(CalibrationError, match="0 readable photos"):
        touchstone.calibrator.run([tmp_path / "absent.jpg"])
    other = build(make_settings(tmp_path))
    try:
        enrol(other, 0)
        assert other.gallery.current().gallery.background == first.version
    finally:
        other.close()


def test_a_manifest_may_say_where_a_motif_sits(touchstone: Touchstone, tmp_path: Path) -> None:
    manifest = write_manifest(
        tmp_path,
        "Cartier,LOVE screw,pattern,pictures/0.png,0.1 0.3 0.9 0.7 bracelet; bangle",
        "Cartier,LOVE screw,pattern,pictures/1.png,",
        "Cartier,knot,pattern,pictures/2.png,in the middle",
        header="brand,motif,kind,path,expected_place",
    )
    report = touchstone.importer.run(manifest)
    assert [error.row for error in report.errors] == [3]
    (motif,) = touchstone.registry.state().motifs
    assert motif.expected_place == ExpectedPlace(0.1, 0.3, 0.9, 0.7, ("bracelet", "bangle"))
