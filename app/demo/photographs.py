"""The sample photos: which good, on what, in which light, with whose mark where.

    backdrop ─▶ canvas ─▶ good with its marks ─▶ exposure ─▶ `Photo` (pixels and true boxes)

One function a photo, all listed in `PHOTOS` by name. Each draws from a generator seeded by that
name alone, so a photo is the same in every run and whichever others are made beside it. Sizes are
(height, width). Marks are recoloured, embroidered, embossed, wrapped, covered and small on purpose.
"""

import zlib
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import numpy as np

from app.demo import backdrops, footwear, garments, metal, patterns, turned, wares
from app.demo.canvas import Canvas, Decal, Lens, Photo
from app.demo.fields import Light
from app.demo.outlines import pose
from app.media.marks import simple_mark

_SQUARE: Final = (900, 900)
_TALL: Final = (1000, 800)
_WIDE: Final = (760, 940)

Scene = Callable[[np.random.Generator], Photo]


def _tee_front(rng: np.random.Generator) -> Photo:
    canvas = Canvas(backdrops.planks(rng, _SQUARE), Light())
    cat = Decal(simple_mark("puma"), "#f2f2ee", y=-0.18, span=0.5)
    dye = patterns.plain("#26282c")
    garments.tee(canvas, pose(450, 470, 415, turn=-4), dye, rng, decals=(cat,), unit=415)
    return canvas.expose(Lens(), rng)


def _tee_detail(rng: np.random.Generator) -> Photo:
    light = Light(x=0.5, y=-0.5)
    canvas = Canvas(backdrops.linen(rng, _SQUARE, "#cfc6b8", light), light)
    cat = Decal(simple_mark("puma"), "#f2f2ee", y=-0.18, span=0.46)
    view = pose(410, 640, 700, turn=9, lean=0.06)
    garments.tee(canvas, view, patterns.plain("#26282c"), rng, decals=(cat,), unit=700)
    return canvas.expose(Lens(warmth=0.03), rng)


def _mug_front(rng: np.random.Generator) -> Photo:
    canvas = Canvas(backdrops.table(rng, _SQUARE, "#b9c0bd", "#86684f", 0.5), Light())
    siren = Decal(simple_mark("starbucks"), "#006241", x=-0.06, y=0.02, span=0.8)
    dye = patterns.plain("#f4f2ee")
    turned.mug(canvas, pose(415, 490, 325), dye, rng, decals=(siren,), unit=325)
    return canvas.expose(Lens(warmth=0.02), rng)


def _mug_back(rng: np.random.Generator) -> Photo:
    canvas = Canvas(backdrops.table(rng, _SQUARE, "#b9c0bd", "#86684f", 0.5), Light())
    turned.mug(canvas, pose(490, 490, 325), patterns.plain("#f4f2ee"), rng, handle=-1, unit=325)
    return canvas.expose(Lens(warmth=0.02), rng)


def _cap(rng: np.random.Generator) -> Photo:
    light = Light()
    canvas = Canvas(backdrops.linen(rng, _SQUARE, "#d8cfc0", light), light)
    stitched = Decal(simple_mark("newbalance"), "#f0efe9", y=-0.34, span=0.46)
    garments.cap(canvas, pose(450, 510, 405, turn=5), "#1c2a4d", rng, decals=(stitched,), unit=405)
    return canvas.expose(Lens(), rng)


def _case(rng: np.random.Generator) -> Photo:
    light = Light()
    canvas = Canvas(backdrops.slate(rng, _TALL, "#4b4e53", light), light)
    # Tone on tone: the same wine red, a shade lighter.
    dent = Decal(simple_mark("apple"), "#7c3850", y=0.1, span=0.62)
    view = pose(400, 500, 380, turn=13, lean=0.08)
    wares.phone_case(canvas, view, "#5a2236", rng, decals=(dent,), unit=380)
    return canvas.expose(Lens(warmth=-0.02), rng)


def _tote(rng: np.random.Generator) -> Photo:
    canvas = Canvas(backdrops.sweep(rng, _SQUARE, "#d9dcdc", 2.0), Light())
    vector = Decal(simple_mark("reebok"), "#1b1b1b", x=-0.02, y=0.22, span=0.86)
    dye = patterns.plain("#e6dcc4")
    garments.tote(canvas, pose(450, 480, 395, turn=1), dye, rng, decals=(vector,), unit=395)
    wares.hang_tag(canvas, pose(592, 500, 105, turn=-16), rng, unit=105)
    return canvas.expose(Lens(), rng)


def _trainer(rng: np.random.Generator) -> Photo:
    canvas = Canvas(backdrops.sweep(rng, _WIDE, "#dfe3e6"), Light())
    swoosh = Decal(simple_mark("nike"), "#c4161c", x=-0.14, y=0.0, span=0.8, turn=-4)
    dyes = ("#eceae6", "#c9c8c4")
    footwear.trainer(canvas, pose(470, 400, 410, turn=-2), dyes, rng, decals=(swoosh,), unit=410)
    return canvas.expose(Lens(), rng)


def _trainer_box(rng: np.random.Generator) -> Photo:
    canvas = Canvas(backdrops.planks(rng, _SQUARE, "#b9a78e"), Light())
    corners = (
        (150, 330), (480, 220), (770, 350), (440, 480), (165, 560), (445, 740), (760, 580),
    )  # fmt: skip
    swoosh = Decal(simple_mark("nike"), "#f6f3ee", y=0.3, span=1.0)
    wares.carton(canvas, corners, "#cf6a37", rng, decals=(swoosh,))
    return canvas.expose(Lens(), rng)


