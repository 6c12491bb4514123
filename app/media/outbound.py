"""Connections to hosts that somebody else named: checked, pinned and over by a deadline.

    host ─▶ resolve once ─▶ every address public? ─▶ connect to one of those very addresses
         ─▶ TLS and `Host` by the name ─▶ one request, one answer ─▶ closed

The name is resolved once and the connection goes to what was checked, so a name that answers
otherwise the second time (DNS rebinding) gains nothing. Every read and write is bounded by one
deadline for all of it, so a server that sends a byte a minute is cut off as well. No redirect is
followed, nothing is unpacked, no proxy and no cookie is used: what an answer may lead to is
decided by the caller.
"""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import contextmanager
from functools import cached_property
from ipaddress import ip_address
from typing import Any

import httpcore2
import httpx2

from app.domain.errors import AddressForbiddenError, FetchFailedError, FetchTimeoutError
from app.media.addresses import is_public

Resolve = Callable[[str, int], Sequence[str]]  # host and port to addresses in figures
Connect = Callable[[str, int, float], httpcore2.NetworkStream]  # address, port, seconds
_MOST_ADDRESSES = 4  # tried one after the other, as far as the time allows


class Deadline:
    """The moment by which something has to be over."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seconds = seconds
        self._end = clock() + seconds

    def left(self) -> float:
        """Return the seconds that are left.

        Raises:
            FetchTimeoutError: when none are.
        """
        left = self._end - self._clock()
        if left <= 0:
            raise self.passed()
        return left

    def passed(self) -> FetchTimeoutError:
        """Return the error for those who waited until the end."""
        return FetchTimeoutError(f"The server took longer than {self._seconds:g} seconds.")


def system_resolve(host: str, port: int) -> list[str]:
    """Return the addresses that the system's resolver has for a name."""
    entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in entries))


def socket_connect(address: str, port: int, seconds: float) -> httpcore2.NetworkStream:
    """Return a TCP connection to an address."""
    return httpcore2.SyncBackend().connect_tcp(address, port, timeout=seconds)


class Outbound:
    """Opens such connections; safe to share between threads."""

    def __init__(
        self,
        *,
        resolve: Resolve = system_resolve,
        connect: Connect = socket_connect,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._resolve = resolve
        self._connect = connect
        self._given_tls = tls

    @contextmanager
    def exchange(
        self,
        method: str,
        url: httpx2.URL,
        deadline: Deadline,
        *,
        headers: Mapping[str, str],
        content: bytes | None = None,
        anywhere: bool = False,
    ) -> Iterator[httpcore2.Response]:
        """Send one request and give the answer, its body not yet read.

        `anywhere` lets the host have addresses that are not public; only for hosts that the
        operator, and nobody else, has named.

        Raises:
            AddressForbiddenError: when the host has an address that is not public.
            FetchTimeoutError: when the deadline passed, here or while the body was read.
            FetchFailedError: when there is no such host, or it speaks no proper HTTP or TLS.
        """
        target = httpcore2.URL(
            scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
        )
        sent = {"Host": url.netloc.decode("ascii"), "Connection": "close", **headers}
        context = self._tls if url.scheme == "https" else None
        backend = _PinnedBackend(self._resolve, self._connect, deadline, anywhere)
        with (
            _told_plainly(deadline),
            httpcore2.HTTPConnection(
                target.origin, ssl_context=context, network_backend=backend
            ) as connection,
            connection.stream(method, target, headers=[*sent.items()], content=content) as answer,
        ):
            yield answer

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        # Reading the system's certificates takes a while, so it waits for the first use.
        return self._given_tls or ssl.create_default_context()


class _PinnedBackend(httpcore2.NetworkBackend):
    """Connects to the very addresses that it has checked."""

    def __init__(
        self, resolve: Resolve, connect: Connect, deadline: Deadline, anywhere: bool
    ) -> None:
        self._resolve = resolve
        self._connect = connect
        self._deadline = deadline
        self._anywhere = anywhere

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect to a host by one of its checked addresses."""
        del timeout, local_address, socket_options
        addresses = self._checked(host, port)[:_MOST_ADDRESSES]
        for number, address in enumerate(addresses, start=1):
            # One address that swallows everything must leave time for the next.
            seconds = self._deadline.left() / (1 if number == len(addresses) else 2)
            try:
                return _BoundedStream(self._connect(address, port, seconds), self._deadline)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                if number == len(addresses):
                    raise
        raise FetchFailedError("There is no such host.")

    def _checked(self, host: str, port: int) -> Sequence[str]:
        """Return the host's addresses; one that is closed closes the host."""
        addresses = self._resolved(host, port)
        # Not told which: that would let a caller map the network behind the firewall.
        if not self._anywhere and not all(is_public(ip_address(each)) for each in addresses):
            raise AddressForbiddenError("The host has an address that is not public.")
        return addresses

    def _resolved(self, host: str, port: int) -> Sequence[str]:
        """Ask the resolver, which knows no deadline, in a thread that may be left behind."""
        answer: Future[Sequence[str]] = Future()

        def ask() -> None:
            try:
                answer.set_result(self._resolve(host, port))
            except Exception as error:  # noqa: BLE001  it is raised again by whoever waits
                answer.set_exception(error)

        threading.Thread(target=ask, name="resolve", daemon=True).start()
        try:
            return answer.result(self._deadline.left())
        except FutureTimeoutError as error:
            raise self._deadline.passed() from error
        except (OSError, UnicodeError) as error:
            raise FetchFailedError("There is no such host.") from error


class _BoundedStream(httpcore2.NetworkStream):
    """A connection of which no single step outlasts the deadline."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        del timeout
        return self._stream.read(max_bytes, self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        del timeout
        self._stream.write(buffer, self._deadline.left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        del timeout
        inner = self._stream.start_tls(ssl_context, server_hostname, self._deadline.left())
        return _BoundedStream(inner, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


@contextmanager
def _told_plainly(deadline: Deadline) -> Iterator[None]:
    """Turn the library's errors into ours; none of its words, which may name addresses."""
    try:
        yield
    except httpcore2.TimeoutException as error:
        raise deadline.passed() from error
    except httpcore2.ConnectError as error:
        raise FetchFailedError("The server cannot be reached, or is not who it says.") from error
    except (httpcore2.NetworkError, httpcore2.ProtocolError) as error:
        raise FetchFailedError("The server broke off, or does not speak proper HTTP.") from error
