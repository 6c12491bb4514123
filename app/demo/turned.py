"""Round goods: a mug and a bottle, solids of revolution seen slightly from above.

Every pixel is traced back to its height on the axis and its angle around it. A print is wrapped by
that angle, so it narrows towards the sides as on real crockery; light falls on true normals, and
glaze mirrors a window and a lamp. The functions lay the good on a canvas and return nothing else.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from app.demo.canvas import Canvas, Decal, Lit, Print, Shadow, coloured, lit, mixed
from app.demo.fields import Field, blur, noise, normals, ramp
from app.demo.outlines import View, covered, curve, stroked
from app.demo.patterns import Dye


@dataclass(frozen=True, slots=True)
class Round:
    """A solid of revolution on its view: where each pixel lies on it. All fields (height, width).

    Attributes:
        mask: Coverage of the outer wall.
        around: Length of arc from the front line to the right, in the good's units.
        down: Height on the axis, from the top downwards.
        right, lower, out: The outer wall's unit normals.
    """

    mask: Field
    around: Field
    down: Field
    right: Field
    lower: Field
    out: Field


def turned(
    x: Field, y: Field, radius: Callable[[Field], Field], span: tuple[float, float], tilt: float
) -> Round:
    """Trace a solid whose `radius` is a function of the height, from `span[0]` to `span[1]`.

    `tilt` is how round its circles look from above: 0 is seen level, 1 straight down.
    """
    down = y
    for _ in range(4):
        # The front of a circle hangs lower than its centre by the share of it that is seen.
        wide = radius(down)
        down = y - tilt * np.sqrt(np.clip(wide * wide - x * x, 0, None))
    wide = np.maximum(radius(down), 1e-3)
    pixel = float(np.abs(np.diff(x[0, :2])[0]))
    side = covered(np.abs(x) - wide, pixel)
    ends = np.maximum(np.float32(span[0]) - down, down - np.float32(span[1]))
    sine = np.clip(x / wide, -1, 1)
    slope = (radius(down + 0.005) - radius(down - 0.005)) * 100
    cosine = np.sqrt(1 - sine * sine)
    length = np.sqrt(1 + slope * slope)
    return Round(
        mask=side * covered(ends, pixel),
        around=np.arcsin(sine) * wide,
        down=down,
        right=sine / length,
        lower=(-slope * math.sqrt(1 - tilt * tilt) + tilt * cosine) / length,
        out=(cosine * math.sqrt(1 - tilt * tilt) + slope * tilt) / length,
    )


def wrapped(body: Round, surface: Lit, decals: tuple[Decal, ...]) -> tuple[Lit, tuple[Print, ...]]:
    """Print marks around a solid; `surface` is (height, width, 3)."""
    prints = []
    for decal in decals:
        coverage = decal.on(body.around, body.down)
        surface = mixed(surface, lit(decal.colour), coverage * decal.strength)
        prints.append(Print(decal.mark.title, coverage))
    return surface, tuple(prints)


def glazed(canvas: Canvas, body: Round, surface: Lit, shine: float) -> Lit:
    """Light a smooth solid: matt shade, a tall window's reflection, darker edges."""
    shade = canvas.light.on_normals(body.right, body.lower, body.out)
    # What curves away from the camera sees the dark side of the room.
    shade *= 0.55 + 0.45 * ramp(0.0, 0.75, body.out)
    window = ramp(-0.7, -0.62, body.right) * ramp(-0.42, -0.5, body.right)
    panes = 1 - 0.6 * ramp(0.012, 0.004, np.abs(body.right + 0.56))
    fill = ramp(0.8, 0.88, body.right) * ramp(0.97, 0.9, body.right) * 0.35
    mirror = (window * panes + fill) * shine
    return surface * shade[..., None] + mirror[..., None]


def mug(
    canvas: Canvas,
    view: View,
    dye: Dye,
    rng: np.random.Generator,
    *,
    decals: tuple[Decal, ...] = (),
    handle: int = 1,
    unit: float = 300,
) -> None:
    """Stand a mug on the backdrop; its wall spans -0.75 to 0.75 and -0.9 to 0.85.

    `handle` is 1 for the right side, -1 for the left.
    """
    tilt = 0.2
    x, y = view.good(canvas.size)

    def radius(height: Field) -> Field:
        # Straight, with a rounded foot.
        foot = 0.09 * ramp(0.66, 0.88, height) ** 2
        return 0.75 - foot

    body = turned(x, y, radius, (-0.9, 0.85), tilt)
    wide = covered(np.hypot(x / 0.78, (y - 0.86) / 0.155) - 1, 2 / unit)
    canvas.cast(wide, Shadow(lift=unit * 0.1, softness=unit * 0.07, depth=0.85))
    _handle(canvas, view, dye, handle, unit)
    around, down = body.around, body.down
    surface, prints = wrapped(body, dye(around, down), decals)
    surface = surface * (1 + 0.012 * noise(rng, canvas.size, 5))[..., None]
    canvas.lay(body.mask, glazed(canvas, body, surface, 0.42), prints)
    _opening(canvas, x, y, dye, tilt, unit)


