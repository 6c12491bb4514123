"""The queue on a file, on Redis and on PostgreSQL: what is put comes out once, and is JSON."""

import gc
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.batch.jobs.task_queue import TaskQueue
from app.domain.errors import InvalidInputError, StorageError

# huey leaves the connection on which a thread listens to PostgreSQL to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
POSTGRES = "TOUCHSTONE_TEST_POSTGRES_URL"
Queues = Callable[..., TaskQueue]


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis server of the test's own."""
    pytest.importorskip("redis", reason="the package redis is not installed")
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("no redis-server is installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = tmp_path_factory.mktemp("redis")
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder)]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen([*command, "--save", ""], stdout=log, stderr=log)
    try:
        for _ in range(200):
            with socket.socket() as door:
                if door.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.terminate()
        server.wait()


@pytest.fixture(params=["file", "redis", "postgresql"])
def queues(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Queues]:
    """Give a function that opens the queue of a service."""
    if request.param == "file":
        url = ""
    elif request.param == "redis":
        url = request.getfixturevalue("redis")
    else:
        url = os.environ.get(POSTGRES, "")
        if not url:
            pytest.skip(f"{POSTGRES} names no PostgreSQL server")
        url = url.replace("postgresql+psycopg", "postgresql")
    own = f"{tmp_path}"

    made: list[TaskQueue] = []

    def opened(service: str = "") -> TaskQueue:
        made.append(TaskQueue(url, tmp_path / f"queue{service}.db", service=own + service))
        return made[-1]

    yield opened
    for queue in made:
        queue.close()
    made.clear()
    gc.collect()


def test_what_is_put_by_one_process_is_worked_on_once_by_another(queues: Queues) -> None:
    done: list[int] = []
    enough = threading.Event()

    def work(job_id: int) -> None:
        done.append(job_id)
        if len(done) == 3:
            enough.set()

    putting, first, second = queues(), queues(), queues()
    for job_id in (3, 1, 2):
        putting.put(job_id)
    assert putting.waiting() == 3
    with first.worked(work), second.worked(work):
        assert enough.wait(20)
        time.sleep(0.2)
    assert sorted(done) == [1, 2, 3]
    assert putting.waiting() == 0


def test_a_bug_in_the_work_ends_that_work_alone(queues: Queues) -> None:
    done = threading.Event()

    def work(job_id: int) -> None:
        if job_id == 1:
            raise ValueError("a bug")
        done.set()

    queue = queues()
    with queue.worked(work):
        queue.put(1)
        queue.put(2)
        assert done.wait(20)


def test_services_on_one_server_do_not_wake_each_other(queues: Queues) -> None:
    mine, other = queues("mine"), queues("other")
    mine.put(7)
    assert (mine.waiting(), other.waiting()) == (1, 0)


def test_a_message_is_json_and_no_pickle(tmp_path: Path) -> None:
    queue = TaskQueue("", tmp_path / "queue.db")
    queue.put(12)
    with sqlite3.connect(tmp_path / "queue.db") as database:
        ((data,),) = database.execute("SELECT data FROM task").fetchall()
    database.close()
    assert [12] in json.loads(data)


def test_a_message_that_is_no_json_harms_nobody(tmp_path: Path) -> None:
    queue = TaskQueue("", tmp_path / "queue.db")
    queue.put(1)
    with sqlite3.connect(tmp_path / "queue.db") as database:
        database.execute("UPDATE task SET data = ?", (b"cos\nsystem\n(S'false'\ntR.",))
    database.close()
    done = threading.Event()
    with queue.worked(lambda _: done.set()):
        queue.put(2)
        assert done.wait(20)


def test_nothing_is_opened_before_it_is_used(tmp_path: Path) -> None:
    queue = TaskQueue("", tmp_path / "folder" / "queue.db")
    assert not (tmp_path / "folder").exists()
    assert queue.waiting() == 0
    assert (tmp_path / "folder" / "queue.db").exists()


def test_what_cannot_be_used_is_told_without_a_password(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="must begin with"):
        TaskQueue("amqp://user:secret@host/", tmp_path / "queue.db")
    for url in ("redis://:secret@127.0.0.1:1/0", "postgresql://u:secret@127.0.0.1:1/x"):
        with pytest.raises(StorageError) as caught:
            TaskQueue(url, tmp_path / "queue.db").put(1)
        assert "secret" not in caught.value.message
