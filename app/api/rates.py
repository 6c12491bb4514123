"""How many requests a key may make, counted in this process in a window that slides.

The figures go out with every answer as the IETF's draft on rate limit headers has them:
`RateLimit-Policy` says what is allowed, `RateLimit` what is left of it.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from app.domain.identity import Principal

_WINDOW = 60


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a key has left after a request; `exceeded` when it had nothing left."""

    rate: int
    left: int
    seconds: int  # until there is more
    exceeded: bool

    def headers(self) -> dict[str, str]:
        """Return the headers that tell the caller."""
        told = {
            "RateLimit-Policy": f'"key";q={self.rate};w={_WINDOW}',
            "RateLimit": f'"key";r={self.left};t={self.seconds}',
        }
        return {**told, "Retry-After": str(self.seconds)} if self.exceeded else told


class RateCounter:
    """Counts the requests of every key; safe to share between threads."""

    def __init__(self, rate_per_minute: int, clock: Callable[[], float] = time.time) -> None:
        self._default = rate_per_minute
        self._clock = clock
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    def count(self, principal: Principal) -> Allowance | None:
        """Count a request and say what is left; `None` where nothing limits it."""
        rate = principal.rate_per_minute or self._default
        if principal.key_id is None or rate == 0:
            return None
        window, name = RateLimitItemPerMinute(rate), str(principal.key_id)
        granted = self._limiter.hit(window, name)
        stats = self._limiter.get_window_stats(window, name)
        seconds = max(1, math.ceil(stats.reset_time - self._clock()))
        return Allowance(rate, stats.remaining, min(seconds, _WINDOW), exceeded=not granted)
