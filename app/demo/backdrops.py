"""What goods are photographed on: planks, linen, a studio sweep, slate, marble, a table.

Each is light, (height, width, 3) Float32, drawn anew from its generator; none carries a sign of any
kind, so a match on one would be a false alarm.
"""

import numpy as np

from app.demo.canvas import Lit, coloured, lit, mixed
from app.demo.fields import Field, Light, Size, blur, fractal, noise, plane, ramp, sample


def planks(rng: np.random.Generator, size: Size, colour: str = "#94704f", boards: int = 5) -> Lit:
    """Return wooden boards seen from above, grain from left to right."""
    _, y = plane(size)
    board = size[0] / boards
    bend = noise(rng, size, 60, along=220) * 3
    row = np.clip((y / board).astype(np.int32), 0, boards - 1)
    tone = rng.normal(1.0, 0.1, boards).astype(np.float32)[row]
    shift = rng.uniform(0, 6.28, boards).astype(np.float32)[row]
    rings = np.sin((y + bend * 4) * 0.13 + shift + noise(rng, size, 25, along=260) * 2)
    fibre = noise(rng, size, 0.8, along=40)
    pores = np.clip(noise(rng, size, 0.9, along=9) - 1.4, 0, 2)
    brightness = tone * (1 + 0.07 * rings + 0.06 * fibre) - pores * 0.09
    edge = np.abs((y % board) - (board / 2)) * 2 / board
    brightness = brightness * (1 - 0.75 * ramp(0.972, 0.995, edge))
    wood = coloured(colour, np.clip(brightness, 0.05, 2).astype(np.float32))
    # Darker rings are redder than light ones.
    return mixed(wood, wood * np.asarray([1.0, 0.92, 0.84], np.float32), ramp(0.1, -0.6, rings))


def table(rng: np.random.Generator, size: Size, wall: str, wood: str, horizon: float) -> Lit:
    """Return a table top running back to an out-of-focus wall at `horizon`, 0 top to 1 bottom."""
    height, width = size
    x, y = plane(size)
    top = planks(rng, size, wood, boards=6)
    line = horizon * height
    near = np.clip((y - line) / (height - line), 0.02, 1)
    depth = (1 / (near + 0.45) - 0.69) / 1.6
    across = (x - width / 2) * (0.35 + (1 - near) * 0.9) + width / 2
    # The boards go on mirrored where the picture of them ends.
    across = width - np.abs(across % (2 * width) - width)
    across, rise = np.clip(across, 1, width - 1), np.clip(depth, 0.001, 0.999) * height
    bands = [sample(top[..., band], across, rise) for band in range(3)]
    surface = np.stack(bands, axis=-1) * (0.62 + 0.38 * near)[..., None]
    plaster = 1 + 0.12 * noise(rng, size, 120) + 0.35 * (x / width - 0.5)
    back = coloured(wall, plaster * 0.85)
    scene = mixed(back, surface, ramp(-10, 10, y - line))
    # The far end of the table is out of focus like the wall.
    soft = np.stack([blur(scene[..., band], 7) for band in range(3)], axis=-1)
    return mixed(soft, scene, ramp(0.15, 0.45, near) * (y > line))


def linen(rng: np.random.Generator, size: Size, colour: str, light: Light) -> Lit:
    """Return a cloth with a visible weave and a few soft waves."""
    x, y = plane(size)
    threads = noise(rng, size, 0.8, along=30) + noise(rng, size, 0.8, along=30, turn=1.571)
    weave = np.sin(x * 1.9) * np.sin(y * 1.9)
    waves = noise(rng, size, 70, along=190, turn=0.6) * 14
    brightness = light.on_relief(waves) * (1 + 0.045 * threads + 0.05 * weave)
    return coloured(colour, brightness)


def sweep(rng: np.random.Generator, size: Size, colour: str, bend: float = 0.62) -> Lit:
    """Return a studio's paper roll: wall and floor without an edge between them."""
    height, width = size
    x, y = plane(size)
    down = y / height
    wall = 0.95 - 0.28 * ramp(0.0, bend, down)
    floor = ramp(bend - 0.12, 1.0, down) * 0.34
    spot = np.exp(-(((x / width - 0.45) / 0.6) ** 2) - ((down - 0.45) / 0.7) ** 2)
    brightness = (wall + floor) * (0.78 + 0.3 * spot)
    return coloured(colour, brightness + 0.004 * noise(rng, size, 3))


def slate(rng: np.random.Generator, size: Size, colour: str, light: Light) -> Lit:
    """Return a slab of dark stone with layers, scratches and dust."""
    layers = fractal(rng, size, 60, 5)
    steps = np.floor(layers * 2) + ramp(0.75, 1.0, layers * 2 - np.floor(layers * 2))
    relief = steps * 1.6 + fractal(rng, size, 6, 3) * 0.8
    dust = np.clip(noise(rng, size, 0.7) - 2.7, 0, 1) * 0.5
    stone = coloured(colour, light.on_relief(relief))
    return mixed(stone, lit("#ffffff"), dust * 0.25)


def marble(rng: np.random.Generator, size: Size) -> Lit:
    """Return polished white stone with grey veins."""
    first, second = fractal(rng, size, 130, 5), fractal(rng, size, 70, 4)
    wide = np.exp(-np.abs(first) * 9) * ramp(-0.8, 0.9, second)
    thin = np.exp(-np.abs(second + first * 0.4) * 22) * 0.5
    clouds = 1 + 0.05 * blur(first, 30)
    stone = coloured("#e9e6e1", clouds.astype(np.float32))
    veins: Field = np.clip(wide * 0.55 + thin, 0, 0.75)
    return mixed(stone, lit("#8d8f93"), veins)
