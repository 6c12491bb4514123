"""The interleaved rounds: everyone is measured in turn, again and again, and medians are kept.

A machine that other work shares is slow for seconds at a time. Turns taken one after the other in
every round, with another one going first each time, spread that over everyone, so that ratios hold
where the times themselves do not.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from statistics import median

Figures = Mapping[str, float]
Contestant = Callable[[], Figures]  # does its work once and returns what it measured

_PAUSE = 0.02  # seconds in which the threads of the one before go to sleep


def interleaved(
    contestants: Mapping[str, Contestant], rounds: int, *, pause: float = _PAUSE
) -> dict[str, list[Figures]]:
    """Return each contestant's figures, one for each round.

    Every contestant runs once before the first round, unrecorded: caches fill, libraries load.

    Raises:
        ValueError: without a round.
    """
    if rounds < 1:
        raise ValueError("at least one round")
    for run in contestants.values():
        run()
    figures: dict[str, list[Figures]] = {name: [] for name in contestants}
    names = list(contestants)
    for number in range(rounds):
        first = number % max(len(names), 1)
        for name in names[first:] + names[:first]:
            time.sleep(pause)
            figures[name].append(contestants[name]())
    return figures


def medians(laps: Sequence[Figures]) -> dict[str, float]:
    """Return the median of each figure over the rounds.

    >>> medians([{"decode": 3.0}, {"decode": 1.0}, {"decode": 2.0}])
    {'decode': 2.0}
    """
    return {name: median(lap[name] for lap in laps) for name in laps[0]}


def per_item(work: Callable[[], object], items: int) -> Contestant:
    """Return a contestant that does `work` and tells the `seconds` of each of its items."""

    def run() -> Figures:
        start = time.perf_counter()
        work()
        return {"seconds": (time.perf_counter() - start) / items}

    return run


def paced(work: Callable[[], object], amount: float) -> Contestant:
    """Return a contestant that does `work` and tells the `rate`, its amount a second."""

    def run() -> Figures:
        start = time.perf_counter()
        work()
        return {"rate": amount / (time.perf_counter() - start)}

    return run
