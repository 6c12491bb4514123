"""Programs that tests start beside themselves, to be killed, stopped, or left without disk."""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from resource import RLIMIT_FSIZE, setrlimit
from signal import SIGINT, default_int_handler, signal

from app.batch.scoring import RunOptions, score_catalog
from app.batch.tally import ProgressReport
from app.domain.errors import StorageError
from tests.batch.samples import FakeAssessor

STOPPED = 130
SHARD_ROWS = 50


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def score(source: str, target: str, most_rows: str) -> None:
    """Score, resuming, and tell of every new row; stand still after so many, never to finish."""

    def tell(report: ProgressReport) -> None:
        say(str(report.new_rows))
        if report.new_rows == int(most_rows):
            time.sleep(60)

    assessor = FakeAssessor(seconds=0.001)
    options = RunOptions(resume=True, shard_rows=SHARD_ROWS)
    try:
        summary = score_catalog(
            Path(source), Path(target), assessor=assessor, options=options, progress=tell
        )
    except KeyboardInterrupt:
        sys.exit(STOPPED)
    say(f"kept {summary.kept_rows}")


def fill(source: str, target: str, limit: str) -> None:
    """Score while the system refuses files above a limit in bytes."""
    setrlimit(RLIMIT_FSIZE, (int(limit), int(limit)))
    options = RunOptions(resume=True, shard_rows=SHARD_ROWS)
    try:
        score_catalog(Path(source), Path(target), assessor=FakeAssessor(), options=options)
    except StorageError as error:
        say(error.message)


PROGRAMS: dict[str, Callable[..., None]] = {"score": score, "fill": fill}
COMMAND = (sys.executable, "-m", "tests.batch.child")
PROJECT = Path(__file__).parents[2]

if __name__ == "__main__":
    # Tests run in the background of a shell inherit from it that an interrupt is ignored.
    signal(SIGINT, default_int_handler)
    PROGRAMS[sys.argv[1]](*sys.argv[2:])
