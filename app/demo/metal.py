"""Goods of polished metal: a round pendant on a ball chain.

Metal has no colour of its own to speak of: it mirrors an invented room by the normals of its
relief, and a raised mark shows by what it mirrors alone.
"""

import numpy as np

from app.demo.canvas import Canvas, Decal, Print, Shadow, coloured
from app.demo.fields import Field, blur, noise, normals, plane, ramp
from app.demo.outlines import View, covered, curve


def mirrored_room(right: Field, down: Field) -> Field:
    """Return what polished metal mirrors: a bright window, a dark floor, a horizon between."""
    sky = 0.45 + 0.5 * ramp(0.25, -0.55, down)
    lamp = ramp(-0.05, -0.3, right + down * 0.7) * ramp(-1.15, -0.7, right + down)
    dark = ramp(0.1, 0.32, down - right * 0.3) * ramp(0.75, 0.45, down)
    return sky + 0.75 * lamp - 0.42 * dark


def pendant(
    canvas: Canvas,
    view: View,
    metal: str,
    rng: np.random.Generator,
    *,
    decals: tuple[Decal, ...] = (),
    unit: float = 200,
) -> None:
    """Lay a round pendant on its ball chain, marks raised on it. The disc spans -1 to 1."""
    size = canvas.size
    x, y = view.good(size)
    _ball_chain(canvas, view, metal, unit)
    reach = np.hypot(x, y)
    mask = covered(reach - 1, 1.2 / unit)
    rim = np.exp(-(((reach - 0.93) / 0.055) ** 2)) * (unit * 0.05)
    relief = rim - ramp(0.9, 1.02, reach) * (unit * 0.08)
    # A disc is never quite flat: the slightest dome gives metal its broad gradients.
    relief = relief - reach * reach * (unit * 0.1)
    prints = []
    for decal in decals:
        coverage = decal.on(x, y)
        raised = blur(coverage, unit * 0.009) * 0.6 + blur(coverage, unit * 0.02) * 0.4
        relief = relief + raised * (unit * 0.06 * decal.strength)
        prints.append(Print(decal.mark.title, coverage))
    brushed = noise(rng, size, 0.8, along=7, turn=0.5) * 0.12
    right, down, out = normals(relief + brushed)
    mirrored = mirrored_room(right * 1.5, down * 1.5)
    ground = mirrored * 0.9
    for each in prints:
        # The sunken ground is left matt and darker, the raised mark polished.
        ground = ground * (0.62 + 0.38 * each.coverage)
    spark = canvas.light.glint(right, down, out, sharpness=50) * 0.3
    canvas.cast(mask, Shadow(lift=unit * 0.09, softness=unit * 0.07, depth=0.75))
    canvas.lay(mask, coloured(metal, ground) + spark[..., None], tuple(prints))
    _jump_ring(canvas, view, metal, unit)


def _ball_chain(canvas: Canvas, view: View, metal: str, unit: float) -> None:
    path = view.pixels(
        curve([(-2.6, -3.2), (-1.9, -2.3), (-1.1, -1.75), (-0.3, -1.42), (0.0, -1.3),
               (0.3, -1.42), (1.0, -1.85), (1.6, -2.5), (2.1, -3.3)], closed=False, steps=40)
    )  # fmt: skip
    reach = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(path, axis=0).T))])
    radius = unit * 0.042
    places = np.arange(0, reach[-1], radius * 2.35)
    beads = np.column_stack([np.interp(places, reach, path[:, axis]) for axis in (0, 1)])
    height = np.zeros(canvas.size, np.float32)
    for x, y in beads:
        _bead(height, float(x), float(y), radius)
    mask = ramp(0.0, radius * 0.35, height)
    right, down, out = normals(height)
    shine = canvas.light.glint(right, down, out, sharpness=30) * 0.8
    canvas.cast(mask, Shadow(lift=unit * 0.05, softness=unit * 0.03, depth=0.7))
    canvas.lay(mask, coloured(metal, mirrored_room(right, down)) + shine[..., None])


def _bead(height: Field, x: float, y: float, radius: float) -> None:
    """Raise a ball on a relief, in place."""
    top, left = max(int(y - radius) - 1, 0), max(int(x - radius) - 1, 0)
    part = height[top : int(y + radius) + 2, left : int(x + radius) + 2]
    if part.size:
        across, down = plane((part.shape[0], part.shape[1]))
        away = (across + (left - x)) ** 2 + (down + (top - y)) ** 2
        np.maximum(part, np.sqrt(np.clip(radius * radius - away, 0, None)), out=part)


def _jump_ring(canvas: Canvas, view: View, metal: str, unit: float) -> None:
    x, y = view.good(canvas.size)
    tube = np.abs(np.hypot(x, y + 1.16) - 0.15) - 0.035
    mask = covered(tube, 1.2 / unit)
    relief = np.sqrt(np.clip(1 - (tube / 0.035 + 1) ** 2, 0.01, 1)) * (unit * 0.035)
    right, down, _ = normals(relief)
    canvas.cast(mask, Shadow(lift=unit * 0.04, softness=unit * 0.03, depth=0.5))
    canvas.lay(mask, coloured(metal, mirrored_room(right, down)))
