"""Posts messages to receivers that an operator registered, under the rules of `outbound.py`.

    url ─▶ https, no user name, on the list or public? ─▶ outbound.py: checked, pinned, timed
        ─▶ the status of the answer; its body is not read and no redirect is followed

A receiver on an internal network, or by plain http, has to be on a list of its own.
"""

from dataclasses import dataclass
from ipaddress import ip_address

import httpx2

from app.domain.errors import InvalidInputError
from app.media.addresses import is_public
from app.media.fetching import AllowedHost
from app.media.outbound import Deadline, Outbound

_LONGEST_URL = 2_048


@dataclass(frozen=True, slots=True)
class Answered:
    """What a receiver answered."""

    status: int


class Poster:
    """Posts JSON; safe to share between threads."""

    def __init__(
        self, inside: tuple[AllowedHost, ...], seconds: float, outbound: Outbound | None = None
    ) -> None:
        """Set up; hosts in `inside` may have any address and may speak plain http."""
        self._inside = inside
        self._seconds = seconds
        self._outbound = outbound or Outbound()

    def check(self, url: str) -> str:
        """Return the address of a receiver as it will be used.

        Raises:
            InvalidInputError: when it cannot be posted to.
        """
        place = _parsed(url)
        if place.scheme != "https" and not (place.scheme == "http" and self._trusts(place)):
            raise InvalidInputError("a webhook's address begins with https://")
        if place.userinfo or place.fragment:
            raise InvalidInputError("a webhook's address has no user name, password or fragment")
        if _closed(place) and not self._trusts(place):
            raise InvalidInputError("a webhook's address leads to the public Internet")
        return str(place)

    def post(self, url: str, body: bytes, headers: dict[str, str]) -> Answered:
        """Post one message and return what the receiver answered.

        Raises:
            InvalidInputError: when the address may no longer be posted to.
            AddressForbiddenError: when its host is not on the public Internet.
            FetchTimeoutError: when it took too long.
            FetchFailedError: when there is no proper answer.
        """
        place = httpx2.URL(self.check(url))
        sent = {
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            "User-Agent": "touchstone",
            **headers,
        }
        with self._outbound.exchange(
            "POST",
            place,
            Deadline(self._seconds),
            headers=sent,
            content=body,
            anywhere=self._trusts(place),
        ) as answer:
            return Answered(answer.status)

    def _trusts(self, place: httpx2.URL) -> bool:
        return any(entry.covers(place) for entry in self._inside)


def _parsed(url: str) -> httpx2.URL:
    if len(url) > _LONGEST_URL:
        raise InvalidInputError(f"a webhook's address has at most {_LONGEST_URL} characters")
    try:
        place = httpx2.URL(url.strip())
    except (httpx2.InvalidURL, UnicodeError) as error:
        raise InvalidInputError("the webhook's address cannot be understood") from error
    if not place.host:
        raise InvalidInputError("the webhook's address names no host")
    return place


def _closed(place: httpx2.URL) -> bool:
    """Tell whether the host is an address in figures, or this machine's name, that is closed."""
    if place.host.rstrip(".").lower() == "localhost":
        return True
    try:
        return not is_public(ip_address(place.host))
    except ValueError:
        return False  # a name: what it leads to is looked up at every delivery
