"""Limits check themselves, and refuse exactly what lies above them."""

import pytest

from app.domain.errors import (
    CorruptImageError,
    ImageRefusedError,
    ImageTooLargeError,
    TooManyPixelsError,
)
from app.media.limits import PILLOW_HARD_LIMIT, DecodeLimits


@pytest.mark.parametrize(
    "field",
    ["max_bytes", "max_pixels", "max_frames", "max_sequence_pixels", "max_scans", "max_parts"],
)
def test_a_limit_below_one_is_refused(field: str) -> None:
    with pytest.raises(ValueError, match=field):
        DecodeLimits(**{field: 0})


def test_no_limit_above_what_pillow_opens() -> None:
    assert DecodeLimits(max_pixels=PILLOW_HARD_LIMIT).max_pixels == PILLOW_HARD_LIMIT
    with pytest.raises(ValueError, match="max_pixels"):
        DecodeLimits(max_pixels=PILLOW_HARD_LIMIT + 1)


def test_each_limit_is_the_last_value_let_through() -> None:
    limits = DecodeLimits(max_bytes=10, max_pixels=12, max_scans=3, max_parts=5)
    limits.check_bytes(10)
    limits.check_pixels(3, 4)
    limits.check_scans(3)
    limits.check_parts(5)
    with pytest.raises(ImageTooLargeError, match="11 bytes; the limit is 10"):
        limits.check_bytes(11)
    with pytest.raises(TooManyPixelsError, match="13 x 1 pixels; the limit is 12"):
        limits.check_pixels(13, 1)
    with pytest.raises(CorruptImageError, match="3 scans"):
        limits.check_scans(4)
    with pytest.raises(CorruptImageError, match="5 parts"):
        limits.check_parts(6)


def test_parts_are_handed_on_until_there_are_too_many() -> None:
    limits = DecodeLimits(max_parts=2)
    assert list(limits.each_part("ab")) == ["a", "b"]
    parts = limits.each_part("abc")
    assert [next(parts), next(parts)] == ["a", "b"]
    with pytest.raises(ImageRefusedError):
        next(parts)
