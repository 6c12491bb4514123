"""What can go wrong before a pixel is looked at.

ModelError
├── UnknownModelError         a name that no card carries; the message lists those that exist
├── WeightsMismatchError      the weights on disk are not the ones the card names
└── RuntimeUnavailableError   the runtime asked for is not installed, or not on this machine
"""


class ModelError(Exception):
    """Base of the errors that `models/` raises; the message is safe to show."""


class UnknownModelError(ModelError):
    """No model card carries this name."""


class WeightsMismatchError(ModelError):
    """The weights found are not the ones that the model card names by hash."""


class RuntimeUnavailableError(ModelError):
    """The runtime asked for cannot run here."""
