"""Techniques: how a mark comes onto the goods, from ink to needle to graver.

Every technique is a function `(ground, laid, rng) -> (s, s, 3)`: the ground is the photo
where the mark will lie, values from 0 to 1, and what comes back is the same patch with the mark
in it. The ground's own brightness goes through wherever cloth would show through.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import cv2
import numpy as np

from models.training.compositing.ink import Floats
from models.training.compositing.surfaces import Laid, smooth_noise

Technique = Callable[[Floats, Laid, np.random.Generator], Floats]


def _blend(ground: Floats, over: Floats, coverage: Floats) -> Floats:
    share = coverage[..., None]
    return np.asarray(ground * (1 - share) + over * share, np.float32)


def _texture(ground: Floats, strength: float) -> Floats:
    """Return the ground's brightness relative to its surroundings, `(s, s)` around 1."""
    grey = cv2.cvtColor(ground, cv2.COLOR_RGB2GRAY)
    around = cv2.GaussianBlur(grey, (0, 0), max(2.0, grey.shape[0] / 6))
    ratio = (grey + 0.08) / (around + 0.08)
    return np.asarray(np.clip(1 + strength * (ratio - 1), 0.5, 1.6), np.float32)


def _slopes(coverage: Floats, softness: float) -> tuple[Floats, Floats]:
    height = cv2.GaussianBlur(coverage, (0, 0), max(0.6, softness))
    gain = 0.5 * max(1.0, softness)
    return (
        np.asarray(cv2.Sobel(height, cv2.CV_32F, 1, 0) * gain, np.float32),
        np.asarray(cv2.Sobel(height, cv2.CV_32F, 0, 1) * gain, np.float32),
    )


def _light(rng: np.random.Generator) -> tuple[float, float]:
    angle = rng.uniform(0, 2 * np.pi)
    return float(np.cos(angle)), float(np.sin(angle))


def _softness(laid: Laid) -> float:
    return float(max(0.7, laid.coverage.shape[0] / 90))


def _shadow(coverage: Floats, reach: float, rng: np.random.Generator) -> Floats:
    step_x, step_y = (np.asarray(_light(rng)) * reach).tolist()
    matrix = np.array([[1, 0, step_x], [0, 1, step_y]], np.float32)
    size = (coverage.shape[1], coverage.shape[0])
    moved = cv2.warpAffine(coverage, matrix, size)
    return np.asarray(cv2.GaussianBlur(moved, (0, 0), max(0.8, reach)), np.float32)


def printed(ground: Floats, laid: Laid, rng: np.random.Generator) -> Floats:
    """Ink on cloth, paper or plastic: the colour takes the ground's shading."""
    shade = (laid.shade * _texture(ground, rng.uniform(0.3, 1.0)))[..., None]
    colours = np.clip(laid.colours * shade, 0, 1)
    coverage = laid.coverage * rng.uniform(0.7, 1.0)
    if rng.random() < 0.2:  # a worn print: the ground shows through in spots
        spots = smooth_noise(laid.coverage.shape[0], int(rng.integers(6, 18)), rng)
        coverage = coverage * np.clip(1.15 - 0.6 * np.maximum(spots, 0), 0.2, 1)
    return _blend(ground, np.asarray(colours, np.float32), np.asarray(coverage, np.float32))


