"""Looks: copies of a photo stay close, other photos lie far."""

import io
from itertools import combinations

import numpy as np
import pytest
from PIL import Image

from app.domain.pooling import ALIKE_BITS
from app.media.looks import look_of
from tests.images import Picture, photo_array


def saved(picture: Picture, side: int, quality: int) -> Picture:
    buffer = io.BytesIO()
    image = Image.fromarray(picture)
    image.thumbnail((side, side))
    image.save(buffer, "JPEG", quality=quality)
    return np.asarray(Image.open(buffer).convert("RGB"))


@pytest.mark.parametrize("seed", range(6))
def test_a_copy_is_alike_and_a_look_has_64_bits(seed: int) -> None:
    photo = photo_array(seed, (480, 360))
    look = look_of(photo)
    assert 0 <= look < 2**64
    for side, quality in ((480, 60), (240, 90), (200, 70)):
        assert (look ^ look_of(saved(photo, side, quality))).bit_count() <= ALIKE_BITS


def test_other_photos_are_not_alike() -> None:
    looks = [look_of(photo_array(seed, (320, 240))) for seed in range(20)]
    near = [(a ^ b).bit_count() <= ALIKE_BITS for a, b in combinations(looks, 2)]
    assert not any(near)