def _pendant(rng: np.random.Generator) -> Photo:
    light = Light()
    canvas = Canvas(backdrops.slate(rng, _SQUARE, "#2b2d31", light), light)
    # Its colour does not matter: metal shows a relief by reflections alone.
    star = Decal(simple_mark("mercedes"), "#000000", span=1.5)
    metal.pendant(canvas, pose(450, 560, 185), "#d9dce0", rng, decals=(star,), unit=185)
    return canvas.expose(Lens(warmth=-0.01), rng)


def _honest_tee(rng: np.random.Generator) -> Photo:
    canvas = Canvas(backdrops.sweep(rng, _SQUARE, "#dcdad5", 2.0), Light())
    sign = Decal(simple_mark("underarmour"), "#1d1d1d", y=-0.2, span=0.7)
    dye = patterns.plain("#9aa3ad")
    garments.tee(canvas, pose(450, 470, 415, turn=2), dye, rng, decals=(sign,), unit=415)
    return canvas.expose(Lens(), rng)


def _bottle(rng: np.random.Generator) -> Photo:
    canvas = Canvas(backdrops.sweep(rng, _TALL, "#e3e0da"), Light())
    sign = Decal(simple_mark("playstation"), "#f4f4f4", x=0.02, y=0.08, span=0.5)
    turned.bottle(canvas, pose(400, 500, 445), "#2f6f62", rng, decals=(sign,), unit=445)
    return canvas.expose(Lens(), rng)


def _key_tag(rng: np.random.Generator) -> Photo:
    canvas = Canvas(backdrops.marble(rng, _SQUARE), Light())
    sign = Decal(simple_mark("bmw"), "#2b170d", y=0.12, span=0.62, turn=12, strength=0.6)
    view = pose(440, 520, 270, turn=18)
    wares.key_tag(canvas, view, "#6a3d26", rng, decals=(sign,), unit=270)
    return canvas.expose(Lens(), rng)


def _key_tag_reverse(rng: np.random.Generator) -> Photo:
    canvas = Canvas(backdrops.marble(rng, _SQUARE), Light())
    wares.key_tag(canvas, pose(450, 520, 270, turn=-12), "#6a3d26", rng, unit=270)
    return canvas.expose(Lens(), rng)


def _cushion(rng: np.random.Generator) -> Photo:
    canvas = Canvas(backdrops.planks(rng, _SQUARE, "#c9b79c"), Light())
    petals = ("#b4475a", "#d98a94", "#5d6fa3", "#8c5a86")
    dye = patterns.flowered("#ece5d6", petals, rng, 46)
    garments.cushion(canvas, pose(450, 450, 370, turn=8), dye, rng, unit=370)
    return canvas.expose(Lens(warmth=0.02), rng)


def _dotted_mug(rng: np.random.Generator) -> Photo:
    canvas = Canvas(backdrops.table(rng, _SQUARE, "#c9c3b8", "#6f5a49", 0.48), Light())
    dye = patterns.dotted("#f1ede4", "#3f6f8f", pitch=0.3, top=-0.7, bottom=0.62)
    turned.mug(canvas, pose(420, 490, 325), dye, rng, unit=325)
    return canvas.expose(Lens(), rng)


def _striped_tee(rng: np.random.Generator) -> Photo:
    canvas = Canvas(backdrops.planks(rng, _SQUARE, "#a8957c"), Light())
    dye = patterns.striped("#f0ece2", "#27406b", pitch=0.105, share=0.42, top=-0.42)
    garments.tee(canvas, pose(450, 470, 415, turn=3), dye, rng, unit=415)
    return canvas.expose(Lens(), rng)


def _worded_tote(rng: np.random.Generator) -> Photo:
    canvas = Canvas(backdrops.sweep(rng, _SQUARE, "#d5d8d2", 2.0), Light())
    words = ("slow", "mornings", "long walks")
    dye = patterns.worded("#e2d8bf", "#41543f", words, top=-0.15, width=1.3)
    garments.tote(canvas, pose(450, 480, 395, turn=-2), dye, rng, unit=395)
    return canvas.expose(Lens(), rng)


def _thumbnail(rng: np.random.Generator) -> Photo:
    canvas = Canvas(backdrops.sweep(rng, (20, 20), "#d5d8d2", 2.0), Light())
    garments.tee(canvas, pose(10, 10, 9), patterns.plain("#7d5360"), rng, unit=9)
    return canvas.expose(Lens(grain=0.0), rng)


PHOTOS: Final[Mapping[str, Scene]] = MappingProxyType(
    {
        "tee-front": _tee_front,
        "tee-detail": _tee_detail,
        "mug-front": _mug_front,
        "mug-back": _mug_back,
        "cap": _cap,
        "case": _case,
        "tote": _tote,
        "trainer": _trainer,
        "trainer-box": _trainer_box,
        "pendant": _pendant,
        "honest-tee": _honest_tee,
        "bottle": _bottle,
        "key-tag": _key_tag,
        "key-tag-reverse": _key_tag_reverse,
        "cushion": _cushion,
        "dotted-mug": _dotted_mug,
        "striped-tee": _striped_tee,
        "worded-tote": _worded_tote,
        "thumbnail": _thumbnail,
    },
)


def photograph(name: str) -> Photo:
    """Take one of the `PHOTOS`; the same name always gives the same pixels.

    Raises:
        KeyError: when there is no photo of that name.
    """
    return PHOTOS[name](np.random.default_rng(zlib.crc32(name.encode())))
