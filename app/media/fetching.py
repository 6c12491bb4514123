"""Images by their address: off until hosts are named, and then within limits on everything.

    url ─▶ scheme, host and port allowed? ─▶ outbound.py: checked, pinned, timed
        ─▶ a redirect starts again from the left ─▶ status, type, encoding, declared size
        ─▶ the body, counted while it arrives ─▶ bytes

Every hop passes every check. Nothing is unpacked: an answer that comes compressed, although none
was asked for, is refused, so a few kilobytes cannot grow in memory. What the bytes are is decided
by the decoder alone; the content type only keeps error pages and documents from being read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import httpcore2
import httpx2

from app.domain.errors import (
    FetchFailedError,
    ImageTooLargeError,
    InvalidInputError,
    UrlRefusedError,
)
from app.media.limits import DecodeLimits
from app.media.outbound import Deadline, Outbound

SCHEMES: Final = ("http://", "https://")
_PORTS = {"https": 443, "http": 80}
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_LONGEST_URL = 2_048
_OTHER_TYPES = frozenset({"application/octet-stream", "binary/octet-stream"})  # as stores say
_HEADERS = {"Accept": "image/*", "Accept-Encoding": "identity", "User-Agent": "touchstone"}


def is_url(name: str) -> bool:
    """Tell whether an image's name is an address to fetch it from.

    >>> is_url("https://cdn.example.com/2.jpg"), is_url("photos/2.jpg")
    (True, False)
    """
    return name.strip().lower().startswith(SCHEMES)


@dataclass(frozen=True, slots=True)
class AllowedHost:
    """A host, or with `below` every host under it, at one port (`None`: the scheme's own)."""

    host: str
    below: bool = False
    port: int | None = None

    @classmethod
    def parse(cls, text: str) -> "AllowedHost":
        """Read one entry of the allow-list.

        >>> AllowedHost.parse(".example.com")
        AllowedHost(host='example.com', below=True, port=None)

        Raises:
            InvalidInputError: when it names no host.
        """
        below = text.startswith((".", "*."))
        rest = text[text.index(".") + 1 :] if below else text
        refusal = InvalidInputError(f"{text!r} is no host such as img.example.com or .example.com")
        try:
            url = httpx2.URL(f"https://{rest}")
        except httpx2.InvalidURL as error:
            raise refusal from error
        host = _plain_host(url)
        # A suffix of one label would open a whole top-level domain.
        if not host or set(rest) & set("/?#@*\\% ") or (below and "." not in host):
            raise refusal
        return cls(host, below, url.port)

    def covers(self, url: httpx2.URL) -> bool:
        """Tell whether a URL's host and port are this entry's."""
        host = _plain_host(url)
        named = host.endswith(f".{self.host}") if self.below else host == self.host
        return named and url.port == self.port  # a scheme's own port is `None`


@dataclass(frozen=True, slots=True)
class FetchPolicy:
    """What may be fetched; without an allowed host nothing is.

    Attributes:
        allow: The hosts.
        http: Whether plain http is allowed beside https.
        seconds: For one image, or for all images of one listing, from the first look-up to the
            last byte.
        max_redirects: How often an image may have moved.
    """

    allow: tuple[AllowedHost, ...] = ()
    http: bool = False
    seconds: float = 10.0
    max_redirects: int = 3

    @classmethod
    def of(
        cls, allow: Sequence[str], *, http: bool, seconds: float, max_redirects: int
    ) -> "FetchPolicy":
        """Read the allow-list; `InvalidInputError` names the entry that is no host."""
        hosts = tuple(AllowedHost.parse(text.strip()) for text in allow)
        return cls(hosts, http, seconds, max_redirects)

    def check(self, url: httpx2.URL) -> None:
        """Refuse a URL by its looks.

        Raises:
            UrlRefusedError: saying what is not allowed.
        """
        if not self.allow:
            raise UrlRefusedError("Fetching images by their address is switched off.")
        if url.scheme not in _PORTS or (url.scheme == "http" and not self.http):
            raise UrlRefusedError(
                "Only http and https are fetched." if self.http else "Only https is fetched."
            )
        if url.userinfo:
            raise UrlRefusedError("An address with a user name or a password is not fetched.")
        if not any(entry.covers(url) for entry in self.allow):
            raise UrlRefusedError("The host, or its port, is not on the list of allowed ones.")


class ByteBudget:
    """Bytes that several images share; taken by one thread at a time or by several."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._left = most

    def take(self, count: int) -> None:
        """Use some of it up.

        Raises:
            ImageTooLargeError: when that was more than was left.
        """
        self._left -= count  # two threads at once can at worst be one chunk too generous
        if self._left < 0:
            raise ImageTooLargeError(
                f"The listing's images have more than {self._most} bytes together."
            )


class ImageFetcher:
    """Fetches images under a policy; safe to share between threads."""

    def __init__(
        self, policy: FetchPolicy, limits: DecodeLimits, outbound: Outbound | None = None
    ) -> None:
        self._policy = policy
        self._limits = limits
        self._outbound = outbound or Outbound()

    @property
    def enabled(self) -> bool:
        """Whether anything may be fetched at all."""
        return bool(self._policy.allow)

    def deadline(self) -> Deadline:
        """Return the moment by which images asked for now have to be there."""
        return Deadline(self._policy.seconds)

    def fetch(
        self, url: str, *, deadline: Deadline | None = None, budget: ByteBudget | None = None
    ) -> bytes:
        """Return the bytes of the image at `url`, at most the limit of them.

        Args:
            url: where it is.
            deadline: shared by the images of a listing; one of its own by default.
            budget: bytes that those images share.

        Raises:
            UrlRefusedError: when the address, or one it redirects to, is not allowed.
            AddressForbiddenError: when a host is not on the public Internet.
            FetchTimeoutError: when it took too long.
            ImageTooLargeError: when it has too many bytes, or says so.
            FetchFailedError: when the server gives no image.
        """
        deadline = deadline or self.deadline()
        budget = budget or ByteBudget(self._limits.max_bytes)
        place = _parsed(url)
        for _ in range(self._policy.max_redirects + 1):
            self._policy.check(place)
            with self._outbound.exchange("GET", place, deadline, headers=_HEADERS) as answer:
                if answer.status not in _REDIRECTS:
                    return self._body(answer, budget)
                place = _joined(place, _header(answer, b"location"))
        raise FetchFailedError(f"The image has moved more than {self._policy.max_redirects} times.")

    def _body(self, answer: httpcore2.Response, budget: ByteBudget) -> bytes:
        if answer.status != 200:
            raise FetchFailedError(f"The server answered with status {answer.status}.")
        _check_type(_header(answer, b"content-type"))
        if _header(answer, b"content-encoding").lower() not in {"", "identity"}:
            raise FetchFailedError("The server sent the image compressed once more.")
        declared = _header(answer, b"content-length")
        if declared.isascii() and declared.isdigit():
            self._limits.check_bytes(int(declared[:20]))
        data = bytearray()
        for chunk in answer.iter_stream():
            data += chunk
            if len(data) > self._limits.max_bytes:
                raise ImageTooLargeError(
                    f"The image has more bytes than the limit of {self._limits.max_bytes}."
                )
            budget.take(len(chunk))
        return bytes(data)


def _parsed(url: str) -> httpx2.URL:
    if len(url) > _LONGEST_URL:
        raise UrlRefusedError(f"An address has at most {_LONGEST_URL} characters.")
    try:
        place = httpx2.URL(url.strip())
    except (httpx2.InvalidURL, UnicodeError) as error:
        raise UrlRefusedError("The address cannot be understood.") from error
    if not place.host:
        raise UrlRefusedError("The address names no host.")
    return place


def _joined(place: httpx2.URL, location: str) -> httpx2.URL:
    if not location:
        raise FetchFailedError("The server redirects to nowhere.")
    try:
        return _parsed(str(place.join(location)))
    except httpx2.InvalidURL as error:
        raise UrlRefusedError("The address that it redirects to cannot be understood.") from error


def _plain_host(url: httpx2.URL) -> str:
    return url.raw_host.decode("ascii").lower().rstrip(".")


def _header(answer: httpcore2.Response, name: bytes) -> str:
    values = [value for key, value in answer.headers if key.lower() == name]
    return values[0].decode("latin-1").strip() if values else ""


def _check_type(content_type: str) -> None:
    kind = content_type.partition(";")[0].strip().lower()
    if not kind.startswith("image/") and kind not in _OTHER_TYPES:
        raise FetchFailedError("What the server sent is, by its own word, no image.")
