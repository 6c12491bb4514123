"""`--executor ray` as a user meets it: the real service, broken photos, and no Ray at all."""

import gc
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import ray
from ray.cluster_utils import Cluster

from app.batch.kept_regions import read_frames
from app.bootstrap import build
from app.cli import bench
from app.cli.bench import BenchRecipe
from app.domain.errors import StorageError
from app.domain.listing import Listing
from app.services.sources import BytesSource
from app.settings import Settings
from tests.batch.samples import write_jsonl
from tests.cli.test_commands import Run, manifest, run
from tests.fakes import calibrate, enrol, make_settings, photo_with, plain_photo, write_photos

__all__ = ["manifest", "run"]
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    head = {"num_cpus": 2, "object_store_memory": 80 * 2**20, "include_dashboard": False}
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    made = Cluster(initialize_head=True, head_node_args=head)
    monkeypatch.setenv("RAY_ADDRESS", made.address)
    try:
        yield made
    finally:
        ray.shutdown()
        made.shutdown()  # type: ignore[no-untyped-call]
        with warnings.catch_warnings():
            # Ray drops its processes without waiting for them.
            warnings.simplefilter("ignore")
            del made
            gc.collect()


def _catalog(folder: Path) -> Path:
    """Listings that pose and that are plain, among photos made to hurt whoever opens them."""
    bomb = plain_photo(image_format="png")
    files = {
        "posing.png": photo_with(1),
        "plain.jpg": plain_photo(),
        "cut.jpg": plain_photo()[:2_000],
        "noise.jpg": bytes(range(256)) * 40,
        "empty.jpg": b"",
        # A header that promises 2^31 x 2^31 pixels.
        "bomb.png": bomb[:16] + b"\x7f\xff\xff\xff" * 2 + bomb[24:],
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
    poison = ["bomb.png", "cut.jpg", "noise.jpg", "empty.jpg", "gone.jpg", "https://example.org/a"]
    rows: list[dict[str, Any]] = []
    for number in range(24):
        images = [("posing.png", "plain.jpg")[number % 2], poison[number % len(poison)]]
        rows.append({"listing_id": f"L{number}", "brand_field": "Unbranded", "images": images})
    return write_jsonl(folder / "in.jsonl", rows)


def test_the_service_judges_alike_on_a_cluster(
    run: Run,
    manifest: Path,
    cluster: Cluster,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TOUCHSTONE_READING", "never")
    assert run("motifs", "import", manifest).code == 0
    assert run("calibrate", *write_photos(tmp_path / "ordinary", 120)).code == 0
    source = _catalog(tmp_path)
    local = run("catalog", "score", source, tmp_path / "local.jsonl", "--json", "--keep-regions")
    far = run(
        *("catalog", "score", source, tmp_path / "far.jsonl", "--json", "--keep-regions"),
        *("--executor", "ray", "--workers", 2),
    )
    assert (local.code, far.code) == (0, 0), far.err
    for kind in ("", ".errors"):
        files = [tmp_path / f"{name}{kind}.jsonl" for name in ("local", "far")]
        assert files[0].read_bytes() == files[1].read_bytes()
    kept = [_kept(tmp_path / f"{name}.jsonl.run") for name in ("local", "far")]
    assert kept[0] == kept[1]
    assert len(kept[0]) == 2
    assert far.json["verdicts"]["suspect"] == 12
    assert sum(far.json["image_errors"].values()) == 24
    assert far.json["failures"] == 0
    same = ("listings", "verdicts", "image_errors", "repeated_photos", "versions")
    assert [far.json[name] for name in same] == [local.json[name] for name in same]


def _kept(folder: Path) -> dict[str, bytes]:
    return {frame.sha256: frame.codes.tobytes() for frame in read_frames(folder)}


def test_a_bench_judges_without_the_database(tmp_path: Path) -> None:
    settings = make_settings(tmp_path)
    touchstone = build(settings)
    enrol(touchstone, 1)
    calibrate(touchstone, tmp_path)
    listing = Listing("L1", brand_field="Unbranded", images=("a.png",))
    photos = [BytesSource("a.png", photo_with(1))]
    here = touchstone.assessor.assess(listing, photos)
    recipe = BenchRecipe.of(settings, touchstone)
    touchstone.close()
    assert "sqlite" not in recipe.settings  # where a database's password would travel
    (settings.data_dir / "touchstone.db").unlink()
    bench = recipe(1, False)
    assert bench.assessor.assess(listing, photos) == here
    assert here.verdict == "suspect"
    assert not (settings.data_dir / "touchstone.db").exists()


@pytest.mark.parametrize(
    ("runtime", "gpu", "expected"),
    [("auto", True, "cuda"), ("auto", False, "auto"), ("openvino", True, "openvino")],
)
def test_a_worker_with_a_gpu_uses_it_unless_told_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, runtime: str, gpu: bool, expected: str
) -> None:
    given: list[Settings] = []
    settings = make_settings(tmp_path, runtime=runtime)
    monkeypatch.setattr(bench, "build_bench", lambda settings, _: given.append(settings))
    BenchRecipe(settings.model_dump_json(), "kit")(3, gpu)
    assert (given[0].runtime, given[0].threads) == (expected, 3)
    assert given[0].data_dir != settings.data_dir


def test_a_blob_store_that_a_worker_cannot_reach_is_told(tmp_path: Path) -> None:
    settings = make_settings(tmp_path)
    touchstone = build(settings)
    recipe = BenchRecipe.of(settings, touchstone)
    touchstone.close()
    (settings.data_dir / "blobs").rename(tmp_path / "moved")
    with pytest.raises(StorageError, match="set TOUCHSTONE_BLOB_URL to one that every machine"):
        recipe(1, False)


def test_without_the_extra_one_sentence_says_what_to_install(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    monkeypatch.delitem(sys.modules, "app.batch.ray", raising=False)
    source = write_jsonl(tmp_path / "in.jsonl", [{"listing_id": "L1", "images": []}])
    done = run("catalog", "score", source, tmp_path / "out.jsonl", "--executor", "ray")
    assert done.code == 1
    assert done.err.splitlines()[-1] == (
        "touchstone: --executor ray needs Ray, which is not installed: "
        "pip install 'touchstone[ray]'"
    )
