"""A real Ray cluster of two nodes on this machine gives what one process gives, whatever dies."""

import gc
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import ray
import structlog
from ray.cluster_utils import Cluster

from app.batch.cluster_jobs import ClusterOptions
from app.batch.ray import RayExecutor
from app.batch.scoring import RunOptions, score_catalog
from app.batch.stage import AssessStage
from app.batch.tally import CatalogSummary, ProgressReport
from app.domain.errors import ClusterError, InvalidInputError, ModelRefusedError
from app.media.limits import DecodeLimits
from tests.batch.benches import FakeRecipe
from tests.batch.samples import FakeAssessor, listing_values, read_jsonl, write_jsonl

ROWS = 60
STORE = 80 * 2**20  # bytes, the least that Ray takes

# Ray leaves sockets and files of its own to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """Two nodes with a core each."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("RAY_USAGE_STATS_ENABLED", "0")
        head = {"num_cpus": 1, "object_store_memory": STORE, "include_dashboard": False}
        made = Cluster(initialize_head=True, head_node_args=head)
        try:
            made.add_node(num_cpus=1, object_store_memory=STORE)
            environment.setenv("RAY_ADDRESS", made.address)
            yield made
        finally:
            ray.shutdown()
            made.shutdown()  # type: ignore[no-untyped-call]
            with warnings.catch_warnings():
                # Ray drops its processes without waiting for them.
                warnings.simplefilter("ignore")
                del made
                gc.collect()


@pytest.fixture
def catalog(folder: Path) -> Path:
    rows = [listing_values(number) for number in range(ROWS)]
    rows[7] = {"listing_id": "broken"}
    rows[30] = listing_values(30, images=["gone.jpg", "https://example.org/a.jpg"])
    return write_jsonl(folder / "in.jsonl", rows)


@pytest.fixture
def traces(tmp_path: Path) -> Path:
    folder = tmp_path / "traces"
    folder.mkdir()
    return folder


def _score(
    catalog: Path, recipe: Any, options: ClusterOptions, name: str = "out.jsonl", **more: Any
) -> CatalogSummary:
    versions = AssessStage(FakeAssessor()).versions()
    executor = RayExecutor(recipe, versions, DecodeLimits(), options)
    run = RunOptions(shard_rows=20, resume=more.pop("resume", False))
    return score_catalog(
        catalog,
        catalog.with_name(name),
        assessor=FakeAssessor(),
        options=run,
        executor=executor,
        **more,
    )


def _local(catalog: Path) -> dict[str, bytes]:
    score_catalog(catalog, catalog.with_name("local.jsonl"), assessor=FakeAssessor())
    return _files(catalog, "local")


def _files(catalog: Path, name: str = "out") -> dict[str, bytes]:
    kinds = ("", ".rejects", ".errors")
    return {kind: catalog.with_name(f"{name}{kind}.jsonl").read_bytes() for kind in kinds}


def _looked(traces: Path) -> list[str]:
    return [name for path in traces.glob("looked-*") for name in path.read_text().splitlines()]


def test_a_cluster_gives_what_one_process_gives(
    cluster: Cluster, catalog: Path, traces: Path
) -> None:
    recipe = FakeRecipe(traces, seconds=0.005)
    summary = _score(catalog, recipe, ClusterOptions(workers=2, min_workers=2))
    assert _files(catalog) == _local(catalog)
    opened = [path.read_text() for path in traces.glob("opened-*")]
    assert opened == ["1 False", "1 False"]  # a thread each, and made once each
    assert len(list(traces.glob("looked-*"))) == 2
    # Every photo once, whichever worker met it first.
    assert sorted(_looked(traces)) == sorted(set(_looked(traces)))
    assert len(_looked(traces)) == 5
    assert summary.repeated_photos == 2 * (ROWS - 2) - 5
    assert set(summary.stage_seconds) == {"decode"}


def test_a_node_that_is_killed_changes_nothing_but_time(
    cluster: Cluster, catalog: Path, traces: Path
) -> None:
    node = cluster.add_node(num_cpus=1, object_store_memory=STORE)
    killed: list[int] = []

    def kill(report: ProgressReport) -> None:
        if report.rows == 20 and not killed:
            killed.append(report.rows)
            cluster.remove_node(node, allow_graceful=False)

    recipe = FakeRecipe(traces, seconds=0.05)
    summary = _score(catalog, recipe, ClusterOptions(workers=3, min_workers=3), progress=kill)
    assert killed
    assert summary.failures == 0
    assert _files(catalog) == _local(catalog)
    assert len(list(traces.glob("opened-*"))) >= 3


