"""A service in a process of its own whose proposer takes its time, under the server of `serve`.

python -m tests.cli.slow_service DATA_DIR PORT SECONDS_A_PHOTO DELAY LIMIT
"""

import sys
import time
from functools import partial
from pathlib import Path

from app.api import leave
from app.bootstrap import build, build_eyes
from app.cli.server import run
from app.main import create_app
from app.services.assessment import Eyes
from models.protocols import RegionProposer
from models.regions import Photo, Regions
from tests.fakes import make_settings


class SlowProposer:
    """Proposes after a pause."""

    def __init__(self, inner: RegionProposer, seconds: float) -> None:
        self._inner = inner
        self._seconds = seconds

    @property
    def name(self) -> str:
        return self._inner.name

    def propose(self, photo: Photo) -> Regions:
        time.sleep(self._seconds)
        return self._inner.propose(photo)


def main(folder: str, port: str, seconds: str, delay: str, limit: str) -> None:
    settings = make_settings(Path(folder))
    eyes = build_eyes(settings)
    touchstone = build(settings, Eyes(SlowProposer(eyes.proposer, float(seconds)), eyes.embedder))
    app = create_app(settings, touchstone)
    run(
        app,
        leaving=partial(leave, app),
        delay=float(delay),
        port=int(port),
        timeout_graceful_shutdown=int(limit),
    )
    touchstone.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
