"""Where log lines go and what they look like: standard error, for people or as JSON.

    structlog's events ─┐
                        ├─▶ ids of the request ─▶ time ─▶ secrets struck out ─▶ one line
    uvicorn's records ──┘

An event names what happened and never holds what was sent: no image, no key, no header, no query.
The last step before the line makes sure of it all the same: bytes become their number, and whatever
looks like a key or a secret of ours is cut down to its kind.
"""

import logging
import re
import sys
from collections.abc import Mapping
from typing import Any, Final

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

# A token's first characters are its public prefix; what follows opens doors.
_SECRET: Final = re.compile(r"\b(ts_|whsec_)[A-Za-z0-9+/=_\-]{8,}")
_BLOB: Final = re.compile(r"[A-Za-z0-9+/_\-]{200,}={0,2}")  # base64, of an image most likely
_UVICORN: Final = ("uvicorn", "uvicorn.error", "uvicorn.access")


def without_secrets(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Strike out what nobody may read in a log; a last guard, nothing should get this far.

    >>> without_secrets(None, "", {"key": "ts_AbCdEfGhIjKl", "data": b"12", "reason": "full"})
    {'key': 'ts_…', 'data': '2 bytes', 'reason': 'full'}
    """
    return {name: _struck(value) for name, value in event.items()}


def _struck(value: Any) -> Any:
    if isinstance(value, bytes | bytearray | memoryview):
        return f"{len(value)} bytes"
    if isinstance(value, str):
        return _BLOB.sub("…", _SECRET.sub(r"\1…", value))
    if isinstance(value, Mapping):
        return {key: _struck(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_struck(each) for each in value]
    return value


def log_to_stderr(log_format: str) -> None:
    """Send logs to standard error, so that standard output holds results alone."""
    structlog.configure(
        processors=[*_told(), _renderer(log_format)],
        # The stream of the moment of logging: a test, or a shell, may replace it in between.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )


def server_logs(log_format: str) -> dict[str, Any]:
    """Return uvicorn's logging configuration: its records look like all the others."""
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": _told(),
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _renderer(log_format),
        ],
    }
    handler = {"class": "logging.StreamHandler", "formatter": "ours", "stream": "ext://sys.stderr"}
    logger = {"handlers": ["stderr"], "level": logging.INFO, "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"ours": formatter},
        "handlers": {"stderr": handler},
        "loggers": dict.fromkeys(_UVICORN, logger),
    }


def _told() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        without_secrets,
    ]


def _renderer(log_format: str) -> Processor:
    if log_format == "json":
        return structlog.processors.JSONRenderer()
    # Never with the library's own tracebacks: they show local variables, and so photos and keys.
    return structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
    )
