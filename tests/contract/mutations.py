"""Damaged image files without end, the same ones for the same seed.

Honest files of every accepted format, small enough that a size made large by a flipped bit is
refused rather than painted, are cut, have bytes flipped or set to extremes, lose or repeat spans,
or are spliced with another format's file. Most damage is near the beginning, where headers are.
"""

import random
from collections.abc import Iterator
from functools import cache

from tests.images import encode, encode_animation, encode_mode, encode_oriented, photo_array

FORMATS = ("jpeg", "png", "webp", "gif", "bmp", "avif", "heif")
_ANIMATED = {"png", "webp", "gif", "avif"}
_DAMAGES = ("flip", "flip", "extreme", "noise", "cut", "remove", "repeat", "splice")
_EXTREMES = (b"\x00", b"\x01", b"\x7f", b"\x80", b"\xff")


@cache
def honest(image_format: str) -> tuple[bytes, ...]:
    """A few files as an encoder writes them."""
    photo = photo_array(seed=3, size=(72, 64))
    files = [encode(photo, image_format), encode_mode(photo, "L", image_format)]
    if image_format in _ANIMATED:
        frames = [photo_array(seed, (56, 56)) for seed in range(3)]
        files.append(encode_animation(frames, image_format))
    if image_format not in {"gif", "bmp"}:
        files.append(encode_oriented(photo, 6, image_format))
    if image_format == "jpeg":
        files += [encode(photo, "jpeg", progressive=True), encode_mode(photo, "CMYK", "jpeg")]
    return tuple(files)


def mutated_files(count: int, seed: int = 20_261) -> Iterator[tuple[str, bytes]]:
    """Yield names and files; the name says what the file once was and what was done to it."""
    chance = random.Random(seed)  # noqa: S311  wanted: the same every time
    for number in range(count):
        kind = FORMATS[number % len(FORMATS)]
        data = bytearray(chance.choice(honest(kind)))
        done = [_mutate(chance, data) for _ in range(chance.choice((1, 1, 2, 5)))]
        yield f"{number}-{kind}-{'-'.join(done)}", bytes(data)


def _mutate(chance: random.Random, data: bytearray) -> str:
    """Damage a file in place and return the name of the damage."""
    reach = chance.choice((16, 64, 300, 100_000))
    at = chance.randrange(max(1, min(len(data), reach)))
    span = chance.choice((1, 2, 4, 24, 200))
    damage = chance.choice(
        ("flip", "flip", "extreme", "noise", "cut", "remove", "repeat", "splice")
    )
    if damage == "flip" and data:
        data[at] ^= 1 << chance.randrange(8)
    elif damage == "extreme":
        data[at : at + span] = chance.choice(_EXTREMES) * span
    elif damage == "noise":
        data[at : at + span] = chance.randbytes(span)
    elif damage == "cut":
        del data[at:]
    elif damage == "remove":
        del data[at : at + span]
    elif damage == "repeat":
        data[at:at] = data[at : at + span] * chance.choice((1, 3, 50))
    elif damage == "splice":
        other = chance.choice(honest(chance.choice(FORMATS)))
        data[at:] = other[chance.randrange(len(other)) :] if chance.random() < 0.5 else other
    return damage
