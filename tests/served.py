"""A real server on a free loopback port for tests: uvicorn in a thread, around any application."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI


@contextmanager
def served(app: FastAPI, *, patience: float = 30.0) -> Iterator[str]:
    """Serve an application and give its URL; it is stopped at the end, lifespan included."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, name="served", daemon=True)
    thread.start()
    end = time.monotonic() + patience
    while not server.started:
        assert thread.is_alive(), "the server ended while it started"
        assert time.monotonic() < end, "the server did not start in time"
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(patience)
        assert not thread.is_alive()
