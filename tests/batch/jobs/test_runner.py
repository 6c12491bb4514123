"""One job to its end: done, cancelled, put down, put off, failed, and taken up again."""

import io
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.batch.jobs.checking import CatalogInspector
from app.batch.jobs.runner import MOST_RUNS, JobRunner, Means, RunnerOptions
from app.batch.report.page import PictureSources
from app.domain.catalog_job import CatalogJob, JobState
from app.domain.errors import InvalidInputError, ModelRefusedError, StorageError
from app.domain.listing import Listing
from app.media.limits import DecodeLimits
from app.services.catalogs import CatalogDesk, CatalogLimits, CatalogResult
from app.storage.catalog_tables import CatalogRow
from app.storage.catalogs import SqlCatalogStore
from app.storage.database import Database
from tests.api.sending import as_base64
from tests.batch.samples import VERSIONS, FakeAssessor, read_jsonl

ROWS = 30


class Bell:
    """A queue that only remembers who was rung for."""

    def __init__(self) -> None:
        self.rung: list[int] = []

    def put(self, job_id: int) -> None:
        self.rung.append(job_id)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlCatalogStore]:
    database = Database(f"sqlite:///{tmp_path}/jobs.db")
    database.migrate()
    yield SqlCatalogStore(database)
    database.dispose()


@pytest.fixture
def desk(store: SqlCatalogStore, tmp_path: Path) -> CatalogDesk:
    return CatalogDesk(store, CatalogInspector(), Bell(), tmp_path / "jobs", CatalogLimits())


def catalog(rows: int = ROWS, **changes: object) -> bytes:
    lines = []
    for number in range(rows):
        image = {"name": f"{number}.jpg", "base64": as_base64(bytes([number] * 50))}
        row = {"listing_id": f"L{number}", "seller_id": "S", "images": [image], **changes}
        lines.append(json.dumps(row))
    return "\n".join(lines).encode()


def uploaded(desk: CatalogDesk, content: bytes | None = None) -> CatalogJob:
    return desk.upload("in.jsonl", io.BytesIO(catalog() if content is None else content))


def runner(
    store: SqlCatalogStore,
    tmp_path: Path,
    assessor: FakeAssessor | Exception,
    *,
    stopping: Callable[[], bool] = lambda: False,
    worker: str = "w",
) -> JobRunner:
    def means() -> Means:
        if isinstance(assessor, Exception):
            raise assessor
        return Means(assessor, None, PictureSources(lambda _: None, DecodeLimits()))

    options = RunnerOptions(tmp_path / "jobs", lease=5.0, every=0.02, again_after=0.0)
    return JobRunner(store, means, options, worker=worker, stopping=stopping)


def test_a_job_ends_with_results_a_table_and_a_page(
    store: SqlCatalogStore, desk: CatalogDesk, tmp_path: Path
) -> None:
    content = catalog() + b'\n{"listing_id": "no images"}\n'
    job = uploaded(desk, content)
    runner(store, tmp_path, FakeAssessor()).run(job.id)
    done = store.get(job.id)
    assert done.state is JobState.DONE, done.problem
    assert done.summary is not None
    assert (done.summary["listings"], done.summary["rejected"]) == (ROWS, 1)
    assert (done.progress.rows, done.progress.total_rows) == (ROWS + 1, ROWS + 1)
    assert done.progress.errors == {"row_rejected": 1}
    assert done.progress.seconds_left == 0
    found = read_jsonl(desk.result(job.id, CatalogResult.JSONL))
    assert [row["listing_id"] for row in found] == [f"L{number}" for number in range(ROWS)]
    assert {image["image"] for image in found[3]["images"]} == {"3.jpg"}
    assert desk.result(job.id, CatalogResult.CSV).read_text().count("\n") == ROWS + 1
    (reject,) = read_jsonl(desk.result(job.id, CatalogResult.REJECTS))
    assert (reject["line"], reject["reason"]) == (ROWS + 1, "images is missing")
    page = desk.result(job.id, CatalogResult.REPORT).read_text()
    assert "in.jsonl" in page
    assert str(tmp_path) not in page, "where the service keeps things is nobody's business"


def test_a_cancelled_job_ends_within_a_row_or_two(
    store: SqlCatalogStore, desk: CatalogDesk, tmp_path: Path
) -> None:
    job = uploaded(desk)
    seen = threading.Event()

    def cancel_at_five(listing: Listing) -> None:
        if listing.listing_id == "L5":
            store.cancel(job.id)
            seen.set()

    assessor = FakeAssessor(seconds=0.02, before=cancel_at_five)
    runner(store, tmp_path, assessor).run(job.id)
    assert seen.is_set()
    assert store.get(job.id).state is JobState.CANCELLED
    assert len(assessor.assessed) < ROWS


def test_a_stopping_worker_puts_its_job_down_and_the_next_goes_on(
    store: SqlCatalogStore, desk: CatalogDesk, tmp_path: Path
) -> None:
    job = uploaded(desk)
    first = FakeAssessor(seconds=0.005)
    stopping = runner(store, tmp_path, first, stopping=lambda: len(first.assessed) > 10)
    stopping.run(job.id)
    put_down = store.get(job.id)
    assert (put_down.state, put_down.runs) == (JobState.QUEUED, 0)
    second = FakeAssessor()
    runner(store, tmp_path, second, worker="other").run(job.id)
    assert store.get(job.id).state is JobState.DONE
    assert 0 < len(set(second.assessed) - {"no listing"}) <= ROWS - 5
    again = uploaded(desk)
    runner(store, tmp_path, FakeAssessor()).run(again.id)
    one, other = (desk.result(each.id, CatalogResult.JSONL).read_bytes() for each in (job, again))
    assert one == other


