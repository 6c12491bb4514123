"""A photo in the making: goods laid over a backdrop one after another, and what stays visible.

    backdrop ─▶ lay(good, with prints) ─▶ lay(what covers it) ─▶ expose ─▶ pixels + boxes of marks

Colours are light (linear, not gamma-coded) until `expose`, so that shade multiplies as it does
in front of a camera. A print is kept by the pixels it covers; whatever is laid over it later takes
pixels away, so its box is that of what can still be seen.
"""

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor, ImageFilter

from app.demo.fields import Field, Light, Size, blur, noise, plane, sample
from app.domain.box import Box
from app.media.marks import Mark, render_mark

# (height, width, 3) Float32 of light, red, green, blue; 1.0 is paper white.
Lit = NDArray[np.floating[Any]]
Shade = NDArray[np.floating[Any]]
_GAMMA: Final = 2.2
_MARK_SIDE: Final = 384
# A pixel shows a print when more than this share of it does.
_SEEN: Final = 0.5


def lit(colour: str) -> Shade:
    """Return a CSS colour as light, (3,) from 0 to 1."""
    coded = np.asarray(ImageColor.getrgb(colour)[:3], np.float32) / 255
    return (coded**_GAMMA).astype(np.float32)


def coloured(colour: str, brightness: Field) -> Lit:
    """Return a surface of one colour under a varying brightness, (height, width, 3)."""
    return lit(colour) * brightness[..., None]


def mixed(below: Lit, above: Lit | Shade, share: Field) -> Lit:
    """Return `above` over `below` where `share` is 1; `above` may be one colour, (3,)."""
    part = share[..., None]
    return below * (1 - part) + above * part


@dataclass(frozen=True, slots=True)
class Decal:
    """A mark as it is put on a good.

    Attributes:
        mark: Which one.
        colour: Of the print; by default the brand's own.
        x, y: Its centre in the good's units.
        span: Its side in the good's units.
        turn: Degrees clockwise.
        strength: How opaque the print is, or how deep an embossed one.
    """

    mark: Mark
    colour: str
    x: float = 0.0
    y: float = 0.0
    span: float = 0.5
    turn: float = 0.0
    strength: float = 1.0

    def on(self, x: Field, y: Field) -> Field:
        """Return where the mark lies, given each pixel's place on the good: coverage 0 to 1."""
        angle = math.radians(self.turn)
        away_x, away_y = x - self.x, y - self.y
        across = (away_x * math.cos(angle) + away_y * math.sin(angle)) / self.span
        down = (away_y * math.cos(angle) - away_x * math.sin(angle)) / self.span
        drawn = render_mark(self.mark.svg, side=_MARK_SIDE, colour="black", background=None)
        alpha = np.asarray(drawn.getchannel("A"), np.float32) / 255
        return sample(alpha, (across + 0.5) * _MARK_SIDE, (down + 0.5) * _MARK_SIDE)


@dataclass(frozen=True, slots=True)
class Print:
    """A mark that lies on a photo: whose it is and which pixels show it."""

    brand: str
    coverage: Field


@dataclass(frozen=True, slots=True)
class Shadow:
    """What a good casts on what lies under it.

    `lift` is how far the shadow is moved away from the lamp, in pixels; `depth` how dark it is.
    """

    lift: float = 14.0
    depth: float = 0.55
    softness: float = 12.0


@dataclass(frozen=True, slots=True)
class Lens:
    """How the camera takes the scene.

    Attributes:
        softness: Blur, as the share of a pixel that each neighbour gets.
        grain: Sensor noise as a share of white.
        warmth: Above zero redder, below zero bluer.
        vignette: How much darker the corners are.
        slope: How much brighter the lamp's corner is than the one across.
    """

    softness: float = 0.2
    grain: float = 0.02
    warmth: float = 0.0
    vignette: float = 0.18
    slope: float = 0.12


