"""Measures the service under load, over loopback, against the same pipeline in this process.

    python -m scripts.load_test --data ../shared/data
    python -m scripts.load_test --memory 10000
    python -m scripts.load_test --batches 2

The first starts `touchstone serve` on a throw-away data folder and finds out, in turns, how many
listings a second this process assesses by itself and how many the service answers. Then listings
arrive at 80 % and at 200 % of that, whether or not earlier ones have been answered: in even steps,
and at random moments (Poisson). An answer's time counts from the moment it should have been asked
for. The second sends that many requests to the service with the embedder without weights and tells
how its memory grew. The third says how many crops a second the network embeds, by batch size.
"""

import argparse
import asyncio
import contextlib
import itertools
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from app.bootstrap import build, build_eyes
from app.domain.listing import Listing
from app.evaluation.speed.photos import product_photos
from app.evaluation.speed.random_registry import fill_with_random
from app.services.sources import BytesSource
from app.services.touchstone import Touchstone
from app.settings import Settings
from app.storage.database import Database
from app.storage.embeddings import SqlEmbeddingStore
from models.runtimes.batch_speed import batch_speeds

_BOUNDARY = b"load-test-boundary"
_LISTING = '{"listing_id": "L%d", "title": "Bracelet", "brand_field": "Unbranded"}'
_START_SECONDS = 120
_WARM_UP = 4
_SERVE = "from app.cli import main; main()"
_BATCHES = (1, 4, 9, 18, 36, 72)
_SAMPLES = 200  # of the memory


@dataclass(frozen=True, slots=True)
class Reply:
    """What one request got, and how long after it should have been sent."""

    status: int
    seconds: float


