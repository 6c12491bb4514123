"""Brings a listing's photos together before they are judged: those named by a URL are fetched.

Photos are fetched side by side, by a few threads that all requests share, and before any of them
takes one of the places for decoding: a slow server costs the listing that names it, and nobody
else. One deadline and one budget of bytes hold for all photos of a listing. A photo that cannot be
had stays in its place as one that says why.
"""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from app.domain.errors import ImageRefusedError
from app.media.fetching import ByteBudget, ImageFetcher
from app.services.sources import BytesSource, FetchedSource, ImageSource, RefusedSource
from app.services.stages import Observe, timed, unobserved

FETCH = "fetch"


class ImageCollector:
    """Fetches what has to be fetched; safe to share between threads."""

    def __init__(self, fetcher: ImageFetcher, *, at_once: int, max_bytes: int) -> None:
        """Set up without starting a thread.

        Args:
            fetcher: fetches one image.
            at_once: images fetched at a time, whoever asked for them.
            max_bytes: most bytes of all fetched images of one listing.
        """
        self._fetcher = fetcher
        self._max_bytes = max_bytes
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="fetch")

    @property
    def fetcher(self) -> ImageFetcher:
        """What fetches one image."""
        return self._fetcher

    def collect(
        self, sources: Sequence[ImageSource], *, observe: Observe = unobserved
    ) -> tuple[ImageSource, ...]:
        """Return the sources in order, those with a URL replaced by what was found there."""
        if not any(isinstance(source, FetchedSource) for source in sources):
            return tuple(sources)
        deadline = self._fetcher.deadline()
        budget = ByteBudget(self._max_bytes)

        def fetch(source: FetchedSource) -> bytes:
            return source.fetcher.fetch(source.url, deadline=deadline, budget=budget)

        with timed(observe, FETCH):
            # All are under way before the first one is waited for.
            jobs = [
                (source, self._threads.submit(fetch, source))
                if isinstance(source, FetchedSource)
                else (source, None)
                for source in sources
            ]
            return tuple(source if job is None else _found(source, job) for source, job in jobs)

    def close(self) -> None:
        """Stop the threads; what is being fetched ends by its deadline."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _found(source: ImageSource, job: Future[bytes]) -> ImageSource:
    try:
        return BytesSource(source.name, job.result())
    except ImageRefusedError as error:
        return RefusedSource(source.name, error)
