"""Words for synthetic wordmarks: short real ones, and pronounceable ones that nobody owns.

    side of the split ─▶ next_word ─▶ "nova" · "trelmido" · "harbor oak"

A word is on one side of the split for good, by its hash, whether it was written down here or
invented. Names of brands that the photo evaluation reports on are never used.
"""

from collections.abc import Collection, Sequence
from typing import Final

import numpy as np

from models.training.marks.brands import is_reported
from models.training.marks.split import fraction

_SEED: Final = "words-1"

_WRITTEN: Final = """
    acorn acre agate alder alloy alpine amber anchor angle apex april arbor arc arcade arch arrow
    ash aspen atlas aurora autumn avenue axis azure badge bamboo banner barley basil bay beacon
    beam bell birch bison blaze bloom bluff board bolt bonfire border boulder bow branch brass
    breeze bridge bright brook bronze cabin cactus canal candle canoe canopy canvas canyon cape
    caramel carbon cargo cascade castle cedar cello chalk charm cherry chime cinder circuit citron
    clay cliff clover coast cobalt comet compass copper coral cosmic cotton cove crane crater crest
    crimson crown crystal current cypress dahlia dawn delta denim desert dew dial diamond dome dove
    drift dune dusk dynamo eagle early earth east echo eclipse edge elder elm ember emerald epic
    equinox estate ever fable falcon fathom fawn feather fern field fig finch fiord flame flare
    fleet flint flora flow fluent foam folio forest forge fossil fountain fox frame frost galaxy
    gallop garden garnet gate gem ginger glacier glade glass gleam glide globe glow gold gorge
    grain grand granite grape gravel grove guild gull halo hamlet harbor harvest haven hawk hazel
    hearth heath helix herald heron hollow honey horizon humble hunter husk icon idea indigo inlet
    iris iron island ivory ivy jade jasper jetty jewel journey juniper kelp kestrel keystone kindle
    kite knoll lagoon lantern larch lark laurel lava leaf ledge legend lemon level lily lime linden
    linen lion loft loom lotus lumen lunar lupine lynx magnet mango mantle maple marble marina
    market marlin marsh meadow mellow melody meridian mesa meteor metro mill mint mirror mist
    modern moon moss motion mountain mulberry myrtle mystic native nectar nest nimbus noble nomad
    north nova oak oasis oat ocean olive onyx opal orbit orchard orchid origin osprey otter outpost
    owl palm panda panorama paper parade pasture patio peak pearl pebble pepper petal pilot pine
    pioneer pivot plain planet plaza plum polar pollen pond poplar poppy prairie prime prism pulse
    pure quail quarry quartz quest quill rain raven reef ridge ripple river robin rocket root rosa
    rowan royal ruby rustic saddle saffron sage sail salt sand sapling satin savanna scout seal
    season sequoia shade shell shore sierra signal silk silver sky slate snow solar solstice sonic
    spark sparrow spice spiral spring spruce star stellar sterling stone storm stream summer summit
    sun swan sweet swift sycamore talon tangent teal tempo terra thistle thunder tidal tide tiger
    timber topaz torch tower trail tribe trident tulip tundra union urban valley vapor vector
    velvet venture verde vertex vessel vibe villa vine violet vista vivid voyage walnut wander
    water wave west wheat willow wind winter wonder wren yonder zenith zephyr zest zinc
"""
WORDS: Final = tuple(_WRITTEN.split())

# Repeated where they are common; "-" stands for no letter.
_ONSETS: Final = """
    b br bl c ch cl cr d dr f fl fr g gl gr h j k kl l m n p pl pr qu r s sh sk sl sp st str t th
    tr v vr w y z zh - - - - -
"""
_VOWELS: Final = "a a a e e e i i o o o u u ai ea ee ia io oo ou y"
_CODAS: Final = """
    - - - - - - - - - - - - - - b ck d f g l l ll m m n n n nd ng nt p r r r rn s s ss st t t th
    v x z
"""
_ONSET, _VOWEL, _CODA = (tuple(text.split()) for text in (_ONSETS, _VOWELS, _CODAS))
_SHORTEST, _LONGEST = 3, 11


def word_side(word: str) -> str:
    """Return the side of a word: 85 % train, 5 % validation, 10 % test."""
    place = fraction(_SEED, word)
    if place < 0.85:
        return "train"
    return "validation" if place < 0.90 else "test"


def invented_word(rng: np.random.Generator) -> str:
    """Return 3 to 11 letters of one to four syllables."""
    while True:
        syllables = rng.choice([1, 2, 3, 4], p=[0.15, 0.50, 0.28, 0.07])
        word = "".join(_syllable(rng) for _ in range(syllables))
        if _SHORTEST <= len(word) <= _LONGEST:
            return word


def next_word(rng: np.random.Generator, side: str, taken: Collection[str] = ()) -> str:
    """Return a word of one side that is not taken: one in five from the list, others invented."""
    while True:
        word = _pick(rng, WORDS) if rng.random() < 0.2 else invented_word(rng)
        if word_side(word) == side and word not in taken and not is_reported(word):
            return word


def _syllable(rng: np.random.Generator) -> str:
    parts = (_pick(rng, letters) for letters in (_ONSET, _VOWEL, _CODA))
    return "".join(parts).replace("-", "")


def _pick(rng: np.random.Generator, items: Sequence[str]) -> str:
    return items[int(rng.integers(len(items)))]
