"""A trainer seen from the side: upper, overlays, laces and sole, each with its own relief.

The function lays the shoe on a canvas and returns nothing else.
"""

import numpy as np

from app.demo.canvas import Canvas, Decal, Print, Shadow, coloured, lit, mixed
from app.demo.fields import Field, Size, blur, fractal, noise, normals
from app.demo.outlines import Points, View, covered, curve, dashed, filled, stroked

_UPPER = (
    (-0.93, 0.3), (-0.93, 0.3), (-0.985, 0.05), (-0.955, -0.2), (-0.965, -0.4), (-0.93, -0.5),
    (-0.84, -0.47), (-0.7, -0.34), (-0.53, -0.33), (-0.4, -0.42), (-0.28, -0.57), (-0.2, -0.62),
    (-0.13, -0.58), (-0.1, -0.5), (0.12, -0.3), (0.34, -0.12), (0.52, -0.02), (0.74, 0.03),
    (0.9, 0.11), (0.98, 0.22), (0.975, 0.32), (0.975, 0.32),
)  # fmt: skip
_MIDSOLE = (
    (-0.97, 0.2), (-0.97, 0.2), (-0.5, 0.235), (0.0, 0.25), (0.5, 0.235), (0.97, 0.2),
    (0.97, 0.2), (1.01, 0.28), (0.97, 0.4), (0.84, 0.455), (0.2, 0.455), (-0.4, 0.46),
    (-0.85, 0.46), (-0.985, 0.42), (-1.0, 0.3),
)  # fmt: skip
_OUTSOLE = (
    (-0.97, 0.4), (-0.97, 0.4), (0.0, 0.425), (0.93, 0.4), (0.93, 0.4), (0.86, 0.47), (0.4, 0.49),
    (-0.3, 0.495), (-0.85, 0.495), (-0.96, 0.46),
)  # fmt: skip
_HEEL = ((-0.99, 0.27), (-0.99, 0.27), (-0.97, -0.12), (-0.97, -0.12), (-0.8, -0.1),
         (-0.64, 0.05), (-0.6, 0.27), (-0.6, 0.27))  # fmt: skip
_TOE = ((0.99, 0.3), (0.99, 0.3), (0.98, 0.02), (0.74, -0.02), (0.74, -0.02), (0.58, 0.08),
        (0.5, 0.3), (0.5, 0.3))  # fmt: skip
_STAY = ((-0.24, -0.54), (-0.24, -0.54), (-0.13, -0.52), (0.12, -0.29), (0.42, -0.06),
         (0.42, -0.06), (0.34, 0.03), (0.34, 0.03), (0.05, -0.14), (-0.22, -0.36),
         (-0.22, -0.36))  # fmt: skip
_COLLAR = ((-0.95, -0.47), (-0.84, -0.43), (-0.7, -0.295), (-0.53, -0.285), (-0.4, -0.375),
           (-0.26, -0.54))  # fmt: skip


def trainer(
    canvas: Canvas,
    view: View,
    colours: tuple[str, str],
    rng: np.random.Generator,
    *,
    decals: tuple[Decal, ...] = (),
    unit: float = 400,
) -> None:
    """Stand a trainer, seen from the side, toe to the right; it spans -1 to 1 and -0.62 to 0.5.

    `colours` are those of the upper and of its overlays.
    """
    size = canvas.size
    x, y = view.good(size)
    whole = filled(size, view.pixels(curve([*_UPPER, (0.9, 0.48), (-0.9, 0.48)])))
    ground = covered(np.hypot(x / 1.0, (y - 0.48) / 0.055) - 1, 0.05)
    canvas.cast(ground, Shadow(lift=unit * 0.03, softness=unit * 0.05, depth=0.85))
    upper = filled(size, view.pixels(curve(_UPPER)))
    relief = _stuffed(whole, unit) + folds_of_use(rng, size, unit)
    surface = coloured(colours[0], 1 + 0.04 * noise(rng, size, 0.9))
    layers = [filled(size, view.pixels(curve(part))) for part in (_HEEL, _TOE, _STAY)]
    # Overlays are stitched on, so each stands a little higher than the upper.
    for layer in layers:
        relief = relief + blur(layer, 1.2) * 2.5
        surface = mixed(surface, lit(colours[1]), layer)
    relief = relief + _shoe_seams(size, view, unit)
    prints = []
    for decal in decals:
        coverage = decal.on(x, y)
        relief = relief + blur(coverage, 1.2) * 2
        surface = mixed(surface, lit(decal.colour), coverage)
        prints.append(Print(decal.mark.title, coverage))
    shade = canvas.light.on_relief(relief)
    shine = canvas.light.glint(*normals(relief), sharpness=18) * 0.1
    canvas.lay(upper, surface * shade[..., None] + shine[..., None], tuple(prints))
    _laces(canvas, view, unit)
    _sole(canvas, view, rng, unit)


