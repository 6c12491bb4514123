"""What text ordinary photos carry, so that a word read in a photo can be counted in false alarms.

A motif's look has a null distribution from background photos. A wording cannot have one: in a few
hundred photos nearly every wording is read zero times, whether it is "love" or "Swarovski". So the
background keeps what a few hundred photos *can* tell, and the rest comes from how often words are
written at all:

* how many words an ordinary photo carries, by which a word's frequency in the language becomes a
  rate per photo;
* how often a reader sees a run of so many letters that is no word, and which letters, by which
  short wordings such as "HP" get the rate at which noise spells them;
* in how many of the photos each *common* word was read. Rare words are left out on purpose: they
  are mostly names of brands that the photos really show.

No chance is reported below `floor`: as for looks, three decades beyond what the photos can show.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.calibration import MIN_PHOTOS, TRUSTED_DECADES
from app.domain.errors import CalibrationError

_UNSEEN_LETTER = 1e-3


@dataclass(frozen=True, slots=True)
class TextBackground:
    """Text of `photos` ordinary photos, as `reader` read it.

    `words` is the mean number of dictionary words in a photo, `runs` that of other runs of letters
    by their length, `letters` the share of each letter in those runs, `common` the number of photos
    that each common word was read in.
    """

    reader: str
    photos: int
    words: float
    runs: Mapping[int, float]
    letters: Mapping[str, float]
    common: Mapping[str, int]

    def __post_init__(self) -> None:
        if self.photos < MIN_PHOTOS:
            raise CalibrationError(
                f"text of {self.photos} photos says too little; at least {MIN_PHOTOS} are needed"
            )
        if self.words <= 0 or any(count < 0 for count in self.runs.values()):
            raise ValueError("ordinary photos carry some words, and no fewer than none")

    @property
    def floor(self) -> float:
        """The smallest chance that this background supports."""
        return 10.0**-TRUSTED_DECADES / self.photos

    def noise_rate(self, letters: str, edits: int = 0) -> float:
        """Return how often per photo noise spells a run of letters, give or take `edits`.

        Letters are drawn independently. One edit multiplies the ways to spell a run by its length
        and by what one letter costs on average: a bound that is crude and on the safe side.
        """
        rate = max(self.runs.get(len(letters) + more, 0.0) for more in (-1, 0, 1))
        for letter in letters:
            rate *= self.letters.get(letter, _UNSEEN_LETTER)
        return rate * (20.0 * len(letters)) ** edits

    def document(self) -> dict[str, Any]:
        """Return the background as plain JSON values."""
        return {
            "reader": self.reader,
            "photos": self.photos,
            "words": round(self.words, 4),
            "runs": {str(length): round(rate, 5) for length, rate in sorted(self.runs.items())},
            "letters": {c: round(share, 5) for c, share in sorted(self.letters.items())},
            "common": dict(sorted(self.common.items())),
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "TextBackground":
        """Restore what `document` made."""
        return cls(
            reader=document["reader"],
            photos=document["photos"],
            words=document["words"],
            runs={int(length): rate for length, rate in document["runs"].items()},
            letters=document["letters"],
            common=document["common"],
        )
