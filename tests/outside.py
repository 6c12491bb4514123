"""The outside world on this machine: names, public addresses, and a server that may misbehave.

`Outside` resolves names to made-up public addresses and leads connections to those to a server on
loopback, over TLS where the port is 443. It writes down every address that was connected to, so a
test can say what was never reached.
"""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import Self

import httpcore2
import trustme

from app.media.fetching import FetchPolicy, ImageFetcher
from app.media.limits import DecodeLimits
from app.media.outbound import Outbound

PUBLIC = "93.184.215.14"
HOST = "img.shop.test"
Reply = Callable[[socket.socket], None]


def answer(
    body: bytes = b"", *, status: str = "200 OK", kind: str = "image/png", more: str = ""
) -> Reply:
    """A reply with its length, its type, and further header lines."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{more}\r\n"
    return lambda connection: connection.sendall(head.encode() + body)


def redirect(location: str, status: str = "302 Found") -> Reply:
    return answer(status=status, more=f"Location: {location}\r\n")


def raw(*pieces: bytes, pause: float = 0.0) -> Reply:
    """A reply byte by byte as given, with a pause before every piece but the first."""

    def send(connection: socket.socket) -> None:
        for number, piece in enumerate(pieces):
            if number and pause:
                threading.Event().wait(pause)
            connection.sendall(piece)

    return send


def endless(head: bytes, piece: bytes, pause: float = 0.0) -> Reply:
    """A reply that never ends by itself."""

    def send(connection: socket.socket) -> None:
        connection.sendall(head)
        while True:
            threading.Event().wait(pause)
            connection.sendall(piece)

    return send


def in_turn(*replies: Reply) -> Reply:
    """One reply after the other, the last of them for good."""
    left = [*replies]

    def send(connection: socket.socket) -> None:
        reply = left.pop(0) if len(left) > 1 else left[0]
        reply(connection)

    return send


def hang() -> Reply:
    """No reply at all, for a minute."""

    def wait(connection: socket.socket) -> None:
        del connection
        threading.Event().wait(60)

    return wait


class Outside:
    """Names, addresses and a server; a context manager."""

    def __init__(self) -> None:
        authority = trustme.CA()
        self.trust = ssl.create_default_context()
        authority.configure_trust(self.trust)
        self._server_tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(HOST, "*.shop.test").configure_cert(self._server_tls)
        self._server_tls.sni_callback = self._note_name
        self.names: dict[str, list[Sequence[str]]] = {HOST: [[PUBLIC]]}
        self.replies: dict[str, Reply] = {}
        self.connected: list[tuple[str, int]] = []
        self.requests: list[str] = []
        self.bodies: list[bytes] = []
        self.server_names: list[str | None] = []
        self._plain = socket.create_server(("127.0.0.1", 0))
        self._secure = socket.create_server(("127.0.0.1", 0))

    def __enter__(self) -> Self:
        for listener in (self._plain, self._secure):
            threading.Thread(target=self._serve, args=(listener,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for listener in (self._plain, self._secure):
            # Closing alone would leave the thread that waits in `accept` waiting.
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()

    def resolve(self, host: str, port: int) -> Sequence[str]:
        """Answer with the next addresses of a name; the last ones stay."""
        del port
        answers = self.names.get(host)
        if not answers:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def connect(self, address: str, port: int, seconds: float) -> httpcore2.NetworkStream:
        """Connect to the server, whatever the address, and write the address down."""
        self.connected.append((address, port))
        listener = self._secure if port == 443 else self._plain
        here = listener.getsockname()[1]
        return httpcore2.SyncBackend().connect_tcp("127.0.0.1", here, timeout=seconds)

    def outbound(self) -> Outbound:
        """The way out to this world."""
        return Outbound(resolve=self.resolve, connect=self.connect, tls=self.trust)

    def fetcher(
        self,
        *allow: str,
        http: bool = False,
        seconds: float = 5.0,
        max_redirects: int = 3,
        max_bytes: int = 100_000,
    ) -> ImageFetcher:
        """A fetcher that finds this world; the usual host is allowed unless others are named."""
        policy = FetchPolicy.of(
            allow or (HOST,), http=http, seconds=seconds, max_redirects=max_redirects
        )
        return ImageFetcher(policy, DecodeLimits(max_bytes=max_bytes), self.outbound())

    def _note_name(self, connection: ssl.SSLObject, name: str | None, tls: ssl.SSLContext) -> None:
        del connection, tls
        self.server_names.append(name)

    def _serve(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(
                target=self._reply, args=(connection, listener is self._secure), daemon=True
            ).start()

    def _reply(self, connection: socket.socket, secure: bool) -> None:
        # A caller who has heard enough hangs up, as it should.
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            stack.enter_context(connection)
            if secure:
                connection = self._server_tls.wrap_socket(connection, server_side=True)
                stack.enter_context(connection)
            request = b"".join(_head(connection)).decode("latin-1")
            self.bodies.append(_body(connection, request))
            self.requests.append(request)
            path = request.split(" ")[1]
            self.replies.get(path, answer(status="404 Not Found", kind="text/html"))(connection)


def _head(connection: socket.socket) -> Iterator[bytes]:
    """Read up to the end of a request's head."""
    seen = b""
    while not seen.endswith(b"\r\n\r\n"):
        piece = connection.recv(1)
        if not piece:
            return
        seen += piece
        yield piece


def _body(connection: socket.socket, head: str) -> bytes:
    lines = head.lower().split("\r\n")
    lengths = [int(line.partition(":")[2]) for line in lines if line.startswith("content-length:")]
    wanted, body = (lengths or [0])[0], b""
    while len(body) < wanted:
        body += connection.recv(wanted - len(body)) or b"\0" * wanted
    return body
