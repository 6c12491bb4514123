"""An errand stops between stages when nobody waits, and never once its result is being kept."""

from collections.abc import Callable

import pytest

from app.domain.errors import DeadlineError
from app.services.errand import AbandonedError, Errand, begin_keeping, checkpoint, running
from app.services.stages import timed, unobserved


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_outside_an_errand_nothing_is_ever_stopped() -> None:
    checkpoint()
    begin_keeping()


def test_a_stage_is_not_begun_for_nobody() -> None:
    errand, stages = Errand(9), []

    def work() -> None:
        with timed(unobserved, "decode"):
            stages.append("decode")
            assert errand.abandon()
        with timed(unobserved, "embed"):
            stages.append("embed")

    with pytest.raises(AbandonedError):
        _run(errand, work)
    assert stages == ["decode"]
    checkpoint()  # the errand ended with its block


def test_a_deadline_stops_the_next_stage() -> None:
    clock = Clock()
    errand, left = Errand(2, clock), []

    def work() -> None:
        clock.now += 1.9
        checkpoint()
        left.append(errand.left)
        clock.now += 0.2
        checkpoint()

    with pytest.raises(DeadlineError):
        _run(errand, work)
    assert left == [pytest.approx(0.1)]
    assert errand.left == 0


def test_what_was_given_up_in_the_queue_is_not_begun() -> None:
    errand, begun = Errand(9), []
    errand.abandon()
    with pytest.raises(AbandonedError):
        _run(errand, lambda: begun.append(1))
    assert begun == []


def test_keeping_is_carried_through() -> None:
    clock = Clock()
    errand = Errand(2, clock)
    with running(errand):
        begin_keeping()
        assert not errand.abandon()
        clock.now += 9
        checkpoint()


def test_what_was_given_up_is_not_kept() -> None:
    errand, kept = Errand(9), []

    def work() -> None:
        assert errand.abandon()
        begin_keeping()
        kept.append(1)

    with pytest.raises(AbandonedError):
        _run(errand, work)
    assert kept == []


def _run(errand: Errand, work: Callable[[], object]) -> None:
    with running(errand):
        work()
