"""What the API is sent and answers with: operations.

Made from docs/openapi.json by `python -m scripts.make_client`; not to be changed by hand.
"""

from touchstone_client.base import Received


class Alive(Received):
    """The process answers."""

    status: str
    """Always `ok`."""


class Ready(Received):
    """The service can assess, and with what."""

    status: str
    """Always `ready`."""
    model: str
    """The model, its weights, and the region proposer."""
    index: str
    """The vector index in use."""
    registry: int
    """The registry's version."""
    background: str | None
    """The calibration background; null while there is none that fits, or no motif."""
