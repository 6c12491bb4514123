"""Jobs: claimed by one worker, kept by its beats, free again when it dies, told when they end."""

import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.catalog_job import JobProblem, JobProgress, JobState, NewJob
from app.domain.errors import ConflictError, NotFoundError
from app.domain.webhook import EventType
from app.storage.catalogs import SqlCatalogStore
from app.storage.database import Database
from app.storage.webhooks import SqlWebhookStore

NEW = NewJob(name="in.csv", folder="job-1", file="catalog.csv", encoding="cp1252")
LEASE = 30.0


@dataclass
class Clock:
    now: datetime = datetime(2026, 3, 2, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def jobs(database: Database, clock: Clock) -> SqlCatalogStore:
    return SqlCatalogStore(database, clock=clock)


def test_a_job_comes_back_as_it_was_kept(jobs: SqlCatalogStore, clock: Clock) -> None:
    kept = jobs.add(NEW)
    assert jobs.get(kept.id) == kept
    assert (kept.name, kept.file, kept.source, kept.encoding) == (
        "in.csv",
        "catalog.csv",
        "",
        "cp1252",
    )
    assert kept.state is JobState.QUEUED
    assert kept.created_at == clock.now
    assert kept.started_at is None
    assert kept.finished_at is None
    assert kept.summary is None
    assert kept.problem is None
    with pytest.raises(NotFoundError):
        jobs.get(kept.id + 1)


def test_pages_go_from_the_newest_to_the_oldest(jobs: SqlCatalogStore) -> None:
    ids = [jobs.add(NEW).id for _ in range(3)]
    assert [job.id for job in jobs.list(limit=2)] == [ids[2], ids[1]]
    assert [job.id for job in jobs.list(before=ids[1])] == [ids[0]]


def test_a_job_is_taken_up_once(jobs: SqlCatalogStore) -> None:
    job = jobs.add(NEW)
    assert jobs.waiting() == [job.id]
    taken = jobs.claim(job.id, "one", LEASE)
    assert taken is not None
    assert (taken.state, taken.runs) == (JobState.RUNNING, 1)
    assert jobs.claim(job.id, "two", LEASE) is None
    assert jobs.waiting() == []
    assert jobs.claim(job.id + 1, "two", LEASE) is None


def test_of_many_workers_one_gets_the_job(jobs: SqlCatalogStore) -> None:
    job = jobs.add(NEW)
    got: list[str] = []
    start = threading.Barrier(6)

    def claim(name: str) -> None:
        start.wait()
        if jobs.claim(job.id, name, LEASE) is not None:
            got.append(name)

    threads = [threading.Thread(target=claim, args=(f"w{number}",)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 1


def test_beats_keep_a_job_and_say_how_far_it_is(jobs: SqlCatalogStore, clock: Clock) -> None:
    job = jobs.add(NEW)
    jobs.claim(job.id, "one", LEASE)
    progress = JobProgress(5, 20, 4, 9, 3.5, 1, 2, {"row_rejected": 1}, 12.0)
    for _ in range(3):
        clock.pass_by(LEASE - 1)
        assert jobs.beat(job.id, "one", LEASE, progress) is JobState.RUNNING
    assert jobs.waiting() == []
    assert jobs.get(job.id).progress == progress
    assert jobs.rows_left() == 15


def test_a_dead_workers_job_goes_to_the_next(jobs: SqlCatalogStore, clock: Clock) -> None:
    job = jobs.add(NEW)
    jobs.claim(job.id, "one", LEASE)
    clock.pass_by(LEASE)
    assert jobs.waiting() == [job.id]
    taken = jobs.claim(job.id, "two", LEASE)
    assert taken is not None
    assert taken.runs == 2
    assert jobs.beat(job.id, "one", LEASE, None) is None
    jobs.finish(job.id, "one", JobState.FAILED)
    jobs.put_down(job.id, "one", 0.0, in_order=True)
    assert jobs.get(job.id).state is JobState.RUNNING


def test_a_job_put_down_waits_for_a_while(jobs: SqlCatalogStore, clock: Clock) -> None:
    job = jobs.add(NEW)
    jobs.claim(job.id, "one", LEASE)
    jobs.put_down(job.id, "one", 60.0, in_order=True)
    assert jobs.get(job.id).state is JobState.QUEUED
    assert jobs.get(job.id).runs == 0
    assert jobs.waiting() == []
    clock.pass_by(60)
    assert jobs.waiting() == [job.id]


def test_a_waiting_job_is_cancelled_at_once(jobs: SqlCatalogStore) -> None:
    job = jobs.add(NEW)
    assert jobs.cancel(job.id).state is JobState.CANCELLED
    assert jobs.cancel(job.id).state is JobState.CANCELLED
    assert jobs.waiting() == []
    assert jobs.claim(job.id, "one", LEASE) is None


def test_a_running_job_is_cancelled_by_its_worker(jobs: SqlCatalogStore) -> None:
    job = jobs.add(NEW)
    jobs.claim(job.id, "one", LEASE)
    assert jobs.cancel(job.id).state is JobState.CANCELLING
    assert jobs.beat(job.id, "one", LEASE, None) is JobState.CANCELLING
    jobs.finish(job.id, "one", JobState.CANCELLED)
    assert jobs.get(job.id).state is JobState.CANCELLED


@pytest.mark.parametrize("before_it_lapses", [True, False])
def test_a_dead_workers_job_can_be_cancelled(
    jobs: SqlCatalogStore, clock: Clock, *, before_it_lapses: bool
) -> None:
    job = jobs.add(NEW)
    jobs.claim(job.id, "one", LEASE)
    if before_it_lapses:
        jobs.cancel(job.id)
    clock.pass_by(LEASE)
    if before_it_lapses:
        assert jobs.waiting() == [job.id]
        assert jobs.claim(job.id, "two", LEASE) is None
    else:
        jobs.cancel(job.id)
    assert jobs.get(job.id).state is JobState.CANCELLED


def test_what_is_over_can_be_removed_and_nothing_else(jobs: SqlCatalogStore) -> None:
    job = jobs.add(NEW)
    with pytest.raises(ConflictError):
        jobs.remove(job.id)
    jobs.claim(job.id, "one", LEASE)
    with pytest.raises(ConflictError):
        jobs.remove(job.id)
    jobs.finish(job.id, "one", JobState.DONE, summary={"listings": 3})
    with pytest.raises(ConflictError):
        jobs.cancel(job.id)
    jobs.remove(job.id)
    with pytest.raises(NotFoundError):
        jobs.get(job.id)


def test_the_end_of_a_job_is_told(jobs: SqlCatalogStore, database: Database) -> None:
    hooks = SqlWebhookStore(database)
    hook = hooks.add("https://a.example/", [EventType.CATALOG_FINISHED], "whsec_x")
    job = jobs.add(NEW)
    jobs.claim(job.id, "one", LEASE)
    assert hooks.deliveries(hook.id) == []
    problem = JobProblem("unsupported_file", "it is gone")
    jobs.finish(job.id, "one", JobState.FAILED, problem=problem)
    assert jobs.get(job.id).problem == problem
    (parcel,) = hooks.claim((), 5, timedelta(seconds=1))
    assert '"catalog_id": "cat_' in parcel.body
    assert '"state": "failed"' in parcel.body
    assert '"code": "unsupported_file"' in parcel.body


def test_counts_are_by_state(jobs: SqlCatalogStore) -> None:
    jobs.add(NEW)
    jobs.cancel(jobs.add(NEW).id)
    counts = jobs.counts()
    assert counts[JobState.QUEUED] == counts[JobState.CANCELLED] == 1
    assert counts[JobState.RUNNING] == jobs.rows_left() == 0
