"""The service as configured, and the same with one ingredient of the verdict switched off.

Every switch is a setting that an operator has; nothing here reaches around the settings. All the
services share eyes and a reader that look once at each photo.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from app.bootstrap import build, build_eyes, build_reader
from app.evaluation.listings_suite import WHOLE
from app.evaluation.remembering import RememberingReader, remembering
from app.services.assessment import Eyes
from app.services.touchstone import Touchstone
from app.settings import Settings
from models.protocols import TextReader

SWITCHES: Final[Mapping[str, Mapping[str, Any]]] = MappingProxyType({
    WHOLE: {},
    "text in photos is not read": {"reading": "never"},
    "no second look": {"second_look": "off"},
    "words alone review nothing": {"wording_reviews": False, "residue_per_million": 0.0},
    "the model alone": {
        "reading": "never",
        "second_look": "off",
        "wording_reviews": False,
        "residue_per_million": 0.0,
    },
})  # fmt: skip


def variants_of(
    settings: Settings,
) -> Callable[[], Mapping[str, Callable[[Path, int], Touchstone]]]:
    """Return what makes the openers, by ingredient; the model is loaded when it is called."""

    def openers() -> Mapping[str, Callable[[Path, int], Touchstone]]:
        eyes, reader = remembering(build_eyes(settings)), build_reader(settings)
        kept = None if reader is None else RememberingReader(reader)
        return {
            name: _opener(settings.model_copy(update=dict(switch)), eyes, kept)
            for name, switch in SWITCHES.items()
        }

    return openers


def _opener(
    settings: Settings, eyes: Eyes, reader: TextReader | None
) -> Callable[[Path, int], Touchstone]:
    # A reader that is handed over is used, whatever the setting says.
    given = None if settings.reading == "never" else reader

    def open_at(data_dir: Path, matches_per_image: int) -> Touchstone:
        own = {"data_dir": data_dir, "database_url": "", "blob_url": ""}
        own |= {"matches_per_image": matches_per_image}
        return build(settings.model_copy(update=own), eyes, given)

    return open_at
