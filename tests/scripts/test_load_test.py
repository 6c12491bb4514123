"""The load test itself: what it sends, what it counts, and that waiting to be asked counts too."""

import asyncio
import re
from collections.abc import Awaitable, Callable

import pytest

from scripts.load_test import Photos, Reply, _growth, _times, closed_loop, open_loop, parsed
from tests.fakes import plain_photo

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def _photos() -> Photos:
    return Photos([plain_photo(0), plain_photo(1)])


class Service:
    """Answers one request after another, each so many seconds long, and 429 beyond `room`."""

    def __init__(self, seconds: float, room: int) -> None:
        self._seconds = seconds
        self._room = room
        self._inside = 0
        self._lock = asyncio.Lock()
        self.bodies: list[bytes] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"Content-Length: (\d+)", head)
        assert length is not None
        self.bodies.append(await reader.readexactly(int(length[1])))
        if self._inside >= self._room:
            writer.write(b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n")
        else:
            self._inside += 1
            async with self._lock:
                await asyncio.sleep(self._seconds)
            self._inside -= 1
            writer.write(b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}")
        await writer.drain()
        writer.close()


async def _against(service: Service, load: Callable[[int], Awaitable[list[Reply]]]) -> list[Reply]:
    server = await asyncio.start_server(service.serve, "127.0.0.1", 0)
    async with server:
        return await load(server.sockets[0].getsockname()[1])


def test_a_closed_loop_waits_for_every_answer() -> None:
    service, photos = Service(0.02, room=2), _photos()
    replies = asyncio.run(_against(service, lambda port: closed_loop(port, photos, 2, 0.4)))
    assert {reply.status for reply in replies} == {201}
    assert 3 <= len(replies) <= 22
    assert len(set(service.bodies)) == len(replies)  # never the same bytes twice
    assert all(b'name="listing"' in body and b'name="images"' in body for body in service.bodies)


def test_an_open_loop_sends_whatever_was_answered_and_counts_the_wait() -> None:
    service, photos = Service(0.1, room=1_000), _photos()

    def load(port: int) -> Awaitable[list[Reply]]:
        return open_loop(port, photos, 40, 0.5, at_random=False)

    replies = asyncio.run(_against(service, load))
    assert len(replies) in {20, 21}  # forty a second although ten a second are answered
    assert max(reply.seconds for reply in replies) > 1.0


@pytest.mark.parametrize("at_random", [False, True])
def test_what_finds_no_room_is_counted_apart(*, at_random: bool) -> None:
    service, photos = Service(0.05, room=2), _photos()

    def load(port: int) -> Awaitable[list[Reply]]:
        return open_loop(port, photos, 60, 0.5, at_random=at_random)

    replies = asyncio.run(_against(service, load))
    served = sum(reply.status == 201 for reply in replies)
    refused = sum(reply.status == 429 for reply in replies)
    assert served + refused == len(replies)
    assert served >= 2
    assert refused >= 2
    row = _times(2.0, replies, at_random=at_random)
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells[:6] == [
        "200%",
        "at random" if at_random else "evenly",
        str(len(replies)),
        str(served),
        str(refused),
        "0",
    ]


def test_growth_is_a_slope_over_what_comes_after_the_start() -> None:
    done = list(range(100, 10_001, 100))
    samples = [300.0] * 25 + [200 + count / 1000 for count in done[25:]]
    text = _growth(done, samples, {201})
    assert "Slope over the last three quarters: +1.00 MiB a thousand requests" in text


def test_options_have_defaults_that_fit_three_minutes() -> None:
    options = parsed([])
    measured = options.rounds * options.seconds * 2 + 4 * options.load
    assert measured < 150
