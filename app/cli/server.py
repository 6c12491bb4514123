"""The web server under `touchstone serve`: uvicorn, which leaves the house in order.

    SIGTERM ─▶ /health/ready says 503, everything is answered still ─▶ delay over: no new
    connections ─▶ running requests end, at most so many seconds ─▶ the service is closed

The delay is for whoever sends requests here to notice. Ctrl-C waits for nobody but those who are
being answered, and a second signal of either kind ends the delay.
"""

import signal
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

import uvicorn


class Server(uvicorn.Server):
    """Uvicorn's server, with a delay between the signal and the closed door."""

    def __init__(
        self, config: uvicorn.Config, *, leaving: Callable[[], None], delay: float
    ) -> None:
        super().__init__(config)
        self._leaving = leaving
        self._delay = delay
        self._signals = 0
        self._leave_at: float | None = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to leave. Not handed on: the signal would end the process before it has tidied."""
        del frame
        self._leaving()
        self._signals += 1
        if sig == signal.SIGTERM and self._signals == 1 and self._delay:
            self._leave_at = time.monotonic() + self._delay
            return
        self.force_exit = self.should_exit
        self.should_exit = True

    async def on_tick(self, counter: int) -> bool:
        """Tell, ten times a second, whether it is time to close the door."""
        over = self._leave_at is not None and time.monotonic() >= self._leave_at
        return await super().on_tick(counter) or over


def run(app: Any, *, leaving: Callable[[], None], delay: float, **options: Any) -> None:
    """Serve an ASGI application until a signal ends it.

    Args:
        app: the application.
        leaving: called when the first signal has come.
        delay: seconds that everything is answered on after SIGTERM.
        options: those of `uvicorn.Config`.
    """
    server = Server(uvicorn.Config(app, **options), leaving=leaving, delay=delay)
    server.run()
    if not server.started:
        raise SystemExit(1)  # uvicorn has logged why: the port is taken, or the start was refused
