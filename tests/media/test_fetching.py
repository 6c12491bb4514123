"""Fetching: what is allowed arrives, and everything a server can play is refused by its name.

Each refusal also says how far it got: the addresses that were connected to.
"""

import gzip
import socket
import threading
import time
from collections.abc import Iterator, Sequence

import httpcore2
import httpx2
import pytest

from app.domain.errors import (
    AddressForbiddenError,
    FetchFailedError,
    FetchTimeoutError,
    ImageRefusedError,
    ImageTooLargeError,
    InvalidInputError,
    UrlRefusedError,
)
from app.media.fetching import AllowedHost, ByteBudget, FetchPolicy, ImageFetcher, is_url
from app.media.limits import DecodeLimits
from app.media.outbound import Deadline, Outbound
from tests.outside import HOST, PUBLIC, Outside, answer, endless, raw, redirect

URL = f"https://{HOST}/1.png"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n"


@pytest.fixture
def outside() -> Iterator[Outside]:
    with Outside() as world:
        yield world


def test_an_image_arrives_from_the_checked_address_under_its_name(outside: Outside) -> None:
    outside.replies["/a%20b.png?size=1"] = answer(b"pixels")
    assert outside.fetcher().fetch(f"https://{HOST}/a b.png?size=1#top") == b"pixels"
    assert outside.connected == [(PUBLIC, 443)]
    assert outside.server_names == [HOST]
    (request,) = outside.requests
    assert request.startswith("GET /a%20b.png?size=1 HTTP/1.1\r\n")
    assert f"host: {HOST}\r\n" in request.lower()
    assert "accept-encoding: identity\r\n" in request.lower()


@pytest.mark.parametrize("kind", ["image/jpeg; q=1", "IMAGE/PNG", "application/octet-stream"])
def test_the_types_that_images_come_as(outside: Outside, kind: str) -> None:
    outside.replies["/1.png"] = answer(b"x", kind=kind)
    assert outside.fetcher().fetch(URL) == b"x"


def test_a_body_without_a_length_and_one_in_chunks(outside: Outside) -> None:
    outside.replies["/1.png"] = raw(HEAD + b"\r\n", b"12", b"34")
    outside.replies["/2.png"] = raw(
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"2\r\nab\r\n", b"1\r\nc\r\n0\r\n\r\n"
    )
    fetcher = outside.fetcher()
    assert fetcher.fetch(URL) == b"1234"
    assert fetcher.fetch(f"https://{HOST}/2.png") == b"abc"


def test_redirects_are_followed_as_far_as_allowed(outside: Outside) -> None:
    outside.replies |= {
        "/1.png": redirect("/2.png", "301 Moved"),
        "/2.png": redirect("3.png", "307 Temporary"),
        "/3.png": redirect(f"https://{HOST}:443/4.png", "308 Permanent"),
        "/4.png": answer(b"found"),
    }
    assert outside.fetcher(max_redirects=3).fetch(URL) == b"found"
    with pytest.raises(FetchFailedError, match="moved more than 2 times"):
        outside.fetcher(max_redirects=2).fetch(URL)


def test_every_hop_is_resolved_and_checked_anew(outside: Outside) -> None:
    outside.names["cdn.shop.test"] = [["2606:4700::1111"]]
    outside.replies |= {"/1.png": redirect("https://cdn.shop.test/2.png"), "/2.png": answer(b"x")}
    assert outside.fetcher(HOST, ".shop.test").fetch(URL) == b"x"
    assert outside.connected == [(PUBLIC, 443), ("2606:4700::1111", 443)]


# What is refused by its looks


def _refused(fetcher: ImageFetcher, url: str, kind: type[ImageRefusedError]) -> str:
    with pytest.raises(ImageRefusedError) as caught:
        fetcher.fetch(url)
    assert type(caught.value) is kind, caught.value
    return caught.value.message


def test_nothing_is_fetched_until_a_host_is_allowed(outside: Outside) -> None:
    policy = FetchPolicy()
    fetcher = ImageFetcher(policy, DecodeLimits(), outside.outbound())
    assert not fetcher.enabled
    assert "switched off" in _refused(fetcher, URL, UrlRefusedError)
    assert outside.connected == []


