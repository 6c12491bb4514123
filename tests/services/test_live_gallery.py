"""The gallery follows the registry: additions are seen, removals gone, nothing is ever mixed."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from app.bootstrap import build
from app.domain.errors import ModelRefusedError
from app.domain.listing import Listing
from app.domain.registry import MotifKind, NewMotif, Polarity
from app.services.background import Background
from app.services.background_files import read_background
from app.services.sources import BytesSource
from app.services.touchstone import Touchstone
from tests.fakes import (
    calibrate,
    enrol,
    make_settings,
    motif_file,
    motif_picture,
    photo_with,
    picture_with,
)
from tests.images import encode


@pytest.fixture
def touchstone(tmp_path: Path) -> Iterator[Touchstone]:
    service = build(make_settings(tmp_path))
    yield service
    service.close()


def first_match(touchstone: Touchstone, photo: bytes) -> str | None:
    finding = touchstone.assessor.search(BytesSource("a.png", photo))
    return finding.matches[0].motif if finding.matches else None


def test_additions_and_removals_are_seen_by_the_next_photo(touchstone: Touchstone) -> None:
    photo = photo_with(0)
    assert first_match(touchstone, photo) is None
    motif, reference = enrol(touchstone, 0)
    assert first_match(touchstone, photo) == "mark 0"
    touchstone.registry.disable_motif(motif.id)
    assert first_match(touchstone, photo) is None
    touchstone.registry.enable_motif(motif.id)
    assert first_match(touchstone, photo) == "mark 0"
    touchstone.registry.remove_reference(reference.id)
    assert first_match(touchstone, photo) is None


def test_a_change_by_another_process_is_seen(touchstone: Touchstone, tmp_path: Path) -> None:
    other = build(make_settings(tmp_path))
    try:
        assert first_match(touchstone, photo_with(1)) is None
        enrol(other, 1)
        assert first_match(touchstone, photo_with(1)) == "mark 1"
    finally:
        other.close()


def test_a_timed_disable_ends_without_anybody_doing_anything(touchstone: Touchstone) -> None:
    motif, _ = enrol(touchstone, 0)
    soon = datetime.now(UTC) + timedelta(milliseconds=300)
    touchstone.registry.disable_motif(motif.id, until=soon)
    assert first_match(touchstone, photo_with(0)) is None
    threading.Event().wait(0.35)
    assert first_match(touchstone, photo_with(0)) == "mark 0"


def test_ids_and_motifs_stay_aligned_over_delete_reload_and_add(
    touchstone: Touchstone, tmp_path: Path
) -> None:
    for seed in range(6):
        enrol(touchstone, seed)
    touchstone.snapshots.build()
    doomed = touchstone.registry.motifs()[2]
    touchstone.registry.remove_motif(doomed.id)
    reloaded = build(make_settings(tmp_path))
    try:
        added, reference = enrol(reloaded, 9)
        assert reference.id > 6
        for seed in (0, 1, 3, 4, 5, 9):
            assert first_match(reloaded, photo_with(seed)) == f"mark {seed}"
        assert added.id != doomed.id
        assert first_match(reloaded, photo_with(2)) != "mark 2"
    finally:
        reloaded.close()


def test_a_registry_of_one_reference_matches(touchstone: Touchstone) -> None:
    enrol(touchstone, 3)
    assert first_match(touchstone, photo_with(3)) == "mark 3"


def test_a_negative_reference_subtracts_its_look_alike(touchstone: Touchstone) -> None:
    motif, _ = enrol(touchstone, 0)
    twin = motif_picture(0).copy()
    twin[:20, :20] = 255 - twin[:20, :20]
    photo = encode(picture_with(twin), "png")
    before = touchstone.assessor.search(BytesSource("a", photo)).matches[0]
    touchstone.enroller.add(motif.id, encode(twin, "png"), polarity=Polarity.NEGATIVE)
    after = touchstone.assessor.search(BytesSource("a", photo)).matches
    assert before.similarity > 0.8
    assert not after or after[0].box != before.box
    assert first_match(touchstone, photo_with(0)) == "mark 0"


def test_a_motif_with_only_negative_references_takes_no_part(touchstone: Touchstone) -> None:
    motif, _ = touchstone.registry.ensure_motif(NewMotif("B", "m", MotifKind.LOGO))
    touchstone.enroller.add(motif.id, motif_file(0), polarity=Polarity.NEGATIVE)
    assert first_match(touchstone, photo_with(0)) is None


def test_searching_while_the_registry_changes_never_fails(touchstone: Touchstone) -> None:
    keep, _ = enrol(touchstone, 0)
    failures: list[BaseException] = []
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            try:
                assert first_match(touchstone, photo_with(0)) == keep.name
            except BaseException as error:  # noqa: BLE001  whatever it is, the test must see it
                failures.append(error)
                return

    threads = [threading.Thread(target=look) for _ in range(3)]
    for thread in threads:
        thread.start()
    for seed in range(1, 12):
        motif, _ = enrol(touchstone, seed)
        if seed % 2:
            touchstone.registry.remove_motif(motif.id)
    stop.set()
    for thread in threads:
        thread.join()
    assert not failures


def test_a_snapshot_is_used_and_one_that_does_not_fit_is_not(
    touchstone: Touchstone, tmp_path: Path
) -> None:
    enrol(touchstone, 0)
    manifest = touchstone.snapshots.build()
    assert manifest.count == 1
    assert touchstone.snapshots.verify() == manifest
    folder = tmp_path / "var" / "index" / manifest.version
    vectors = next(folder.glob("*.npy"))
    vectors.write_bytes(vectors.read_bytes()[:-1] + b"\x01")
    with pytest.raises(ModelRefusedError, match="no snapshot that fits"):
        touchstone.snapshots.verify()
    again = build(make_settings(tmp_path))
    try:  # SQL is the truth: scoring goes on without it
        assert first_match(again, photo_with(0)) == "mark 0"
    finally:
        again.close()


def test_a_snapshot_of_another_registry_is_not_believed(tmp_path: Path) -> None:
    first = build(make_settings(tmp_path))
    enrol(first, 0)
    first.snapshots.build()
    first.close()
    for file in (tmp_path / "var").glob("touchstone.db*"):
        file.unlink()
    second = build(make_settings(tmp_path))
    try:  # the new database hands out the same ids for other pictures
        enrol(second, 1)
        assert first_match(second, photo_with(1)) == "mark 1"
        finding = second.assessor.search(BytesSource("a", photo_with(0)))
        assert finding.matches[0].similarity < 0.9
    finally:
        second.close()


def test_calibration_is_noticed_and_gives_figures(touchstone: Touchstone, tmp_path: Path) -> None:
    enrol(touchstone, 0)
    before = touchstone.assessor.search(BytesSource("a", photo_with(0))).matches[0]
    assert before.false_alarms_per_million is None
    report = calibrate(touchstone, tmp_path)
    threading.Event().wait(1.05)
    after = touchstone.assessor.search(BytesSource("a", photo_with(0))).matches[0]
    assert after.false_alarms_per_million is not None
    assert after.false_alarms_per_million < 5_000
    listing = Listing("L", brand_field="Unbranded")
    assessment = touchstone.assessor.assess(listing, [BytesSource("a", photo_with(0))])
    assert assessment.versions.background == report.background.version


def test_a_background_of_another_model_or_proposer_is_refused() -> None:
    rows = np.eye(4, dtype=np.float32)
    data = Background.of("pixels@1+grid-a", [rows, rows]).to_bytes()
    assert read_background(data, "pixels@1+grid-a").photos == 2
    with pytest.raises(ModelRefusedError, match="made for pixels@1\\+grid-a, not for"):
        read_background(data, "pixels@1+grid-b")
    for broken in (data[:-3], data[:20], b"", b"\xff" * 40):
        with pytest.raises(ModelRefusedError, match="damaged"):
            read_background(broken, "pixels@1+grid-a")


def test_maxima_are_the_best_region_of_each_photo() -> None:
    photos = [np.eye(3, dtype=np.float32)[:2], np.eye(3, dtype=np.float32)[2:]]
    background = Background.of("m", photos)
    maxima = background.maxima(np.eye(3, dtype=np.float32))
    assert maxima.tolist() == [[1, 0], [1, 0], [0, 1]]