def test_a_run_of_other_versions_begins_again(
    store: SqlCatalogStore, desk: CatalogDesk, tmp_path: Path
) -> None:
    job = uploaded(desk)
    first = FakeAssessor(seconds=0.005)
    runner(store, tmp_path, first, stopping=lambda: len(first.assessed) > 10).run(job.id)
    newer = FakeAssessor(replace(VERSIONS, registry=2))
    runner(store, tmp_path, newer).run(job.id)
    found = read_jsonl(desk.result(job.id, CatalogResult.JSONL))
    assert {row["versions"]["registry"] for row in found} == {2}
    assert len(found) == ROWS


def test_what_may_pass_is_tried_again_but_not_for_ever(
    store: SqlCatalogStore, desk: CatalogDesk, tmp_path: Path
) -> None:
    job = uploaded(desk)
    refused = runner(store, tmp_path, ModelRefusedError("not yet"))
    for _ in range(MOST_RUNS - 1):
        refused.run(job.id)
        assert store.get(job.id).state is JobState.QUEUED
    refused.run(job.id)
    ended = store.get(job.id)
    assert ended.state is JobState.FAILED
    assert ended.problem is not None
    assert (ended.problem.code, ended.problem.detail) == ("model_refused", "not yet")


def test_a_catalogue_that_is_gone_and_a_bug_end_their_job_alone(
    store: SqlCatalogStore, desk: CatalogDesk, tmp_path: Path
) -> None:
    gone, bug = uploaded(desk), uploaded(desk)
    (tmp_path / "jobs" / gone.folder / gone.file).unlink()
    runner(store, tmp_path, FakeAssessor()).run(gone.id)
    runner(store, tmp_path, RuntimeError("secret")).run(bug.id)
    first, second = store.get(gone.id).problem, store.get(bug.id).problem
    assert first is not None
    assert second is not None
    assert first.code == "unsupported_file"
    assert second.code == "internal_error"
    assert "secret" not in second.detail


def test_a_job_that_kills_its_workers_is_given_up(
    store: SqlCatalogStore, desk: CatalogDesk, tmp_path: Path
) -> None:
    job = uploaded(desk)
    for number in range(MOST_RUNS):
        assert store.claim(job.id, f"dead{number}", 0.0) is not None
    runner(store, tmp_path, FakeAssessor()).run(job.id)
    problem = store.get(job.id).problem
    assert problem is not None
    assert "ended unexpectedly 5 times" in problem.detail


def test_a_job_that_somebody_holds_is_left_alone(
    store: SqlCatalogStore, desk: CatalogDesk, tmp_path: Path
) -> None:
    job = uploaded(desk)
    store.claim(job.id, "other", 60.0)
    assessor = FakeAssessor()
    runner(store, tmp_path, assessor).run(job.id)
    assert assessor.assessed == []


def test_a_worker_that_lost_its_job_lets_go(
    store: SqlCatalogStore, desk: CatalogDesk, tmp_path: Path
) -> None:
    job = uploaded(desk)

    def steal(listing: Listing) -> None:
        if listing.listing_id == "L5":
            with store._database.session(write=True) as session:
                row = session.get(CatalogRow, job.id)
                assert row is not None
                row.worker = "thief"

    assessor = FakeAssessor(seconds=0.02, before=steal)
    runner(store, tmp_path, assessor).run(job.id)
    assert len(assessor.assessed) < ROWS
    assert store.get(job.id).state is JobState.RUNNING


def test_a_database_that_is_away_for_a_moment_costs_nothing(
    store: SqlCatalogStore,
    desk: CatalogDesk,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job = uploaded(desk)
    beat, calls = store.beat, []

    def sometimes(*args: object, **more: object) -> object:
        calls.append(1)
        if len(calls) < 4:
            raise StorageError("away")
        return beat(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(store, "beat", sometimes)
    runner(store, tmp_path, FakeAssessor(seconds=0.01)).run(job.id)
    assert store.get(job.id).state is JobState.DONE


def test_an_upload_names_no_file_of_this_machine(
    store: SqlCatalogStore, desk: CatalogDesk, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.jpg"
    secret.write_bytes(b"x" * 50)
    job = uploaded(desk, catalog(3, images=[str(secret), "../../secret.jpg", "file:///etc/passwd"]))
    runner(store, tmp_path, FakeAssessor()).run(job.id)
    (first, *_) = read_jsonl(desk.result(job.id, CatalogResult.JSONL))
    codes = [image["error"]["code"] for image in first["images"]]
    assert codes == ["image_missing", "image_missing", "image_url_refused"]


@pytest.mark.parametrize("value", ["not base64!", 7])
def test_an_upload_of_bad_rows_alone_is_refused(desk: CatalogDesk, value: object) -> None:
    content = catalog(2, images=[{"base64": value}])
    with pytest.raises(InvalidInputError, match="line 1"):
        uploaded(desk, content)
    assert desk.store.list() == []
