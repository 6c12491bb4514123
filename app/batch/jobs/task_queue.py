"""The queue that wakes workers up: huey, on SQLite by default, on Redis or PostgreSQL by setting.

A message says no more than a job's number. It is delivered at most once, which is enough: SQL keeps
the jobs, and an idle worker asks for those that nobody was woken for. Messages are JSON; huey would
pickle them, and whoever may write to a queue that is read with pickle may run code here.
"""

import hashlib
import json
import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey
from huey.exceptions import HueyException
from huey.registry import Message
from huey.serializer import Serializer

from app.domain.errors import InvalidInputError, StorageError

_TASK = "catalog"
_LOOK_EVERY = 1.0  # seconds between looks at a queue on SQLite, at most
_REDIS = ("redis://", "rediss://", "unix://")
_POSTGRES = ("postgresql://", "postgres://")
Work = Callable[[int], None]


class _JsonMessages(Serializer):  # type: ignore[misc]  # huey has no types
    """Messages as JSON lists."""

    def _serialize(self, data: Any) -> bytes:
        return json.dumps(list(data)).encode()

    def _deserialize(self, data: bytes) -> Any:
        return Message(*json.loads(bytes(data)))


class TaskQueue:
    """Numbers of jobs, from those who take them in to those who work on them."""

    def __init__(self, url: str, file: Path, *, service: str = "") -> None:
        """Set up without opening anything.

        Args:
            url: of a Redis or PostgreSQL server; empty for a file.
            file: where the queue is kept without a server.
            service: whatever tells this service from others on the same server.

        Raises:
            InvalidInputError: when the URL is of something else.
        """
        if url and not url.startswith((*_REDIS, *_POSTGRES)):
            raise InvalidInputError("the queue's URL must begin with redis:// or postgresql://")
        self._url = url
        self._file = file
        self._name = f"touchstone-{hashlib.sha256(service.encode()).hexdigest()[:12]}"
        self._opening = threading.Lock()
        self._opened: tuple[Huey, Work] | None = None  # with what puts a number into it
        self._work: Work = _nobody

    def put(self, job_id: int) -> None:
        """Say that a job waits; `StorageError` when the queue cannot be reached."""
        with _told():
            self._huey()[1](job_id)

    def waiting(self) -> int:
        """Return how many messages nobody has taken; `StorageError`."""
        with _told():
            return int(self._huey()[0].pending_count())

    def close(self) -> None:
        """Close what the calling thread has opened; the next use opens it again."""
        with self._opening:
            if self._opened is not None:
                self._opened[0].storage.close()

    @contextmanager
    def worked(self, work: Work) -> Iterator[None]:
        """Work on messages, one at a time, in a thread of its own until the end of the block.

        What is being worked on then is waited for: `work` has to notice by itself.
        """
        self._work = work
        logging.getLogger("huey").setLevel(logging.WARNING)
        with _told():
            self._huey()[0].pending_count()  # fails here, and not in a thread, when it is away
            consumer = self._huey()[0].create_consumer(
                workers=1, periodic=False, max_delay=_LOOK_EVERY
            )
        consumer.start()
        try:
            yield
        finally:
            consumer.stop(graceful=True)
            self._work = _nobody

    def _huey(self) -> tuple[Huey, Work]:
        with self._opening:
            if self._opened is None:
                huey = _open(self._name, self._url, self._file)
                self._opened = huey, huey.task(name=_TASK)(self._run)
            return self._opened

    def _run(self, job_id: int) -> None:
        self._work(job_id)


def _nobody(job_id: int) -> None:
    raise RuntimeError(f"nobody works here, so job {job_id} was not to be taken")


def _open(name: str, url: str, file: Path) -> Huey:
    settings: dict[str, Any] = {"results": False, "serializer": _JsonMessages()}
    if not url:
        file.parent.mkdir(parents=True, exist_ok=True)
        return SqliteHuey(name, filename=str(file), **settings)
    if url.startswith(_REDIS):
        return RedisHuey(name, url=url, **settings)
    return PostgresHuey(name, dsn=url, table_prefix="touchstone_queue", **settings)


@contextmanager
def _told() -> Iterator[None]:
    """Turn what the queue's drivers raise into one sentence without a password in it.

    Raises:
        StorageError: when the queue cannot be used.
    """
    try:
        yield
    except InvalidInputError:
        raise
    except (HueyException, sqlite3.Error, OSError) as error:
        raise StorageError(f"the queue cannot be used: {type(error).__name__}") from error
    except Exception as error:
        # Redis and psycopg have trees of their own, and neither has to be installed.
        if type(error).__module__.partition(".")[0] not in {"redis", "psycopg", "psycopg_pool"}:
            raise
        raise StorageError(f"the queue cannot be used: {type(error).__name__}") from error