@dataclass(frozen=True, slots=True)
class Photo:
    """Finished pixels, (height, width, 3) UInt8, and every brand's mark that can be seen."""

    pixels: NDArray[np.uint8]
    shows: tuple[tuple[str, Box], ...]


class Canvas:
    """A scene under construction. It is made, laid on and exposed within one function."""

    __slots__ = ("_light", "_prints", "_scene")

    def __init__(self, backdrop: Lit, light: Light) -> None:
        self._scene = backdrop.astype(np.float32)
        self._light = light
        self._prints: list[Print] = []

    @property
    def size(self) -> Size:
        """Height and width in pixels."""
        return (self._scene.shape[0], self._scene.shape[1])

    @property
    def light(self) -> Light:
        """The lamp that shines on all of it."""
        return self._light

    def cast(self, mask: Field, shadow: Shadow) -> None:
        """Darken the scene where something that covers `mask` keeps the lamp away."""
        # Two shadows: a wide one from the lamp, a narrow one where the good touches its ground.
        moved = _shifted(mask, -self._light.x * shadow.lift, -self._light.y * shadow.lift)
        wide = blur(moved, shadow.softness)
        close = blur(mask, max(shadow.softness / 4, 1.0))
        darkness = shadow.depth * (0.65 * wide + 0.35 * close)
        self._scene *= np.clip(1 - darkness, 0, 1)[..., None]

    def lay(self, mask: Field, surface: Lit, prints: tuple[Print, ...] = ()) -> None:
        """Put a surface on top, (height, width, 3), where `mask` is 1."""
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        if not rows.size:
            return
        part = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        self._scene[part] = mixed(self._scene[part], surface[part], mask[part])
        hidden = [Print(each.brand, each.coverage * (1 - mask)) for each in self._prints]
        self._prints = [*hidden, *(Print(p.brand, p.coverage * mask) for p in prints)]

    def expose(self, lens: Lens, rng: np.random.Generator) -> Photo:
        """Take the photo."""
        height, width = self.size
        x, y = plane(self.size)
        across, down = x / width - 0.5, y / height - 0.5
        # Light falls off with the square of the distance from the middle, as in a plain lens.
        falloff = 1 - (2 * lens.vignette) * (across**2 + down**2)
        falloff *= 1 + lens.slope * (across * self._light.x + down * self._light.y)
        tint = np.asarray([1 + lens.warmth, 1.0, 1 - lens.warmth], np.float32)
        scene = np.clip(self._scene * falloff[..., None] * tint, 0, None)
        coded = _film(scene) ** (1 / _GAMMA)
        coded += (lens.grain * noise(rng, self.size, 0))[..., None]
        pixels = Image.fromarray(np.clip(coded * 255, 0, 255).astype(np.uint8))
        soft = np.asarray(pixels.filter(_softening(lens.softness)))
        seen = [each for each in self._prints if (each.coverage > _SEEN).any()]
        return Photo(soft, tuple((each.brand, _box(each.coverage)) for each in seen))


def _softening(share: float) -> ImageFilter.Kernel:
    """Return the blur that gives each neighbour on a side this share of a pixel."""
    side = (share, 1 - 2 * share, share)
    return ImageFilter.Kernel((3, 3), [across * down for across in side for down in side], 1.0)


def _film(scene: Lit) -> Lit:
    """Bend highlights instead of clipping them, as a camera's tone curve does."""
    knee = 0.8
    bent = knee + (1 - knee) * np.tanh((scene - knee) / (1 - knee))
    return np.where(scene > knee, bent, scene)


def _box(coverage: Field) -> Box:
    seen = coverage > _SEEN
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    return Box(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)


def _shifted(mask: Field, right: float, down: float) -> Field:
    moved = np.zeros_like(mask)
    x, y = round(right), round(down)
    height, width = mask.shape
    target = (slice(max(y, 0), height + min(y, 0)), slice(max(x, 0), width + min(x, 0)))
    source = (slice(max(-y, 0), height + min(-y, 0)), slice(max(-x, 0), width + min(-x, 0)))
    moved[target] = mask[source]
    return moved
