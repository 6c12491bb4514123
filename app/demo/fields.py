"""Fields: (height, width) Float32 arrays from which the demo's photos are computed.

Noise of a chosen grain and direction, blurring, sampling, light on a relief. Everything is
a function of its arguments and of the generator it is given, so a photo never changes between runs.
Sizes are (height, width) here, as in every array; nothing knows a good, a mark or a listing.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Field = NDArray[np.floating[Any]]
Size = tuple[int, int]


def plane(size: Size) -> tuple[Field, Field]:
    """Return the x and y of every pixel's centre, each (height, width)."""
    y, x = np.mgrid[0 : size[0], 0 : size[1]].astype(np.float32)
    return x + 0.5, y + 0.5


def ramp(low: float, high: float, values: Field) -> Field:
    """Return 0 below `low`, 1 above `high` and a smooth S between; `low > high` turns it round.

    >>> ramp(0.0, 2.0, np.asarray([-1.0, 1.0, 3.0], np.float32)).tolist()
    [0.0, 0.5, 1.0]
    """
    part: Field = np.clip((values - low) / (high - low), 0, 1)
    return part * part * (3 - 2 * part)


def blur(field: Field, sigma: float, *, along: float | None = None, turn: float = 0.0) -> Field:
    """Return the field under a Gaussian of `sigma` pixels; edges wrap around.

    With `along`, the Gaussian is that long in the direction `turn` (radians, clockwise from x)
    and `sigma` across it.
    """
    coarser = _coarser(sigma, along)
    if coarser > 1:
        small = resized(field, _shrunk(field.shape, coarser))
        spread = None if along is None else along / coarser
        return resized(blur(small, sigma / coarser, along=spread, turn=turn), field.shape)
    height, width = field.shape
    across_y = np.fft.fftfreq(height).astype(np.float32)[:, None]
    across_x = np.fft.rfftfreq(width).astype(np.float32)[None, :]
    cosine, sine = math.cos(turn), math.sin(turn)
    # An elongated Gaussian is elongated the other way round among the frequencies.
    first = (cosine * across_x + sine * across_y) * (sigma if along is None else along)
    second = (cosine * across_y - sine * across_x) * sigma
    passing = np.exp((-2 * math.pi**2) * (first * first + second * second))
    blurred = np.fft.irfft2(np.fft.rfft2(field) * passing, s=field.shape)
    return blurred.astype(np.float32, copy=False)


def noise(
    rng: np.random.Generator,
    size: Size,
    grain: float,
    *,
    along: float | None = None,
    turn: float = 0.0,
) -> Field:
    """Return smooth noise of mean 0 and deviation 1 whose features are about `grain` pixels."""
    coarser = _coarser(grain, along)
    if coarser > 1:
        spread = None if along is None else along / coarser
        small = noise(rng, _shrunk(size, coarser), grain / coarser, along=spread, turn=turn)
        return resized(small, size)
    smooth = rng.standard_normal(size, dtype=np.float32)
    if grain > 0:
        smooth = blur(smooth, grain, along=along, turn=turn)
    # Smoothing takes most of the deviation away; it is put back so that callers choose it.
    smooth -= smooth.mean()
    return smooth / max(float(smooth.std()), 1e-6)


def resized(field: Field, size: Size) -> Field:
    """Return a field enlarged or shrunk, without steps."""
    picture = Image.fromarray(field).resize((size[1], size[0]), Image.Resampling.BICUBIC)
    return np.asarray(picture, np.float32)


def _coarser(sigma: float, along: float | None) -> int:
    """Return by how much a field may be shrunk before such a Gaussian notices: a matter of time."""
    return int(min(sigma, sigma if along is None else along) // 2.5)


def _shrunk(size: Size, coarser: int) -> Size:
    return (max(size[0] // coarser, 16), max(size[1] // coarser, 16))


def fractal(rng: np.random.Generator, size: Size, grain: float, octaves: int) -> Field:
    """Return noise with detail at ever finer scales, each half as large and half as strong."""
    total = np.zeros(size, np.float32)
    for octave in range(octaves):
        total += noise(rng, size, grain / 2**octave) / (2**octave)
    return total / max(float(total.std()), 1e-6)


def sample(raster: Field, x: Field, y: Field) -> Field:
    """Return a raster's values at pixel positions, bilinear; zero outside it.

    `x` and `y` are (height, width) positions in the raster, whose first pixel has its centre at
    0.5. The result has their shape.
    """
    rows, columns = raster.shape
    values = np.zeros(x.shape, np.float32)
    hit = (x > 0) & (x < columns) & (y > 0) & (y < rows)
    if not hit.any():
        return values
    # A border of zeros lets positions in the outermost half pixel blend into nothing.
    flat, stride = np.pad(raster, 1).ravel(), columns + 2
    place_x, place_y = x[hit] + 0.5, y[hit] + 0.5
    left, top = place_x.astype(np.int32), place_y.astype(np.int32)
    part_x, part_y = place_x - left, place_y - top
    start = top * stride + left
    upper = flat[start] * (1 - part_x) + flat[start + 1] * part_x
    below = start + stride
    lower = flat[below] * (1 - part_x) + flat[below + 1] * part_x
    values[hit] = upper * (1 - part_y) + lower * part_y
    return values


@dataclass(frozen=True, slots=True)
class Light:
    """A lamp far away and the light that comes from everywhere.

    `x`, `y`, `z` point from the goods to the lamp (right, down, towards the camera).
    `ambient` is the share of light without direction.
    """

    x: float = -0.45
    y: float = -0.6
    z: float = 0.66
    ambient: float = 0.42

    def on_relief(self, height: Field) -> Field:
        """Return how bright a matt relief is under this light; a level one is 1.0.

        `height` is in pixels towards the camera.
        """
        return self.on_normals(*normals(height))

    def on_normals(self, right: Field, down: Field, out: Field) -> Field:
        """Return how bright matt surfaces with these unit normals are; facing the camera is 1.0."""
        x, y, z = self._unit()
        facing = np.maximum(right * x + down * y + out * z, 0) / z
        shade: Field = self.ambient + (1 - self.ambient) * facing
        return shade

    def glint(self, right: Field, down: Field, out: Field, sharpness: float) -> Field:
        """Return the lamp's mirror image on a surface, 0 to 1 (Blinn's half vector)."""
        x, y, z = self._unit()
        length = math.sqrt(x * x + y * y + (z + 1) ** 2)
        half = (right * x + down * y + out * (z + 1)) / length
        glint: Field = np.maximum(half, 0) ** sharpness
        return glint

    def _unit(self) -> tuple[float, float, float]:
        length = math.sqrt(self.x**2 + self.y**2 + self.z**2)
        return self.x / length, self.y / length, self.z / length


def normals(height: Field) -> tuple[Field, Field, Field]:
    """Return the unit normals of a relief: right, down, towards the camera."""
    down, right = np.gradient(height)
    length = np.sqrt(right * right + down * down + 1)
    return -right / length, -down / length, 1 / length