def _opening(canvas: Canvas, x: Field, y: Field, dye: Dye, tilt: float, unit: float) -> None:
    """Lay the rim and the inside, seen over the front edge."""
    reach = np.hypot(x / 0.75, (y + 0.9) / (0.75 * tilt))
    rim = covered((reach - 1) * 0.25, 1.0 / unit)
    inner = np.hypot(x / 0.7, (y + 0.9) / (0.7 * tilt))
    inside = covered((inner - 1) * 0.25, 1.0 / unit)
    edge = dye(x * 0, y * 0 - 2) * (1.05 - 0.1 * x)[..., None]
    canvas.lay(rim, np.clip(edge, 0, 1.1))
    depth = ramp(-0.16, 0.18, y + 0.9)
    gloom = 0.34 + 0.42 * depth + 0.16 * x
    canvas.lay(inside, coloured("#efede8", gloom))


def _handle(canvas: Canvas, view: View, dye: Dye, side: int, unit: float) -> None:
    loop = curve(
        [(side * 0.68, -0.52), (side * 0.92, -0.56), (side * 1.16, -0.38), (side * 1.2, 0.0),
         (side * 1.08, 0.36), (side * 0.86, 0.55), (side * 0.66, 0.56)],
        closed=False,
    )  # fmt: skip
    mask = stroked(canvas.size, [view.pixels(loop)], unit * 0.17)
    # A round bar: the blurred mask, bent so that its cross-section is nearly a circle.
    bar = np.sqrt(np.clip(blur(mask, unit * 0.028) * 1.6 - 0.55, 0, 1)) * (unit * 0.09)
    bar = blur(bar, unit * 0.012)
    shade = canvas.light.on_relief(bar)
    shine = canvas.light.glint(*normals(bar), sharpness=60)
    x, y = view.good(canvas.size)
    canvas.cast(mask, Shadow(lift=unit * 0.05, softness=unit * 0.06, depth=0.3))
    surface = dye(x * 0, y * 0 - 2) * shade[..., None] + (shine * 0.35)[..., None]
    canvas.lay(mask, surface)


def bottle(
    canvas: Canvas,
    view: View,
    colour: str,
    rng: np.random.Generator,
    *,
    decals: tuple[Decal, ...] = (),
    unit: float = 400,
) -> None:
    """Stand a steel bottle with a black lid; its wall spans -0.34 to 0.34 and -0.95 to 0.95."""
    tilt = 0.1
    x, y = view.good(canvas.size)

    def radius(height: Field) -> Field:
        shoulder = 0.13 * ramp(-0.5, -0.74, height)
        foot = 0.03 * ramp(0.9, 0.96, height)
        return 0.34 - shoulder - foot

    def lid_radius(height: Field) -> Field:
        ribs = 0.005 * np.sin(height * 90) * ramp(-0.88, -0.86, height)
        return 0.225 - 0.03 * ramp(-0.93, -0.98, height) + ribs

    body = turned(x, y, radius, (-0.74, 0.95), tilt)
    foot = covered(np.hypot(x / 0.34, (y - 0.955) / 0.034) - 1, 2 / unit)
    canvas.cast(foot, Shadow(lift=unit * 0.03, softness=unit * 0.035, depth=1.0))
    # Powder coating: fine grain, hardly any mirror.
    powder = 1 + 0.05 * noise(rng, canvas.size, 0.9)
    surface, prints = wrapped(body, coloured(colour, powder), decals)
    canvas.lay(body.mask, glazed(canvas, body, surface, 0.13), prints)
    lid = turned(x, y, lid_radius, (-0.98, -0.72), tilt)
    canvas.cast(lid.mask, Shadow(lift=unit * 0.02, softness=unit * 0.015, depth=0.35))
    canvas.lay(lid.mask, glazed(canvas, lid, coloured("#202224", powder), 0.22))
    top = covered((np.hypot(x / 0.195, (y + 0.98) / 0.0195) - 1) * 0.05, 1 / unit)
    canvas.lay(top, coloured("#34373a", 1 - x))
    ring = covered(np.abs(body.down + 0.735) - 0.012, 1 / unit) * body.mask
    steel = 0.35 + 0.5 * ramp(-0.3, -0.6, body.right) + powder * 0.1
    canvas.lay(ring, coloured("#c9ccd0", steel))