def test_a_listing_that_kills_its_worker_costs_itself_alone(
    cluster: Cluster, catalog: Path, traces: Path
) -> None:
    recipe = FakeRecipe(traces, seconds=0.01, fatal=("L11",), trouble=("L13",))
    with structlog.testing.capture_logs() as logs:
        summary = _score(catalog, recipe, ClusterOptions(workers=2, min_workers=2))
    assert (summary.failures, summary.rejected, summary.listings) == (2, 1, ROWS - 3)
    local = {line["listing_id"]: line for line in read_jsonl(_local_output(catalog))}
    del local["L11"], local["L13"]
    assert read_jsonl(catalog.with_name("out.jsonl")) == list(local.values())
    rejects = read_jsonl(catalog.with_name("out.rejects.jsonl"))
    assert [line["row"] for line in rejects] == [8, 12, 14]
    assert "ended 3 workers" in rejects[1]["reason"]
    # What the worker logged is in this process's log, under the id that the row carries.
    (failed,) = [entry for entry in logs if entry["event"] == "listing_failed"]
    assert failed["failure"] in rejects[2]["reason"]
    assert "ValueError: a bug" in failed["exception"]


def _local_output(catalog: Path) -> Path:
    _local(catalog)
    return catalog.with_name("local.jsonl")


def test_a_stopped_run_is_gone_on_with_by_either_executor(
    cluster: Cluster, catalog: Path, traces: Path
) -> None:
    def interrupt(report: ProgressReport) -> None:
        if report.rows == 30:
            raise KeyboardInterrupt

    recipe, options = FakeRecipe(traces), ClusterOptions(workers=2)
    with pytest.raises(KeyboardInterrupt):
        _score(catalog, recipe, options, progress=interrupt)
    assert _score(catalog, recipe, options, resume=True).kept_rows == 30
    assert _files(catalog) == _local(catalog)
    deadline = time.monotonic() + 10
    while any(_is_alive(path) for path in traces.glob("opened-*")):
        assert time.monotonic() < deadline, "a worker outlived its run"
        time.sleep(0.1)


def _is_alive(opened: Path) -> bool:
    return Path("/proc", opened.name.partition("-")[2]).exists()


def test_workers_that_cannot_judge_alike_stop_the_run(
    cluster: Cluster, catalog: Path, traces: Path
) -> None:
    options = ClusterOptions(workers=2)
    with pytest.raises(ModelRefusedError, match="no such weights"):
        _score(catalog, FakeRecipe(traces, refused="no such weights"), options)
    executor = RayExecutor(FakeRecipe(traces), {"model": "other"}, DecodeLimits(), options)
    with pytest.raises(ClusterError, match=r"judge with model fake-1.* instead of model other"):
        score_catalog(
            catalog, catalog.with_name("out.jsonl"), assessor=FakeAssessor(), executor=executor
        )
    assert not catalog.with_name("out.jsonl").exists()


def test_a_cluster_without_room_is_told(cluster: Cluster, catalog: Path, traces: Path) -> None:
    options = ClusterOptions(workers=1, cpus_per_worker=7, patience=1.5)
    began = time.monotonic()
    with pytest.raises(ClusterError, match=r"needs 7 CPU, and there are 2 CPU and 0 GPU"):
        _score(catalog, FakeRecipe(traces), options)
    assert time.monotonic() - began < 30


def test_a_gpu_is_used_where_there_is_one(cluster: Cluster, catalog: Path, traces: Path) -> None:
    # Ray counts GPUs that it is told of, so this machine needs none.
    node = cluster.add_node(num_cpus=1, num_gpus=1, object_store_memory=STORE)
    try:
        _score(catalog, FakeRecipe(traces), ClusterOptions(workers=1))
    finally:
        cluster.remove_node(node)
    assert [path.read_text() for path in traces.glob("opened-*")] == ["1 True"]


def test_bounds_that_make_no_sense_are_refused() -> None:
    with pytest.raises(InvalidInputError, match="no minimum above it"):
        ClusterOptions(workers=1, min_workers=2)