@pytest.mark.parametrize(
    "url",
    [
        f"http://{HOST}/1.png",
        f"ftp://{HOST}/1.png",
        "file:///etc/passwd",
        "data:image/png;base64,AAAA",
        "//img.shop.test/1.png",
        "1.png",
        "",
        "https://",
        f"https://user:pass@{HOST}/1.png",
        f"https://{HOST}@evil.test/",
        f"https://{HOST}:8443/1.png",
        f"https://{HOST}:22/",
        "https://other.test/1.png",
        f"https://a.{HOST}/1.png",
        f"https://{HOST}.evil.test/1.png",
        "https://shop.test/1.png",
        "https://127.0.0.1/1.png",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://[::1]/",
        "https://[::ffff:7f00:1]/",
        f"https://{HOST}/\x00",
        f"https://{HOST}\t.evil.test/",
        f"https://{HOST}/{'x' * 2_048}",
    ],
)
def test_an_address_that_is_not_allowed_is_not_even_resolved(outside: Outside, url: str) -> None:
    outside.names.clear()
    _refused(outside.fetcher(), url, UrlRefusedError)
    assert outside.connected == []


def test_plain_http_has_to_be_allowed(outside: Outside) -> None:
    outside.replies["/1.png"] = answer(b"x")
    assert outside.fetcher(http=True).fetch(f"http://{HOST}/1.png") == b"x"
    assert outside.connected == [(PUBLIC, 80)]


def test_entries_of_the_allow_list() -> None:
    covers = {
        "img.shop.test": ["https://img.shop.test/", "https://IMG.shop.test./", "http://img.shop.test"],
        ".shop.test": ["https://a.shop.test/", "https://a.b.shop.test/"],
        "*.shop.test": ["https://a.shop.test/"],
        "img.shop.test:8443": ["https://img.shop.test:8443/"],
        "bücher.test": ["https://xn--bcher-kva.test/", "https://bücher.test/"],
    }  # fmt: skip
    for entry, urls in covers.items():
        policy = FetchPolicy.of([entry], http=True, seconds=1, max_redirects=0)
        for url in urls:
            policy.check(httpx2.URL(url))


@pytest.mark.parametrize(
    "entry",
    ["", ".", "*", "*.", ".test", "a*.test", "https://a.test", "a.test/x", "u@a.test"],
)
def test_an_entry_that_is_no_host_ends_the_start(entry: str) -> None:
    with pytest.raises(InvalidInputError, match="is no host"):
        AllowedHost.parse(entry)


# Where it may not lead


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.8", "169.254.169.254", "::1", "::ffff:127.0.0.1", "64:ff9b::a9fe:a9fe",
     "fd00:ec2::254", "fe80::1%2", "224.0.0.1", "0.0.0.1"],
)  # fmt: skip
def test_a_name_that_leads_inside(outside: Outside, address: str) -> None:
    outside.names[HOST] = [[address]]
    message = _refused(outside.fetcher(), URL, AddressForbiddenError)
    assert address not in message
    assert outside.connected == []


def test_one_closed_address_among_open_ones_closes_the_name(outside: Outside) -> None:
    outside.names[HOST] = [[PUBLIC, "127.0.0.1"]]
    _refused(outside.fetcher(), URL, AddressForbiddenError)
    assert outside.connected == []


@pytest.mark.parametrize(
    ("location", "kind"),
    [
        ("https://inside.shop.test/", AddressForbiddenError),
        ("https://127.0.0.1/", UrlRefusedError),
        ("http://img.shop.test/1.png", UrlRefusedError),
        ("file:///etc/passwd", UrlRefusedError),
        ("https://user@img.shop.test/", UrlRefusedError),
        ("https://evil.test/", UrlRefusedError),
        ("//127.0.0.1/", UrlRefusedError),
        ("", FetchFailedError),
    ],
)
def test_a_redirect_that_leads_inside(
    outside: Outside, location: str, kind: type[ImageRefusedError]
) -> None:
    outside.names["inside.shop.test"] = [["127.0.0.1"]]
    outside.replies["/1.png"] = redirect(location)
    _refused(outside.fetcher(".shop.test"), URL, kind)
    assert outside.connected == [(PUBLIC, 443)]


