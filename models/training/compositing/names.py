"""The words of the compositor: techniques, surfaces and tricks, as tables of results use them."""

TECHNIQUES = (
    "printed",
    "label",
    "embroidered",
    "engraved",
    "embossed",
    "cast",
    "cut_out",
    "outline",
    "woven",
)
SURFACES = ("flat", "folded", "cylinder")
TRICKS = (
    "blur",
    "mosaic",
    "sticker",
    "emoji",
    "hand",
    "watermark",
    "collage",
    "edge",
    "mirror",
    "recolour",
)
