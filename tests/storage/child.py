"""Programs that tests start beside themselves, to meet them over one database or to be killed."""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from resource import RLIMIT_FSIZE, setrlimit

from app.domain.errors import StorageError
from app.storage.blobs import FsspecBlobStore
from app.storage.database import Database
from app.storage.registry import SqlRegistryStore
from tests.storage.samples import new_motif, new_reference

REFERENCES = 3
MOTIFS = 10


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def migrate(url: str) -> None:
    """Migrate as soon as the parent says so."""
    database = Database(url)
    say("ready")
    sys.stdin.readline()
    database.migrate()
    say(str(SqlRegistryStore(database).version()))


def ensure(url: str) -> None:
    """Make the motifs every other child makes too."""
    registry = SqlRegistryStore(Database(url))
    say("ready")
    sys.stdin.readline()
    for number in range(MOTIFS):
        motif, _ = registry.ensure_motif(new_motif(f"brand {number}"))
        registry.add_reference(motif.id, new_reference(number))
    say("done")


def add_forever(url: str, stop_in_batch: str) -> None:
    """Add batches of motifs with references; stand still in the middle of one where told to."""
    registry = SqlRegistryStore(Database(url))
    for batch in range(10_000):
        with registry.batch():
            for number in range(MOTIFS):
                motif, _ = registry.ensure_motif(new_motif(f"{time.time_ns()} {number}"))
                for reference in range(REFERENCES):
                    registry.add_reference(motif.id, new_reference(reference))
                    if (batch, number, reference) == (int(stop_in_batch), 5, 1):
                        say("in the middle")
                        time.sleep(60)
        say("batch")


def fill(root: str, limit: str) -> None:
    """Write a database and blobs until the system refuses files above a limit in bytes."""
    blobs, database = FsspecBlobStore(root), Database(f"sqlite:///{root}/full.db")
    database.migrate()
    setrlimit(RLIMIT_FSIZE, (int(limit), int(limit)))
    try:
        blobs.put(bytes(int(limit) + 1))
    except StorageError as error:
        say(error.message)
    registry, added = SqlRegistryStore(database), 0
    try:
        while added < 10_000:
            registry.add_brand(f"{added} {'x' * 400}", ["y" * 400])
            added += 1
    except StorageError as error:
        say(error.message)
    say(str(added))


PROGRAMS: dict[str, Callable[..., None]] = {
    "migrate": migrate,
    "ensure": ensure,
    "add_forever": add_forever,
    "fill": fill,
}
COMMAND = (sys.executable, "-m", "tests.storage.child")
PROJECT = Path(__file__).parents[2]

if __name__ == "__main__":
    PROGRAMS[sys.argv[1]](*sys.argv[2:])