def folds_of_use(rng: np.random.Generator, size: Size, unit: float) -> Field:
    """Return the slight unevenness of soft leather, in pixels."""
    return fractal(rng, size, unit * 0.08, 3) * (unit * 0.004)


def _stuffed(mask: Field, unit: float) -> Field:
    """Return a relief that is round at the mask's edge and full in its middle, in pixels."""
    # The root makes the sides steep, as stuffed leather is, where a blur alone would be a cone.
    near, far = blur(mask, unit * 0.03), blur(mask, unit * 0.11)
    full = np.clip(near * 2 - 1, 0, 1) * 0.35 + np.clip(far * 2 - 1, 0, 1) * 0.65
    return np.sqrt(full + 0.002) * (unit * 0.22)


def _shoe_seams(size: Size, view: View, unit: float) -> Field:
    stitches: list[Points] = []
    for part in (_HEEL, _TOE, _STAY):
        line = view.pixels(curve(part))
        # (points, 2); a seam runs a little inside its panel's edge.
        middle = line.mean(axis=0)
        stitches += dashed(middle + (line - middle) * 0.92, 6, 4)
    collar = [view.pixels(curve(_COLLAR, closed=False))]
    angles = np.linspace(0, 6.3, 12)
    ring = np.column_stack([np.cos(angles), np.sin(angles)]) * 0.014
    holes = [view.pixels(ring + place) for place in _holes()]
    padded = blur(stroked(size, collar, unit * 0.07), unit * 0.012) * (unit * 0.025)
    return (
        padded
        - blur(stroked(size, stitches, 1.5), 0.8) * 2.4
        - blur(stroked(size, holes, unit * 0.014), 1.0) * 6
    )


def _laces(canvas: Canvas, view: View, unit: float) -> None:
    first = np.asarray([(0.0, 0.0), (0.045, -0.045), (0.085, -0.075)])
    laces = [view.pixels(first + place) for place in _holes()]
    mask = stroked(canvas.size, laces, unit * 0.036)
    shade = canvas.light.on_relief(blur(mask, 2.5) * 7)
    canvas.cast(mask, Shadow(lift=4, softness=4, depth=0.4))
    canvas.lay(mask, coloured("#f1efe9", shade))


def _holes() -> Points:
    """Return where the laces come out, (6, 2) in the shoe's units."""
    return np.linspace((-0.185, -0.425), (0.315, -0.035), 6)


def _sole(canvas: Canvas, view: View, rng: np.random.Generator, unit: float) -> None:
    size = canvas.size
    x, y = view.good(size)
    for outline, colour in ((_MIDSOLE, "#ece9e2"), (_OUTSOLE, "#8a6a4c")):
        mask = filled(size, view.pixels(curve(outline)))
        relief = blur(mask, unit * 0.016) * (unit * 0.045)
        groove = np.exp(-(((y - 0.3) / 0.008) ** 2)) * 2
        relief = relief - groove + noise(rng, size, 1.2) * 0.12
        canvas.cast(mask, Shadow(lift=3, softness=4, depth=0.3))
        canvas.lay(mask, coloured(colour, canvas.light.on_relief(relief) - 0.04 * np.abs(x)))
