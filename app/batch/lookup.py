"""A table of keys and values that need not fit into memory, for the length of one run.

It lies in a SQLite file of its own that nobody waits for and that is removed at the end: what it
holds can be made again, so a crash may take it.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.domain.errors import StorageError


class Lookup:
    """Text to bytes, on disk; safe to share between threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._using = threading.Lock()
        path.unlink(missing_ok=True)
        with self._explained():
            self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            for setting in ("journal_mode=OFF", "synchronous=OFF", "locking_mode=EXCLUSIVE"):
                self._database.execute(f"PRAGMA {setting}")
            self._database.execute("CREATE TABLE kept (key TEXT PRIMARY KEY, value BLOB)")

    def get(self, key: str) -> bytes | None:
        """Return the value of a key, `None` where there is none.

        Raises:
            StorageError: when the disk fails.
        """
        with self._using, self._explained():
            row = self._database.execute("SELECT value FROM kept WHERE key = ?", (key,)).fetchone()
        return None if row is None else bytes(row[0])

    def put(self, key: str, value: bytes) -> None:
        """Keep a value; a second one takes the place of the first.

        Raises:
            StorageError: when the disk is full.
        """
        with self._using, self._explained():
            self._database.execute("INSERT OR REPLACE INTO kept VALUES (?, ?)", (key, value))

    def close(self) -> None:
        """Close and remove the file."""
        with self._using:
            self._database.close()
            self._path.unlink(missing_ok=True)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise StorageError(f"{self._path} cannot be used: {error}") from error