def label(ground: Floats, laid: Laid, rng: np.random.Generator) -> Floats:
    """Printed on a plate of one colour: a tag, a patch, a sign, a pack."""
    side = laid.coverage.shape[0]
    ys, xs = np.nonzero(laid.coverage > 0.2)
    if not len(ys):
        return printed(ground, laid, rng)
    plate = np.zeros_like(laid.coverage)
    pad = rng.uniform(0.05, 0.35) * min(np.ptp(ys) + 1, np.ptp(xs) + 1)
    low = (int(max(0, xs.min() - pad)), int(max(0, ys.min() - pad)))
    high = (int(min(side - 1, xs.max() + pad)), int(min(side - 1, ys.max() + pad)))
    if rng.random() < 0.3:
        centre = ((low[0] + high[0]) // 2, (low[1] + high[1]) // 2)
        axes = (max(1, int((high[0] - low[0]) * 0.6)), max(1, int((high[1] - low[1]) * 0.6)))
        cv2.ellipse(plate, centre, axes, 0, 0, 360, 1.0, -1, cv2.LINE_AA)
    else:
        cv2.rectangle(plate, low, high, 1.0, -1)
    inside = laid.coverage > 0.5
    ink = laid.colours[inside].mean(0) if inside.any() else np.zeros(3)
    colour = rng.uniform(0, 1, 3) if rng.random() < 0.6 else np.full(3, rng.choice([0.02, 0.97]))
    if abs(float(colour.mean() - ink.mean())) < 0.25:
        colour = np.clip(1 - ink + rng.uniform(-0.15, 0.15, 3), 0, 1)
    shade = (laid.shade * _texture(ground, 0.3))[..., None]
    plated = _blend(ground, np.asarray(np.clip(colour * shade, 0, 1), np.float32), plate)
    return _blend(
        plated, np.asarray(np.clip(laid.colours * shade, 0, 1), np.float32), laid.coverage
    )


def embroidered(ground: Floats, laid: Laid, rng: np.random.Generator) -> Floats:
    """Thread: fine stripes of light, a raised rim, a thin shadow."""
    side = laid.coverage.shape[0]
    ys, xs = np.mgrid[0:side, 0:side].astype(np.float32)
    cos, sin = _light(rng)
    wave = rng.uniform(2.2, 4.5)
    wobble = smooth_noise(side, 5, rng) * 0.8
    threads = 1 + rng.uniform(0.1, 0.28) * np.sin((xs * cos + ys * sin) * 2 * np.pi / wave + wobble)
    slope_x, slope_y = _slopes(laid.coverage, _softness(laid))
    cos, sin = _light(rng)
    rim = 1 + 0.35 * (slope_x * cos + slope_y * sin)
    colours = np.clip(laid.colours * (threads * rim * laid.shade)[..., None], 0, 1)
    shadow = _shadow(laid.coverage, _softness(laid), rng)[..., None]
    dark = np.asarray(ground * (1 - 0.45 * shadow), np.float32)
    return _blend(dark, np.asarray(colours, np.float32), laid.coverage)


def _relief(ground: Floats, laid: Laid, rng: np.random.Generator, depth: float) -> Floats:
    slope_x, slope_y = _slopes(laid.coverage, _softness(laid))
    cos, sin = _light(rng)
    light = (slope_x * cos + slope_y * sin) * depth
    inside = 1 + laid.coverage * rng.uniform(-0.3, 0.0 if depth < 0 else 0.15)
    lit = ground * inside[..., None] + (light * rng.uniform(0.35, 0.8))[..., None]
    return np.asarray(np.clip(lit, 0, 1), np.float32)


def engraved(ground: Floats, laid: Laid, rng: np.random.Generator) -> Floats:
    """Cut or pressed into the surface: edges catch light on the far side, the floor is darker."""
    return _relief(ground, laid, rng, -1.0)


def embossed(ground: Floats, laid: Laid, rng: np.random.Generator) -> Floats:
    """Raised out of the surface itself."""
    return _relief(ground, laid, rng, 1.0)


_METALS = ((0.83, 0.68, 0.32), (0.78, 0.79, 0.8), (0.8, 0.5, 0.38), (0.25, 0.25, 0.27))


def cast(ground: Floats, laid: Laid, rng: np.random.Generator) -> Floats:
    """A piece of metal or of moulded plastic: bands of reflection, bright edges, a shadow."""
    side = laid.coverage.shape[0]
    slope_x, slope_y = _slopes(laid.coverage, _softness(laid) * rng.uniform(1, 2.5))
    ramp = np.linspace(0, 1, side, dtype=np.float32)[:, None]
    cos, sin = _light(rng)
    facing = slope_x * cos + slope_y * sin
    phase = rng.uniform(0, 6) + rng.uniform(2, 7) * ramp + smooth_noise(side, 3, rng) * 0.5
    bands = 0.62 + 0.3 * np.sin(phase + 2.5 * facing)
    base = np.array(_METALS[rng.integers(len(_METALS))], np.float32)
    if rng.random() < 0.3:
        base = laid.colours if rng.random() < 0.5 else rng.uniform(0.1, 0.9, 3).astype(np.float32)
    glint = np.clip(facing, 0, 1) ** 2 * rng.uniform(0.4, 1.0)
    colours = np.clip(base * bands[..., None] * 1.2 + glint[..., None], 0, 1)
    shadow = _shadow(laid.coverage, 2 * _softness(laid), rng)[..., None]
    dark = np.asarray(ground * (1 - 0.5 * shadow), np.float32)
    return _blend(dark, np.asarray(colours, np.float32), laid.coverage)


def cut_out(ground: Floats, laid: Laid, rng: np.random.Generator) -> Floats:
    """A hole: another ground shows through, with the rim's shadow on it."""
    behind = rng.uniform(0, 1, 3).astype(np.float32) * rng.choice([0.25, 0.6, 1.0])
    if abs(float(behind.mean() - ground.mean())) < 0.2:
        behind = behind * 0.2 if float(ground.mean()) > 0.4 else np.clip(behind + 0.5, 0, 1)
    side = laid.coverage.shape[0]
    texture = 1 + 0.06 * smooth_noise(side, 8, rng)
    rim = _shadow(1 - laid.coverage, 1.5 * _softness(laid), rng)
    floor = behind * (texture * (1 - 0.6 * rim))[..., None]
    return _blend(ground, np.asarray(np.clip(floor, 0, 1), np.float32), laid.coverage)


def woven(ground: Floats, laid: Laid, rng: np.random.Generator) -> Floats:
    """In the weave: the cloth's own colour a little lighter, darker or of another tone."""
    side = laid.coverage.shape[0]
    ys, xs = np.mgrid[0:side, 0:side]
    weave = 1 + 0.07 * (((xs // 2 + ys // 2) % 2) * 2 - 1)
    gain = rng.uniform(1.35, 2.0) if float(ground.mean()) < 0.45 else rng.uniform(0.45, 0.78)
    if rng.random() < 0.5:
        over = np.clip(ground * gain + rng.uniform(-0.06, 0.06, 3), 0, 1)
    else:
        over = np.clip(0.35 * ground + 0.65 * laid.colours, 0, 1)
    return _blend(
        np.asarray(ground * (0.5 + 0.5 * weave)[..., None], np.float32),
        np.asarray(over * weave[..., None] * laid.shade[..., None], np.float32),
        laid.coverage,
    )


TECHNIQUE_FUNCTIONS: Mapping[str, Technique] = MappingProxyType(
    {
        "printed": printed,
        "label": label,
        "embroidered": embroidered,
        "engraved": engraved,
        "embossed": embossed,
        "cast": cast,
        "cut_out": cut_out,
        "outline": printed,
        "woven": woven,
    }
)
