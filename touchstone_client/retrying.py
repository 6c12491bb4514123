"""When a call is made again, and how long to wait before.

Waits double from try to try and vary by chance, so that many callers do not come back at once. What
the service asks for in `Retry-After` is the least that is waited; where it asks for more than
`longest_wait`, the error is raised at once and carries the figure.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

SAFE = frozenset({"GET", "HEAD"})
NOT_DONE = frozenset({429, 503})  # the service says that nothing was done
MAYBE_DONE = frozenset({408, 502, 504})  # it took too long, or something between had no answer


@dataclass(frozen=True, slots=True)
class Retries:
    """How patient a client is."""

    tries: int = 5
    first_wait: float = 0.5
    longest_wait: float = 60.0

    def wait(self, tried: int, asked: float | None, chance: float) -> float | None:
        """Return the seconds to wait after so many tries, `None` when it is over.

        >>> Retries().wait(1, None, 1.0), Retries().wait(3, None, 0.0), Retries().wait(1, 7.0, 0.0)
        (0.5, 1.0, 7.0)
        >>> Retries().wait(5, None, 0.0), Retries().wait(1, 3_600.0, 0.0)
        (None, None)

        Args:
            tried: how often the call was made.
            asked: what `Retry-After` says.
            chance: between 0 and 1.
        """
        if tried >= self.tries or (asked or 0) > self.longest_wait:
            return None
        backoff: float = min(self.longest_wait, self.first_wait * 2 ** (tried - 1))
        return backoff * (1 + chance) / 2 if asked is None else asked + backoff * chance


def retry_after(header: str | None, now: datetime | None = None) -> float | None:
    """Return the seconds in a `Retry-After`, which may also be a date.

    >>> retry_after("3"), retry_after("soon"), retry_after(None)
    (3.0, None, None)
    >>> retry_after("Wed, 21 Oct 2026 07:28:00 GMT", datetime(2026, 10, 21, 7, 27, 30, tzinfo=UTC))
    30.0
    """
    if header is None:
        return None
    if header.strip().isdigit():
        return float(header)
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - (now or datetime.now(UTC))).total_seconds())
