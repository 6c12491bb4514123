"""OpenTelemetry: a span for every request and one for every stage of its work, when asked for.

The only file that knows OpenTelemetry. Without an address to send spans to nothing of its SDK is
imported, and a caller's `traceparent` is still read and told to the logs, so that its trace and
these logs can be found from one another.
"""

import re
import secrets
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from app.domain.errors import InvalidInputError

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

HEADER: Final = "traceparent"
_TRACEPARENT: Final = re.compile(
    r"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?"
)
_NANOSECONDS: Final = 1e9


@dataclass(slots=True)
class RequestSpan:
    """A request's place in its trace; route and status are filled in while it is served."""

    trace_id: str
    traceparent: str
    route: str = ""
    status: int = 0


class Tracing(Protocol):
    """What is told of requests and stages."""

    def request(self, method: str, path: str, offered: str) -> AbstractContextManager[RequestSpan]:
        """Span a request; `offered` is the caller's `traceparent`, empty without one."""

    def stage(self, stage: str, seconds: float) -> None:
        """Note a stage that has just ended."""

    def close(self) -> None:
        """Send what has not been sent."""


def parsed(traceparent: str) -> tuple[str, str] | None:
    """Return trace id and flags of a W3C `traceparent`, `None` where it is none.

    >>> parsed("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
    ('4bf92f3577b34da6a3ce929d0e0e4736', '01')
    >>> parsed("00-00000000000000000000000000000000-00f067aa0ba902b7-01") is None
    True
    """
    if len(traceparent) > 256 or not _TRACEPARENT.fullmatch(traceparent):
        return None
    _, trace_id, _, flags = traceparent.split("-")[:4]
    return trace_id, flags


class NoSpans:
    """Keeps the ids and sends nothing."""

    @contextmanager
    def request(self, method: str, path: str, offered: str) -> Iterator[RequestSpan]:
        """Take over the caller's trace, or begin one that nobody records."""
        del method, path
        trace_id, flags = parsed(offered) or (secrets.token_hex(16), "00")
        yield RequestSpan(trace_id, f"00-{trace_id}-{secrets.token_hex(8)}-{flags}")

    def stage(self, stage: str, seconds: float) -> None:
        """Ignore it."""

    def close(self) -> None:
        """Do nothing."""


class Spans:
    """Hands spans to an OpenTelemetry provider, which this owns."""

    def __init__(self, provider: "TracerProvider") -> None:
        self._provider = provider
        self._tracer = provider.get_tracer("touchstone")

    @contextmanager
    def request(self, method: str, path: str, offered: str) -> Iterator[RequestSpan]:
        """Span a request as a child of the caller's span."""
        from opentelemetry.trace import SpanKind, StatusCode  # noqa: PLC0415  only where wanted
        from opentelemetry.trace.propagation.tracecontext import (  # noqa: PLC0415
            TraceContextTextMapPropagator,
        )

        context = TraceContextTextMapPropagator().extract({HEADER: offered})
        with self._tracer.start_as_current_span(method, context, SpanKind.SERVER) as span:
            ids = span.get_span_context()
            trace_id = f"{ids.trace_id:032x}"
            told = RequestSpan(
                trace_id, f"00-{trace_id}-{ids.span_id:016x}-{int(ids.trace_flags):02x}"
            )
            span.set_attributes({"http.request.method": method, "url.path": path})
            yield told
            span.update_name(f"{method} {told.route}")
            span.set_attributes(
                {"http.route": told.route, "http.response.status_code": told.status}
            )
            if told.status >= 500:
                span.set_status(StatusCode.ERROR)

    def stage(self, stage: str, seconds: float) -> None:
        """Span a stage that has just ended, below the span of the request at hand."""
        end = time.time_ns()
        span = self._tracer.start_span(stage, start_time=end - int(seconds * _NANOSECONDS))
        span.end(end)

    def close(self) -> None:
        """Send what has not been sent, and stop the provider's thread."""
        self._provider.shutdown()


def tracing(url: str) -> Tracing:
    """Return what sends spans to an OTLP/HTTP address, or nothing where there is none.

    Raises:
        InvalidInputError: when OpenTelemetry's SDK is not installed.
    """
    if not url:
        return NoSpans()
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
            OTLPSpanExporter,
        )
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ImportError as error:
        raise InvalidInputError("traces need `pip install 'touchstone[tracing]'`") from error
    provider = TracerProvider(resource=Resource.create({"service.name": "touchstone"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=url)))
    return Spans(provider)
