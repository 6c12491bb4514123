"""What looks at photos, as the settings ask for it: proposer, embedder, reader of text."""

from app.domain.errors import ModelRefusedError
from app.services.assessment import Eyes
from app.services.concealing import PatchEvidence, shipped_concealment_background
from app.settings import Settings
from models.catalogue import RuntimeOptions, has_proposer, load_embedder, load_proposer
from models.concealment.detector import PatchDetector
from models.errors import ModelError
from models.proposers.grid import GridProposer
from models.proposers.learned import PROFILES
from models.protocols import RegionProposer, TextReader
from models.reading.pp_ocr import PpOcrReader, ReaderSettings


def build_eyes(settings: Settings) -> Eyes:
    """Return the proposer and the embedder that the settings ask for.

    Raises:
        ModelRefusedError: when the model is unknown, or its weights or runtime are refused.
    """
    options = RuntimeOptions(
        settings.runtime, settings.threads, settings.precision, settings.model_cache
    )
    try:
        embedder = load_embedder(settings.model, options)
        proposer = _proposer(settings, options)
    except (ModelError, ValueError) as error:
        raise ModelRefusedError(str(error)) from error
    return Eyes(proposer, embedder)


def _proposer(settings: Settings, options: RuntimeOptions) -> RegionProposer:
    learned = settings.proposer == "learned" or (
        settings.proposer == "auto" and has_proposer(settings.model)
    )
    if learned:
        return load_proposer(settings.model, options, PROFILES[settings.speed])
    return GridProposer(settings.grid_scales, settings.grid_overlap, settings.grid_min_side)


def build_reader(settings: Settings) -> TextReader | None:
    """Return the reader of text that the settings ask for, `None` for none.

    Raises:
        ModelRefusedError: when its package or its networks are not there.
    """
    if settings.reading == "never":
        return None
    try:
        side = settings.reading_side
        return PpOcrReader(ReaderSettings(side, min(side, 320)), threads=settings.threads)
    except (ModelError, ValueError) as error:
        raise ModelRefusedError(str(error)) from error


def build_patches(settings: Settings) -> PatchEvidence | None:
    """Return what looks for hidden patches, `None` when the settings switch it off.

    Raises:
        ModelRefusedError: when its weights are not the ones that ship.
    """
    if not settings.concealment:
        return None
    try:
        return PatchEvidence(PatchDetector(), shipped_concealment_background())
    except ModelError as error:
        raise ModelRefusedError(str(error)) from error