def test_a_name_that_answers_otherwise_the_second_time(outside: Outside) -> None:
    """DNS rebinding: the connection goes to what was checked, and a second look checks again."""
    outside.names[HOST] = [[PUBLIC], ["127.0.0.1"]]
    outside.replies |= {"/1.png": answer(b"x")}
    fetcher = outside.fetcher()
    assert fetcher.fetch(URL) == b"x"
    _refused(fetcher, URL, AddressForbiddenError)
    assert outside.connected == [(PUBLIC, 443)]


def test_rebinding_between_two_hops(outside: Outside) -> None:
    outside.names[HOST] = [[PUBLIC], ["169.254.169.254"]]
    outside.replies["/1.png"] = redirect("/latest/meta-data/")
    _refused(outside.fetcher(), URL, AddressForbiddenError)
    assert outside.connected == [(PUBLIC, 443)]


def test_a_server_that_cannot_prove_its_name(outside: Outside) -> None:
    outside.names["img.other.test"] = [[PUBLIC]]
    message = _refused(
        outside.fetcher("img.other.test"), "https://img.other.test/", FetchFailedError
    )
    assert "not who it says" in message
    assert outside.requests == []


def test_a_name_that_is_not_there(outside: Outside) -> None:
    outside.names.clear()
    assert _refused(outside.fetcher(), URL, FetchFailedError) == "There is no such host."


def test_the_next_address_is_tried_when_one_is_dead(outside: Outside) -> None:
    outside.names[HOST] = [["2606:4700::1111", PUBLIC]]
    outside.replies["/1.png"] = answer(b"x")
    reached = outside.connect

    def connect(address: str, port: int, seconds: float) -> httpcore2.NetworkStream:
        if ":" in address:
            raise httpcore2.ConnectError
        return reached(address, port, seconds)

    outbound = Outbound(resolve=outside.resolve, connect=connect, tls=outside.trust)
    policy = FetchPolicy.of([HOST], http=False, seconds=5, max_redirects=0)
    assert ImageFetcher(policy, DecodeLimits(), outbound).fetch(URL) == b"x"


# What a server may send


def test_a_body_without_end_is_cut_off(outside: Outside) -> None:
    outside.replies["/1.png"] = endless(HEAD + b"\r\n", b"x" * 10_000)
    assert "more bytes" in _refused(outside.fetcher(), URL, ImageTooLargeError)


def test_a_declared_size_is_believed_when_it_is_too_large(outside: Outside) -> None:
    outside.replies["/1.png"] = raw(HEAD + b"Content-Length: 100001\r\n\r\n")
    _refused(outside.fetcher(), URL, ImageTooLargeError)


def test_a_body_that_is_exactly_as_long_as_allowed(outside: Outside) -> None:
    outside.replies["/1.png"] = answer(b"x" * 100_000)
    assert len(outside.fetcher().fetch(URL)) == 100_000
    outside.replies["/1.png"] = raw(HEAD + b"\r\n", b"x" * 100_001)
    _refused(outside.fetcher(), URL, ImageTooLargeError)


def test_a_length_that_promises_more_than_comes(outside: Outside) -> None:
    outside.replies["/1.png"] = raw(HEAD + b"Content-Length: 500\r\n\r\n", b"x" * 499)
    assert "broke off" in _refused(outside.fetcher(), URL, FetchFailedError)


def test_a_length_that_promises_less_than_comes(outside: Outside) -> None:
    outside.replies["/1.png"] = raw(HEAD + b"Content-Length: 3\r\n\r\n", b"abc" + b"x" * 50_000)
    assert outside.fetcher().fetch(URL) == b"abc"


@pytest.mark.parametrize("length", [b"-1", b"1e9", b"9" * 30, b"3, 4"])
def test_a_length_that_is_none(outside: Outside, length: bytes) -> None:
    outside.replies["/1.png"] = raw(HEAD + b"Content-Length: " + length + b"\r\n\r\n", b"abc")
    with pytest.raises((FetchFailedError, ImageTooLargeError)):
        outside.fetcher().fetch(URL)


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate, gzip"])
def test_a_compressed_answer_is_never_unpacked(outside: Outside, coding: str) -> None:
    bomb = gzip.compress(bytes(10_000_000))
    assert len(bomb) < 20_000
    outside.replies["/1.png"] = answer(bomb, more=f"Content-Encoding: {coding}\r\n")
    assert "compressed" in _refused(outside.fetcher(), URL, FetchFailedError)


