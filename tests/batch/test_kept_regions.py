"""What photos were embedded as comes back, whatever ended the run that kept it."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from app.batch.kept_regions import ShardRegions, kept_frames, photos, read_frames
from app.batch.scoring import RunOptions, score_catalog
from app.batch.tally import ProgressReport
from app.bootstrap import build
from app.domain.errors import StorageError
from app.services.region_memory import LookedAt, PhotoRegions
from app.services.touchstone import Touchstone
from tests.batch.samples import write_jsonl
from tests.fakes import enrol, make_settings, plain_photo

PHOTOS = 6


def _photo(seed: int, frames: int = 1, regions: int = 30, dim: int = 160) -> PhotoRegions:
    rng = np.random.default_rng(seed)
    made = []
    for _ in range(frames):
        rows = rng.normal(size=(regions, dim)).astype(np.float32)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        made.append(LookedAt(rng.integers(0, 999, (regions, 4), np.int32), rows))
    return PhotoRegions(f"{seed:064x}", tuple(made))


def test_a_photo_comes_back_with_its_boxes_and_almost_its_rows(tmp_path: Path) -> None:
    given = [_photo(1), _photo(2, frames=3), _photo(3, regions=1)]
    shard = ShardRegions(tmp_path / "00000")
    for photo in given:
        shard.add(kept_frames(photo))
    shard.finish()
    found = list(photos(read_frames(tmp_path)))
    assert [photo.sha256 for photo in found] == [photo.sha256 for photo in given]
    for before, after in zip(given, found, strict=True):
        assert len(before.frames) == len(after.frames)
        for given_frame, frame in zip(before.frames, after.frames, strict=True):
            assert (given_frame.boxes == frame.boxes).all()
            np.testing.assert_allclose(np.linalg.norm(frame.embeddings, axis=1), 1, atol=1e-6)
            assert (given_frame.embeddings * frame.embeddings).sum(axis=1).min() > 0.9999


@pytest.mark.parametrize("cut", [1, 40, 700])
def test_a_torn_part_is_gone_on_with_from_its_last_whole_photo(tmp_path: Path, cut: int) -> None:
    killed = ShardRegions(tmp_path / "00000")
    for seed in range(3):
        killed.add(kept_frames(_photo(seed)))
    # What a killed process leaves: no end of the stream, and its last photo torn.
    part = tmp_path / "00000.regions.part"
    torn = part.read_bytes()[:-cut]
    killed.close()
    part.write_bytes(torn)
    resumed = ShardRegions(tmp_path / "00000")
    resumed.add(kept_frames(_photo(9)))
    resumed.finish()
    found = [photo.sha256[-1] for photo in photos(read_frames(tmp_path))]
    assert found == ["0", "1", "9"]
    assert not part.exists()


def test_a_finished_shard_takes_more(tmp_path: Path) -> None:
    for seed in range(2):
        shard = ShardRegions(tmp_path / "00000")
        shard.add(kept_frames(_photo(seed)))
        shard.finish()
    assert len(list(read_frames(tmp_path))) == 2


def test_a_damaged_table_is_told(tmp_path: Path) -> None:
    (tmp_path / "00000.regions.parquet").write_bytes(b"PAR1 nothing")
    with pytest.raises(StorageError, match=r"00000\.regions\.parquet is damaged"):
        list(read_frames(tmp_path))


@pytest.fixture
def touchstone(tmp_path: Path) -> Iterator[Touchstone]:
    touchstone = build(make_settings(tmp_path))
    enrol(touchstone, 1)
    yield touchstone
    touchstone.close()


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    """A catalogue of twelve listings that share six photos."""
    for number in range(PHOTOS):
        (tmp_path / f"{number}.jpg").write_bytes(plain_photo(number))
    rows = [
        {"listing_id": f"L{number}", "images": [f"{number % PHOTOS}.jpg", f"{number // 2}.jpg"]}
        for number in range(2 * PHOTOS)
    ]
    return write_jsonl(tmp_path / "in.jsonl", rows)


def _kept(target: Path) -> list[str]:
    run = target.with_name(f"{target.name}.run")
    return sorted(photo.sha256 for photo in photos(read_frames(run)))


def test_a_run_keeps_each_photo_once_when_it_is_asked_to(
    touchstone: Touchstone, shared: Path
) -> None:
    target = shared.with_name("out.jsonl")
    score_catalog(shared, target, assessor=touchstone.assessor)
    assert _kept(target) == []
    options = RunOptions(keep_regions=True, shard_rows=5)
    score_catalog(shared, target, assessor=touchstone.assessor, options=options)
    assert len(_kept(target)) == len(set(_kept(target))) == PHOTOS
    # Taken over from the run that this one replaces, and from another.
    since = RunOptions(keep_regions=True, since=target)
    for name in ("out.jsonl", "next.jsonl"):
        summary = score_catalog(
            shared, shared.with_name(name), assessor=touchstone.assessor, options=since
        )
        assert summary.unchanged_rows == 2 * PHOTOS
        assert len(_kept(shared.with_name(name))) == PHOTOS


def test_a_stopped_run_has_every_photo_in_the_end(touchstone: Touchstone, shared: Path) -> None:
    target = shared.with_name("out.jsonl")

    def interrupt(report: ProgressReport) -> None:
        if report.rows == 7:
            raise KeyboardInterrupt

    options = RunOptions(keep_regions=True, shard_rows=5, resume=True)
    with pytest.raises(KeyboardInterrupt):
        score_catalog(
            shared, target, assessor=touchstone.assessor, options=options, progress=interrupt
        )
    score_catalog(shared, target, assessor=touchstone.assessor, options=options)
    assert len(set(_kept(target))) == PHOTOS
    assert not list(target.with_name("out.jsonl.run").glob("*.part"))