class Photos:
    """Listings of one photo each, never the same bytes twice; safe to share between threads."""

    def __init__(self, photos: Sequence[bytes]) -> None:
        self._photos = photos
        self._numbers = itertools.count()

    def photo(self) -> tuple[int, bytes]:
        """Return the next number and its photo."""
        number = next(self._numbers)
        # Bytes behind a picture's end change its hash and nothing that anybody sees.
        return number, self._photos[number % len(self._photos)] + number.to_bytes(8, "big")

    def request(self) -> bytes:
        """Return the next listing as an HTTP request."""
        number, photo = self.photo()
        parts = (
            b'Content-Disposition: form-data; name="listing"\r\n\r\n'
            + (_LISTING % number).encode(),
            b'Content-Disposition: form-data; name="images"; filename="1.jpg"\r\n\r\n' + photo,
        )
        body = b"".join(b"--" + _BOUNDARY + b"\r\n" + part + b"\r\n" for part in parts)
        body += b"--" + _BOUNDARY + b"--\r\n"
        head = (
            "POST /v1/assessments HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
            f"Content-Type: multipart/form-data; boundary={_BOUNDARY.decode()}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


async def ask(port: int, request: bytes, due: float | None = None) -> Reply:
    """Send one request on a connection of its own and wait for the whole answer."""
    began = time.perf_counter() if due is None else due
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        await writer.drain()
        answer = await reader.read()
    finally:
        writer.close()
    status = int(answer.split(b" ", 2)[1]) if answer else 0
    return Reply(status, time.perf_counter() - began)


async def closed_loop(port: int, photos: Photos, at_once: int, seconds: float) -> list[Reply]:
    """Keep so many requests under way for so long."""
    replies: list[Reply] = []
    end = time.perf_counter() + seconds

    async def one_after_another() -> None:
        while time.perf_counter() < end:
            replies.append(await ask(port, photos.request()))

    await asyncio.gather(*(one_after_another() for _ in range(at_once)))
    return replies


async def open_loop(
    port: int, photos: Photos, rate: float, seconds: float, *, at_random: bool
) -> list[Reply]:
    """Send so many a second for so long, whatever has been answered."""
    chance = random.Random(7)  # noqa: S311  moments, not secrets
    due, end = time.perf_counter(), time.perf_counter() + seconds
    asked: list[asyncio.Task[Reply]] = []
    while due < end:
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        asked.append(asyncio.create_task(ask(port, photos.request(), due)))
        due += chance.expovariate(rate) if at_random else 1 / rate
    return list(await asyncio.gather(*asked))


@contextlib.contextmanager
def served(settings: Settings) -> Iterator[tuple[int, int]]:
    """Run `touchstone serve` under these settings; yields its port and process id."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    told = {f"TOUCHSTONE_{name.upper()}": _text(value) for name, value in _changed(settings)}
    log = settings.data_dir / "serve.log"
    with log.open("wb") as lines:
        command = [sys.executable, "-c", _SERVE, "serve", "--port", str(port)]
        process = subprocess.Popen(command, env={**os.environ, **told}, stderr=lines)  # noqa: S603
    try:
        asyncio.run(_ready(port, process))
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(30)


def _changed(settings: Settings) -> Iterator[tuple[str, object]]:
    for name in settings.model_fields_set:
        yield name, getattr(settings, name)


def _text(value: object) -> str:
    return "[" + ", ".join(map(str, value)) + "]" if isinstance(value, tuple) else str(value)


async def _ready(port: int, process: "subprocess.Popen[bytes]") -> None:
    request = b"GET /health/ready HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError):
            if (await ask(port, request)).status == 200:
                return
        await asyncio.sleep(0.1)
    raise RuntimeError("the service did not start")


def in_process(touchstone: Touchstone, photos: Photos, threads: int, seconds: float) -> float:
    """Return the listings a second that this process assesses and keeps by itself."""
    end = time.perf_counter() + seconds

    def work() -> int:
        done = 0
        while time.perf_counter() < end:
            number, photo = photos.photo()
            listing = Listing(f"L{number}", title="Bracelet", brand_field="Unbranded")
            touchstone.desk.assess(listing, (BytesSource("1.jpg", photo),))
            done += 1
        return done

    began = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        done = sum(pool.map(lambda _: work(), range(threads)))
    return done / (time.perf_counter() - began)


def measure(options: argparse.Namespace) -> str:
    """Return the tables of throughput and of times under load."""
    photos = Photos(product_photos(options.data, options.photos, options.side))
    own: dict[str, object] = {"database_url": "", "blob_url": ""}
    with tempfile.TemporaryDirectory() as name:
        here = Settings().model_copy(update={**own, "data_dir": Path(name) / "here"})
        there = Settings(data_dir=Path(name) / "there", shutdown_delay_seconds=0, worker=False)
        places = here.photos_at_once
        touchstone = _filled(here, options.references)
        _filled(there, options.references).close()
        alone: list[float] = []
        over_http: list[float] = []
        try:
            with served(there) as (port, _):
                in_process(touchstone, photos, places, _WARM_UP)
                asyncio.run(closed_loop(port, photos, 2 * places, _WARM_UP))
                for _ in range(options.rounds):
                    alone.append(in_process(touchstone, photos, places, options.seconds))
                    over_http.append(_capacity(port, photos, 2 * places, options.seconds))
                rate = statistics.median(over_http)
                tables = [_throughput(alone, over_http), _HEADER]
                for share, at_random in ((0.8, False), (0.8, True), (2.0, False), (2.0, True)):
                    replies = asyncio.run(
                        open_loop(port, photos, share * rate, options.load, at_random=at_random)
                    )
                    tables.append(_times(share, replies, at_random=at_random))
        finally:
            touchstone.close()
    return "\n".join(tables)


def _filled(settings: Settings, references: int) -> Touchstone:
    touchstone = build(settings)
    database = Database(settings.resolved_database_url)
    embedder = touchstone.eyes.embedder
    fill_with_random(touchstone.registry, SqlEmbeddingStore(database), embedder, references)
    database.dispose()
    return touchstone


def _capacity(port: int, photos: Photos, at_once: int, seconds: float) -> float:
    began = time.perf_counter()
    replies = asyncio.run(closed_loop(port, photos, at_once, seconds))
    return sum(reply.status == 201 for reply in replies) / (time.perf_counter() - began)


def _throughput(alone: Sequence[float], over_http: Sequence[float]) -> str:
    shares = [service / best for service, best in zip(over_http, alone, strict=True)]
    return "\n".join(
        [
            "| | Listings a second, median (lowest to highest round) |",
            "| --- | --- |",
            f"| in one process | {_spread(alone)} |",
            f"| over HTTP | {_spread(over_http)} |",
            f"| the second as a share of the first | {_spread(shares)} |",
            "",
        ]
    )


def _spread(values: Sequence[float]) -> str:
    return f"{statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})"


_HEADER = (
    "| Load | Arriving | Sent | Assessed | 429 | Other | p50, s | p99, s | p99 ÷ p50 "
    "| 429 told within, s (p99) |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
)


def _times(share: float, replies: Sequence[Reply], *, at_random: bool) -> str:
    served = [reply.seconds for reply in replies if reply.status == 201]
    refused = [reply.seconds for reply in replies if reply.status == 429]
    p50, p99 = np.percentile(served, [50, 99])
    told = f"{np.percentile(refused, 99):.3f}" if refused else "-"
    other = len(replies) - len(served) - len(refused)
    return (
        f"| {share:.0%} | {'at random' if at_random else 'evenly'} | {len(replies)} "
        f"| {len(served)} | {len(refused)} | {other} | {p50:.2f} | {p99:.2f} | {p99 / p50:.1f} "
        f"| {told} |"
    )


def measure_batches(seconds: float) -> str:
    """Return the table of crops a second, the better of two rounds for every figure."""
    with tempfile.TemporaryDirectory() as name:
        settings = Settings().model_copy(update={"data_dir": Path(name)})
        embedder = build_eyes(settings).embedder
        started = f"{embedder.name}-{embedder.weights_sha256[:12]}-*.xml"
        (network,) = settings.model_cache.glob(started)
        threads = len(os.sched_getaffinity(0))
        rounds = [
            batch_speeds(network, _BATCHES, threads=threads, seconds=seconds) for _ in range(2)
        ]
    best = [max(each.rate for each in figures) for figures in zip(*rounds, strict=True)]
    lines = [
        "| Crops in a batch | One stream | One stream, two callers | Two streams, two callers |",
        "| --- | --- | --- | --- |",
    ]
    for row, size in enumerate(_BATCHES):
        rates = " | ".join(f"{rate:,.0f}" for rate in best[3 * row : 3 * row + 3])
        lines.append(f"| {size} | {rates} |")
    return "\n".join(lines)


def measure_memory(requests: int) -> str:
    """Return how the service's memory grew over so many requests."""
    photos = Photos(product_photos(None, 16, 256))
    with tempfile.TemporaryDirectory() as name:
        settings = Settings(
            data_dir=Path(name),
            model="pixels",
            reading="never",
            shutdown_delay_seconds=0,
            worker=False,
        )
        _filled(settings, 500).close()
        with served(settings) as (port, process):
            done, samples, statuses = _sampled(port, process, photos, requests)
    return _growth(done, samples, statuses)


def _sampled(
    port: int, process: int, photos: Photos, requests: int
) -> tuple[list[int], list[float], set[int]]:
    done, samples = [], []
    statuses: set[int] = set()
    step = max(1, requests // _SAMPLES)
    for count in range(step, requests + 1, step):
        replies = asyncio.run(_so_many(port, photos, step))
        statuses |= {reply.status for reply in replies}
        done.append(count)
        samples.append(resident_mib(process))
    return done, samples, statuses


async def _so_many(port: int, photos: Photos, count: int, at_once: int = 8) -> list[Reply]:
    places = asyncio.Semaphore(at_once)

    async def one() -> Reply:
        async with places:
            return await ask(port, photos.request())

    return list(await asyncio.gather(*(one() for _ in range(count))))


def resident_mib(process: int) -> float:
    """Return the memory that a process holds, in MiB (Linux)."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS:")).split()[1]) / 1024


def _growth(done: Sequence[int], samples: Sequence[float], statuses: set[int]) -> str:
    quarter = len(samples) // 4
    slope = float(np.polyfit(done[quarter:], samples[quarter:], 1)[0])
    rows = [0, quarter, 2 * quarter, 3 * quarter, len(samples) - 1]
    lines = ["| Requests | Memory, MiB |", "| --- | --- |"]
    lines += [f"| {done[row]:,} | {samples[row]:.1f} |" for row in rows]
    told = ", ".join(map(str, sorted(statuses)))
    lines.append(
        f"\nSlope over the last three quarters: {1000 * slope:+.2f} MiB a thousand requests; "
        f"answers: {told}."
    )
    return "\n".join(lines)


def parsed(words: list[str] | None = None) -> argparse.Namespace:
    """Return the options."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, help="folder that holds clothing/; drawn without")
    parser.add_argument("--photos", type=int, default=40, help="different photos")
    parser.add_argument("--side", type=int, default=800, help="of a photo, in pixels")
    parser.add_argument("--references", type=int, default=3500, help="vectors in the registry")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=8, help="of each measurement of capacity")
    parser.add_argument("--load", type=float, default=20, help="seconds of each kind of load")
    parser.add_argument("--batches", type=float, metavar="SECONDS", help="for every figure")
    parser.add_argument("--memory", type=int, metavar="REQUESTS")
    return parser.parse_args(words)


def main(words: list[str] | None = None) -> int:
    """Run from the command line."""
    options = parsed(words)
    if options.batches:
        print(measure_batches(options.batches))
    elif options.memory:
        print(measure_memory(options.memory))
    else:
        print(measure(options))
    return 0


if __name__ == "__main__":
    sys.exit(main())