@pytest.mark.parametrize("kind", ["text/html", "application/json", "", "imagery/png"])
def test_what_is_no_image_is_not_read(outside: Outside, kind: str) -> None:
    outside.replies["/1.png"] = answer(b"<html>", kind=kind)
    _refused(outside.fetcher(), URL, FetchFailedError)


@pytest.mark.parametrize("status", ["204 No", "304 Not", "206 Part", "403 No", "500 Oh"])
def test_another_status_is_named(outside: Outside, status: str) -> None:
    outside.replies["/1.png"] = answer(status=status)
    assert status[:3] in _refused(outside.fetcher(), URL, FetchFailedError)


@pytest.mark.parametrize(
    "reply", [b"", b"junk\r\n\r\n", b"HTTP/1.1 200 OK\r\n", HEAD + b"X: " + b"y" * 200_000]
)
def test_what_is_no_http_is_refused(outside: Outside, reply: bytes) -> None:
    outside.replies["/1.png"] = raw(reply)
    _refused(outside.fetcher(), URL, FetchFailedError)


# How long it may take


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (HEAD + b"\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\n", b"A: b\r\n"),
        (b"", b"H"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
)
def test_a_slow_drip_ends_by_the_deadline(outside: Outside, head: bytes, piece: bytes) -> None:
    outside.replies["/1.png"] = endless(head, piece, pause=0.02)
    start = time.monotonic()
    with pytest.raises((FetchTimeoutError, FetchFailedError)) as caught:
        outside.fetcher(seconds=0.4).fetch(URL)
    assert time.monotonic() - start < 2
    if piece != b"H":  # which is no HTTP, and may be noticed sooner
        assert type(caught.value) is FetchTimeoutError


def test_redirects_do_not_buy_time(outside: Outside) -> None:
    def slow(connection: socket.socket) -> None:
        threading.Event().wait(0.2)
        redirect("/1.png")(connection)

    outside.replies["/1.png"] = slow
    start = time.monotonic()
    _refused(outside.fetcher(seconds=0.5, max_redirects=20), URL, FetchTimeoutError)
    assert time.monotonic() - start < 2


def test_a_resolver_that_never_answers(outside: Outside) -> None:
    never = threading.Event()

    def resolve(host: str, port: int) -> Sequence[str]:
        never.wait(10)
        return [PUBLIC]

    policy = FetchPolicy.of([HOST], http=False, seconds=0.2, max_redirects=0)
    fetcher = ImageFetcher(policy, DecodeLimits(), Outbound(resolve=resolve))
    _refused(fetcher, URL, FetchTimeoutError)
    never.set()


def test_a_deadline_that_has_passed_connects_to_nothing(outside: Outside) -> None:
    deadline = Deadline(1, clock=iter([0.0, 2.0, 3.0]).__next__)
    with pytest.raises(FetchTimeoutError, match="longer than 1 seconds"):
        outside.fetcher().fetch(URL, deadline=deadline)
    assert outside.connected == []


def test_the_images_of_a_listing_share_their_bytes(outside: Outside) -> None:
    outside.replies["/1.png"] = answer(b"x" * 600)
    budget = ByteBudget(1_000)
    fetcher = outside.fetcher()
    fetcher.fetch(URL, budget=budget)
    with pytest.raises(ImageTooLargeError, match="1000 bytes together"):
        fetcher.fetch(URL, budget=budget)


def test_the_real_resolver_and_the_real_network_are_checked_too() -> None:
    """Nothing is replaced here: `localhost` is allowed by name and refused by its address."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    listener.settimeout(0.2)
    policy = FetchPolicy.of([f"localhost:{port}"], http=True, seconds=5, max_redirects=0)
    _refused(
        ImageFetcher(policy, DecodeLimits()), f"http://localhost:{port}/", AddressForbiddenError
    )
    with pytest.raises(TimeoutError):
        listener.accept()
    listener.close()


@pytest.mark.parametrize(
    ("name", "wanted"),
    [("https://a/1.png", True), (" HTTP://a", True), ("ftp://a", False), ("a.png", False)],
)
def test_which_names_are_addresses(name: str, *, wanted: bool) -> None:
    assert is_url(name) == wanted
