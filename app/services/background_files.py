"""Reads backgrounds: the operator's own when there is one, else the one that ships.

What is read must fit the model and the proposer in use; a background of another pair is refused by
name rather than used, because its figures would be wrong without looking wrong.
"""

import hashlib
import json
from pathlib import Path

from safetensors import SafetensorError
from safetensors.numpy import load

from app.domain.errors import ModelRefusedError
from app.domain.ports import BackgroundStore, BlobStore
from app.services.background import Background


def read_background(data: bytes, model: str) -> Background:
    """Return a background from a file's content.

    Raises:
        ModelRefusedError: when it is damaged or was made for another model or proposer.
    """
    try:
        tensors = load(data)
        made_for = _metadata(data).get("model", "an unnamed model")
        background = Background(
            model, tensors["rows"], tensors["starts"], hashlib.sha256(data).hexdigest()
        )
    except (SafetensorError, ValueError, KeyError) as error:
        raise ModelRefusedError("the background file is damaged") from error
    if made_for != model:
        raise ModelRefusedError(f"the background was made for {made_for}, not for {model}")
    return background


def _metadata(data: bytes) -> dict[str, str]:
    """Return the header's free entries; `safetensors.numpy.load` does not hand them out.

    The format is eight bytes of little-endian length, then that much JSON.
    """
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    metadata: dict[str, str] = header.get("__metadata__", {})
    return metadata


class BackgroundLibrary:
    """Finds the background of one model and proposer."""

    def __init__(
        self, model: str, store: BackgroundStore, blobs: BlobStore, shipped: Path | None
    ) -> None:
        self.model = model
        self._store = store
        self._blobs = blobs
        self._shipped = shipped

    def newest(self) -> str | None:
        """Return the blob of the operator's own background, `None` where there is none."""
        recorded = self._store.latest(self.model)
        return None if recorded is None else recorded.blob

    def load(self, blob: str | None) -> Background | None:
        """Return the operator's background in `blob`, else the shipped one, else `None`.

        A shipped background that does not fit counts as absent: another proposer was chosen in
        the settings, and matches then carry no figure until the operator calibrates.
        """
        if blob is not None:
            return read_background(self._blobs.get(blob), self.model)
        if self._shipped is None or not self._shipped.is_file():
            return None
        try:
            return read_background(self._shipped.read_bytes(), self.model)
        except ModelRefusedError:
            return None

    def record(self, background: Background) -> Background:
        """Keep a background and make it the one in use; returns it with its hash."""
        data = background.to_bytes()
        self._store.record(self.model, self._blobs.put(data), background.photos)
        return read_background(data, self.model)
